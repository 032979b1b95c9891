"""Forecasts: against statsmodels asked directly, published values, and intervals by hand."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.stats import norm
from statsmodels.tsa.exponential_smoothing.ets import ETSModel

from dip_sdk.types.errors import QueryFailed
from dip_sdk.worker.stats import ahead

X = {"time": "t", "column": "x"}

# Box and Jenkins (1976), series G: airline passengers in thousands, the last six years.
AIRLINE = """
242 233 267 269 270 315 364 347 312 274 237 278
284 277 317 313 318 374 413 405 355 306 271 306
315 301 356 348 355 422 465 467 404 347 305 336
340 318 362 348 363 435 491 505 404 359 310 337
360 342 406 396 420 472 548 559 463 407 362 405
417 391 419 461 472 535 622 606 508 461 390 432
"""
PASSENGERS = [float(number) for number in AIRLINE.split()]

# Oil production of Saudi Arabia, 1996 to 2013, million tonnes (Hyndman and Athanasopoulos,
# Forecasting: Principles and Practice, 2nd ed., 7.1).
OIL = [
    445.36, 453.20, 454.41, 422.38, 456.04, 440.39, 425.19, 486.21, 500.43, 521.28, 508.95,
    488.89, 509.87, 456.72, 473.82, 525.95, 549.83, 542.34,
]  # fmt: skip


def monthly(values, start="1955-01-01") -> dict[str, object]:
    return {"t": pd.date_range(start, periods=len(values), freq="MS").date, "x": list(values)}


def future(found) -> pd.DataFrame:
    """The rows of the periods to come."""
    frame = found.table.to_pandas()
    return frame[frame["value"].isna()].reset_index(drop=True)


def check(found, name):
    return next((each for each in found.assumptions if each.name == name), None)


@pytest.fixture(scope="module")
def drifting() -> list[float]:
    return list(np.random.default_rng(3).normal(2, 5, 60).cumsum())


def test_oil_is_smoothed_as_published(run) -> None:
    """542.68 for each year to come."""
    columns = {"t": [date(1996 + i, 1, 1) for i in range(18)], "x": OIL}
    found = future(run("forecast", columns, horizon=5, method="ets", **X))
    np.testing.assert_allclose(found["forecast"], 542.68, atol=0.005)
    assert [str(day) for day in found["time"]] == [f"{year}-01-01" for year in range(2014, 2019)]


def test_smoothing_is_that_of_statsmodels(run, drifting) -> None:
    found = future(run("forecast", monthly(drifting), horizon=4, method="ets", confidence=0.8,
                       period=200, **X))  # fmt: skip
    shapes = [{}, {"trend": "add"}, {"trend": "add", "damped_trend": True}]
    fits = [ETSModel(pd.Series(drifting), **shape).fit(disp=False) for shape in shapes]
    best = min(fits, key=lambda fit: fit.aicc)
    told = best.get_prediction(start=60, end=63).summary_frame(alpha=0.2).to_numpy()
    ours = found[["forecast", "low", "high"]].to_numpy(dtype=float)
    np.testing.assert_allclose(ours, told, rtol=2e-3)


def test_passengers_are_forecast_with_their_season(run) -> None:
    """The last year, forecast from those before, is nearer than by the year before it."""
    ahead_of = future(run("forecast", monthly(PASSENGERS[:60]), horizon=12, method="ets", **X))
    truth = np.array(PASSENGERS[60:])
    ours = np.abs(ahead_of["forecast"] - truth).mean()
    assert ours < np.abs(np.array(PASSENGERS[48:60]) - truth).mean()
    assert ahead_of["forecast"].idxmax() in {6, 7}  # July or August


def test_the_errors_are_those_of_the_periods_held_out(run) -> None:
    """Asked for a year, the sixth year is held out and forecast from the first five."""
    found = future(run("forecast", monthly(PASSENGERS), horizon=12, method="linear", **X))
    truth = np.array(PASSENGERS[60:])
    line = np.polyval(np.polyfit(range(60), PASSENGERS[:60], 1), range(60, 72))
    assert found["error"][0] == pytest.approx(np.abs(line - truth).mean())
    last = np.array(PASSENGERS[48:60])
    assert found["baseline_error"][0] == pytest.approx(np.abs(last - truth).mean())


def test_auto_takes_the_method_with_the_smallest_error(run, drifting) -> None:
    errors = {
        method: future(run("forecast", monthly(drifting), horizon=6, method=method, **X))["error"][
            0
        ]
        for method in ("naive", "seasonal_naive", "linear", "ets")
    }
    found = future(run("forecast", monthly(drifting), horizon=6, **X))
    assert found["method"][0] == min(errors, key=errors.__getitem__)
    assert found["error"][0] == min(errors.values())


def test_a_line_has_the_intervals_of_least_squares(run, drifting) -> None:
    found = future(run("forecast", monthly(drifting), horizon=6, method="linear", **X))
    fit = sm.OLS(drifting, sm.add_constant(np.arange(60.0))).fit()
    told = fit.get_prediction(sm.add_constant(np.arange(60.0, 66.0))).summary_frame(alpha=0.05)
    np.testing.assert_allclose(found["forecast"], told["mean"])
    np.testing.assert_allclose(found["low"], told["obs_ci_lower"])
    np.testing.assert_allclose(found["high"], told["obs_ci_upper"])


def test_the_last_value_spreads_with_the_root_of_time(run) -> None:
    """Changes 1, -2, 3, -4, 5: sigma^2 = 11."""
    found = future(run("forecast", monthly([0, 1, -1, 2, -2, 3]), horizon=4, method="naive", **X))
    assert list(found["forecast"]) == [3] * 4
    away = norm.ppf(0.975) * np.sqrt(11 * np.arange(1, 5))
    np.testing.assert_allclose(found["high"] - 3, away)
    np.testing.assert_allclose(3 - found["low"], away)


def test_the_last_season_spreads_with_each_season(run) -> None:
    """Changes from season to season of 1, 1, 3, 3: sigma^2 = 5."""
    asked = {"horizon": 5, "method": "seasonal_naive", "period": 2, "confidence": 0.8}
    found = future(run("forecast", monthly([0, 10, 1, 11, 4, 14]), **asked, **X))
    assert list(found["forecast"]) == [4, 14, 4, 14, 4]
    away = norm.ppf(0.9) * np.sqrt([5, 5, 10, 10, 15])
    np.testing.assert_allclose(found["high"] - found["forecast"], away)


def test_a_forecast_is_known_values_and_then_those_to_come(run) -> None:
    found = run("forecast", monthly(PASSENGERS[:24]), horizon=3, method="seasonal_naive", **X)
    frame = found.table.to_pandas()
    assert list(frame.columns) == [
        "time", "value", "forecast", "low", "high", "method", "error", "baseline_error",
    ]  # fmt: skip
    assert (frame["value"].isna() == frame["forecast"].notna()).all()
    assert [str(day) for day in frame["time"][23:]] == [
        "1956-12-01", "1957-01-01", "1957-02-01", "1957-03-01",
    ]  # fmt: skip


def test_a_last_week_in_part_is_left_out(run) -> None:
    t = [date(2024, 1, 1) + timedelta(i) for i in range(7 * 20 + 2)]
    found = run("forecast", {"t": t, "x": [1.0] * len(t)}, horizon=2, unit="week", **X)
    assert list(future(found)["forecast"]) == [7, 7]
    assert str(future(found)["time"][0]) == "2024-05-20"
    assert "The last week is covered only in part and is left out." in found.reading


def test_each_group_is_forecast_on_its_own(run, drifting) -> None:
    both = {"t": [*monthly(drifting)["t"], *monthly(range(60))["t"]], "x": [*drifting, *range(60)],
            "g": ["a"] * 60 + ["b"] * 60}  # fmt: skip
    found = future(run("forecast", both, by="g", horizon=2, method="linear", **X))
    assert list(found["g"]) == ["a", "a", "b", "b"]
    np.testing.assert_allclose(found["forecast"][2:], [60, 61])
    alone = future(run("forecast", monthly(drifting), horizon=2, method="linear", **X))
    np.testing.assert_allclose(found["forecast"][:2], alone["forecast"])


def test_a_constant_stays_what_it_is(run) -> None:
    for method in ("auto", "naive", "linear", "ets"):
        found = future(run("forecast", monthly([5] * 30), horizon=2, method=method, **X))
        np.testing.assert_allclose(found[["forecast", "low", "high"]], 5)


@pytest.mark.parametrize(
    "values",
    [
        range(30),
        [1e12 + i % 7 for i in range(30)],
        [0] * 29 + [1],
        [1e-9 * i * i for i in range(30)],
    ],
    ids=["a line", "far from zero", "one that differs", "tiny"],
)
def test_smoothing_bears_odd_values(run, values) -> None:
    """Warnings are errors here: what a search warns of is told, never printed."""
    found = future(run("forecast", monthly(values), horizon=3, method="ets", **X))
    bounds = found[["low", "forecast", "high"]].to_numpy(dtype=float)
    assert np.isfinite(bounds).all()
    assert (np.diff(bounds, axis=1) >= 0).all()


def test_a_search_that_comes_to_no_end_is_told(run, drifting, monkeypatch) -> None:
    """One step is not enough to find anything."""
    fit = ETSModel.fit
    monkeypatch.setattr(ETSModel, "fit", lambda self, **given: fit(self, maxiter=1, **given))
    found = run("forecast", monthly(drifting), horizon=2, method="ets", **X)
    assert check(found, "converged").holds is False
    assert "may mislead" in check(found, "converged").message


def test_a_method_that_does_worse_than_the_baseline_is_told(run) -> None:
    found = run("forecast", monthly(PASSENGERS), horizon=12, method="naive", **X)
    assert check(found, "better_than_baseline").holds is False


def test_less_than_two_seasons_are_told(run, drifting) -> None:
    found = run("forecast", monthly(drifting[:20]), horizon=2, method="linear", **X)
    assert check(found, "two_seasons").holds is False
    assert check(run("forecast", monthly(drifting), horizon=2, method="linear", **X),
                 "two_seasons") is None  # fmt: skip


def test_an_interval_below_zero_is_told_where_no_value_is(run, drifting) -> None:
    near, far = monthly([0, 9, 0, 9, 0, 9, 0, 9]), monthly([90, 91, 90, 91, 90, 91])
    asked = {"horizon": 2, "method": "naive"}
    assert check(run("forecast", near, **asked, **X), "bounds").holds is False
    assert check(run("forecast", far, **asked, **X), "bounds") is None
    assert check(run("forecast", monthly(drifting), **asked, **X), "bounds") is None


def test_too_few_values_to_hold_some_out_are_told(run) -> None:
    """Ten values bear smoothing, the eight that are left of them do not."""
    found = run("forecast", monthly([3, 1, 4, 1, 5, 9, 2, 6, 5, 3]), horizon=2, method="ets", **X)
    assert "too few values to hold some out" in found.reading
    assert check(found, "better_than_baseline") is None
    assert future(found)["error"].isna().all()


def test_many_groups_are_not_smoothed(run) -> None:
    columns = {"t": [date(2024, 1, 1)] * 21, "x": [1] * 21, "g": range(21)}
    with pytest.raises(QueryFailed, match="at most 20 series"):
        run("forecast", columns, by="g", horizon=1, **X)


def test_smoothing_has_no_long_season() -> None:
    assert len(ahead._shapes(200, 52)) == 3
    assert len(ahead._shapes(200, 12)) == 6
    assert len(ahead._shapes(23, 12)) == 3


def test_an_interval_holds_as_often_as_it_says(run) -> None:
    """Of 200 random walks, the next value lies in the 80% interval of 160, give or take 17 (three
    standard deviations of a binomial count)."""
    draw = np.random.default_rng(11)
    inside = 0
    for _ in range(200):
        walk = draw.normal(size=41).cumsum()
        told = ahead.naive(walk[:40], 1, 1, 0.8)
        inside += int(told.low[0] <= walk[40] <= told.high[0])
    assert abs(inside - 160) <= 17
