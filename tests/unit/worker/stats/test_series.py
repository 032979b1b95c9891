"""Series over time: against pandas and statsmodels asked directly, and values found by hand."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from statsmodels.datasets import co2, sunspots
from statsmodels.tsa.seasonal import STL
from statsmodels.tsa.stattools import acf

from dip_sdk.types.errors import ConfigError, QueryFailed

HOWS = ("sum", "mean", "median", "min", "max", "count", "first", "last")
CODES = {"day": "D", "week": "W-SUN", "month": "M", "quarter": "Q-DEC", "year": "Y"}
X = {"time": "t", "column": "x"}


@pytest.fixture(scope="module")
def sales() -> pd.DataFrame:
    """Two years of moments out of order, over a leap day, with missing times and amounts."""
    draw = np.random.default_rng(7)
    t = pd.Timestamp("2019-12-28") + pd.to_timedelta(draw.integers(0, 730 * 1440, 800), unit="min")
    frame = pd.DataFrame({"t": t, "x": draw.normal(50, 10, 800), "g": draw.choice(["a", "b"], 800)})
    frame.loc[:3, "t"] = pd.NaT
    frame.loc[10:12, "x"] = np.nan
    return frame


@pytest.fixture(scope="module")
def carbon() -> pd.DataFrame:
    """Weekly carbon dioxide at Mauna Loa, 1958 to 2001, with weeks missing."""
    return co2.load_pandas().data.rename_axis("t").reset_index().rename(columns={"co2": "x"})


def monthly(values, start="2020-01-01") -> dict[str, object]:
    return {"t": pd.date_range(start, periods=len(values), freq="MS").date, "x": list(values)}


def told(found) -> dict[str, bool | None]:
    return {each.name: each.holds for each in found.assumptions}


def days(found) -> list[str]:
    return [str(day) for day in found.table.column("time").to_pylist()]


def numbers(found, column) -> np.ndarray:
    return found.table.column(column).to_pandas().to_numpy(dtype=float)


@pytest.mark.parametrize("unit", CODES)
@pytest.mark.parametrize("how", HOWS)
def test_periods_are_those_of_pandas(run, sales, unit, how) -> None:
    found = run("resample", sales, unit=unit, how=how, **X)
    known = sales.dropna(subset=["t"]).sort_values("t", kind="stable")
    grouped = known.groupby(known["t"].dt.to_period(CODES[unit]))["x"]
    made = grouped.sum(min_count=1) if how == "sum" else grouped.agg(how)
    made = made.reindex(pd.period_range(made.index[0], made.index[-1], freq=CODES[unit]))
    expected = made.fillna(0) if how == "count" else made
    assert days(found) == [str(period.start_time.date()) for period in made.index]
    np.testing.assert_allclose(numbers(found, "value"), expected.to_numpy(dtype=float))


@pytest.mark.parametrize(
    ("unit", "day", "first"),
    [
        ("week", "2021-01-03", "2020-12-28"),  # a Sunday, in week 53 of 2020
        ("week", "2021-01-04", "2021-01-04"),
        ("week", "1969-12-28", "1969-12-22"),
        ("month", "2024-02-29", "2024-02-01"),
        ("month", "2023-12-31", "2023-12-01"),
        ("quarter", "1969-12-31", "1969-10-01"),
        ("quarter", "2024-04-01", "2024-04-01"),
        ("year", "1900-12-31", "1900-01-01"),
    ],
)
def test_a_day_lies_in_its_period(run, unit, day, first) -> None:
    found = run("resample", {"t": [date.fromisoformat(day)], "x": [1]}, unit=unit, **X)
    assert days(found) == [first]


@pytest.mark.parametrize(
    ("fill", "filled"),
    [("none", [1, np.nan, np.nan, 4]), ("zero", [1, 0, 0, 4]), ("previous", [1, 1, 1, 4]),
     ("linear", [1, 2, 3, 4])],
)  # fmt: skip
def test_periods_without_rows_appear(run, fill, filled) -> None:
    columns = {"t": [date(2023, 12, 31), date(2024, 3, 1)], "x": [1, 4]}
    found = run("resample", columns, unit="month", fill=fill, **X)
    np.testing.assert_array_equal(numbers(found, "value"), filled)
    assert found.table.column("rows").to_pylist() == [1, 0, 0, 1]
    assert days(found)[1:3] == ["2024-01-01", "2024-02-01"]
    (gaps,) = (each for each in found.assumptions if each.name == "no_gaps")
    assert gaps.holds is False
    assert gaps.message.startswith("2 of 4 months have no values")


def test_each_group_has_its_own_course(run, sales) -> None:
    found = run("resample", sales, unit="month", by="g", **X).table.to_pandas()
    for name, part in sales.dropna(subset=["t"]).groupby("g"):
        expected = part.set_index("t")["x"].resample("MS").sum(min_count=1)
        np.testing.assert_allclose(found[found["g"] == name]["value"], expected)


def test_rows_that_cannot_be_placed_are_told(run, sales) -> None:
    found = run("resample", sales, unit="month", **X)
    (known,) = (each for each in found.assumptions if each.name == "known_values")
    assert known.message == "4 rows without a known t left out; 3 rows without a known x left out."
    assert found.reading.endswith("The first and last months are covered only in part.")
    assert "Each month is the sum of its rows." in found.reading


@pytest.mark.parametrize(
    ("first", "last", "step", "partial"),
    [
        ("2024-01-01", "2024-03-31", 1, ""),
        ("2024-01-02", "2024-03-31", 1, "The first month is"),
        ("2024-01-01", "2024-03-30", 1, "The last month is"),
        ("2024-01-03", "2024-03-27", 7, ""),
        ("2024-01-17", "2024-03-13", 7, "The first and last months are"),
    ],
)
def test_a_period_at_an_end_may_be_covered_only_in_part(run, first, last, step, partial) -> None:
    found = pd.date_range(first, last, freq=f"{step}D").date
    reading = run("resample", {"t": found, "x": [1] * len(found)}, unit="month", **X).reading
    assert ("covered only in part" in reading) == bool(partial)
    assert partial in reading


def test_weekends_without_rows_leave_no_month_in_part(run) -> None:
    working = pd.bdate_range("2024-06-03", "2024-08-30").date  # from a Monday to a Friday
    found = run("resample", {"t": working, "x": [1] * len(working)}, unit="month", **X)
    assert "in part" not in found.reading


def test_months_cover_a_year(run) -> None:
    assert "in part" not in run("resample", monthly(range(24)), unit="year", **X).reading
    assert "last year is" in run("resample", monthly(range(23)), unit="year", **X).reading


def test_days_are_cut_where_the_clocks_are(run) -> None:
    """In Oslo 2024-03-31 has 23 hours and 2024-10-27 has 25: midnight is at another hour of UTC."""
    moments = [
        datetime(2024, 3, 30, 22, 59, tzinfo=UTC), datetime(2024, 3, 30, 23, 0, tzinfo=UTC),
        datetime(2024, 3, 31, 21, 59, tzinfo=UTC), datetime(2024, 3, 31, 22, 0, tzinfo=UTC),
    ]  # fmt: skip
    there = pa.array(moments, pa.timestamp("us", "Europe/Oslo"))
    found = run("resample", {"t": there, "x": [1, 2, 4, 8]}, unit="day", **X)
    assert days(found) == ["2024-03-30", "2024-03-31", "2024-04-01"]
    assert found.table.column("value").to_pylist() == [1, 6, 8]
    assert "Europe/Oslo" in found.assumptions[0].message
    utc = pa.array(moments, pa.timestamp("us", "UTC"))
    found = run("resample", {"t": utc, "x": [1, 2, 4, 8]}, unit="day", **X)
    assert found.table.column("value").to_pylist() == [3, 12]


def test_the_hour_that_comes_twice_keeps_its_order(run) -> None:
    """When clocks go back, 00:50 UTC is before 01:10 UTC though clocks say 02:50 and 02:10."""
    moments = [datetime(2024, 10, 27, 1, 10, tzinfo=UTC), datetime(2024, 10, 27, 0, 50, tzinfo=UTC)]
    there = pa.array(moments, pa.timestamp("us", "Europe/Oslo"))
    found = run("resample", {"t": there, "x": [1, 2]}, unit="day", how="last", **X)
    assert found.table.column("value").to_pylist() == [1]


@pytest.mark.parametrize("kind", ["s", "ms", "us", "ns"])
def test_any_resolution_of_timestamps_is_read(run, kind) -> None:
    stamps = pa.array([datetime(2024, 1, 31, 23), datetime(2024, 2, 1)], pa.timestamp(kind))
    found = run("resample", {"t": stamps, "x": [1, 2]}, unit="month", **X)
    assert found.table.column("value").to_pylist() == [1, 2]


@pytest.mark.parametrize("centred", [False, True])
@pytest.mark.parametrize("least", [None, 2])
@pytest.mark.parametrize("window", [3, 4])
def test_moving_averages_are_those_of_pandas(run, sales, centred, least, window) -> None:
    arguments = {"window": window, "centred": centred, "least": least}
    found = run("moving_average", sales, **arguments, **X)
    rows = sales.dropna(subset=["t"]).sort_values("t", kind="stable")
    expected = rows["x"].rolling(window, min_periods=least, center=centred).mean()
    np.testing.assert_allclose(numbers(found, "average"), expected)
    assert found.table.column("time").to_pylist() == list(rows["t"])


def test_an_exponential_average_is_that_of_pandas(run, sales) -> None:
    found = run("moving_average", sales, window=5, kind="exponential", unit="week", **X)
    weeks = sales.dropna(subset=["t"]).set_index("t")["x"]
    weeks = weeks.resample("W-MON", closed="left", label="left").sum(min_count=1)
    np.testing.assert_allclose(numbers(found, "average"), weeks.ewm(span=5).mean())


def test_rows_of_the_same_time_are_told(run) -> None:
    columns = {"t": [date(2024, 1, 1)] * 2 + [date(2024, 1, 2)], "x": [1, 3, 5]}
    found = run("moving_average", columns, window=2, **X)
    assert told(found) == {"distinct_times": False}
    assert found.table.column("average").to_pylist() == [None, 2, 4]


def test_growth_is_that_of_pandas(run, carbon) -> None:
    found = run("growth", carbon, unit="month", how="mean", over=12, partial=True, **X)
    months = carbon.set_index("t")["x"].resample("MS").mean()
    expected = 100 * months.pct_change(12, fill_method=None)
    np.testing.assert_allclose(numbers(found, "change_percent"), expected, atol=1e-12)
    np.testing.assert_allclose(numbers(found, "change"), months.diff(12), atol=1e-12)


def test_growth_a_year_is_compounded(run) -> None:
    """100 to 121 in two years is 21% in all and 10% a year."""
    found = run("growth", monthly([100] * 12 + [110] * 12 + [121]), **X)
    last = found.table.to_pylist()[-1]
    assert (last["before"], last["change"]) == (110, 11)
    assert last["change_percent"] == pytest.approx(10)
    assert last["total_percent"] == pytest.approx(21)
    assert last["annual_percent"] == pytest.approx(10)
    assert found.table.to_pylist()[11]["annual_percent"] is None
    assert "+21% in all and +10% a year, compounded" in found.reading
    assert "changed by 11 on the month before, +10%" in found.reading


def test_no_percent_is_taken_of_zero_or_less(run) -> None:
    found = run("growth", monthly([0, 5, -5, 10, 20]), **X)
    rows = found.table.to_pylist()
    assert [row["change"] for row in rows] == [None, 5, -10, 15, 10]
    assert [row["change_percent"] for row in rows] == [None, None, -200, None, 100]
    assert {row["total_percent"] for row in rows} == {None}
    assert told(found)["positive_base"] is False


def test_a_last_month_in_part_is_left_out_of_growth(run) -> None:
    t = [date(2024, 1, 1) + timedelta(i) for i in range(31 + 29 + 10)]
    found = run("growth", {"t": t, "x": [1] * len(t)}, unit="month", **X)
    assert found.table.column("value").to_pylist() == [31, 29]
    assert "The last month is covered only in part and is left out." in found.reading
    kept = run("growth", {"t": t, "x": [1] * len(t)}, unit="month", partial=True, **X)
    assert kept.table.column("value").to_pylist() == [31, 29, 10]


@pytest.mark.parametrize("robust", [False, True])
def test_a_season_is_split_off_as_by_stl(run, carbon, robust) -> None:
    found = run("decompose", carbon, unit="month", how="mean", partial=True, robust=robust, **X)
    months = carbon.set_index("t")["x"].resample("MS").mean().interpolate()
    fit = STL(months, period=12, robust=robust).fit()
    for ours, theirs in {
        "trend": fit.trend,
        "seasonal": fit.seasonal,
        "residual": fit.resid,
    }.items():
        np.testing.assert_allclose(numbers(found, ours), theirs, atol=1e-9)
    rest = fit.resid.var(ddof=0)
    row = found.table.to_pylist()[0]
    assert row["seasonal_strength"] == pytest.approx(
        1 - rest / (fit.seasonal + fit.resid).var(ddof=0)
    )
    assert row["trend_strength"] == pytest.approx(1 - rest / (fit.trend + fit.resid).var(ddof=0))


def test_noise_has_no_strong_season(run) -> None:
    noise = np.random.default_rng(1).normal(size=240)
    row = run("decompose", monthly(noise, "2000-01-01"), **X).table.to_pylist()[0]
    assert 0 <= row["seasonal_strength"] < 0.5


def test_sunspots_come_again_after_ten_to_eleven_years(run) -> None:
    spots = sunspots.load_pandas().data["SUNACTIVITY"].to_numpy()
    columns = {"t": [date(1700 + i, 1, 1) for i in range(len(spots))], "x": spots}
    found = run("autocorrelation", columns, lags=15, confidence=0.9, **X)
    r, bounds, q, p = acf(spots, nlags=15, qstat=True, alpha=0.1, fft=False)
    for ours, theirs in {"r": r[1:], "low": bounds[1:, 0], "high": bounds[1:, 1], "statistic": q,
                         "p": p}.items():  # fmt: skip
        np.testing.assert_allclose(numbers(found, ours), theirs, rtol=1e-9)
    assert numbers(found, "lag")[5:][np.argmax(numbers(found, "r")[5:])] in {10, 11}
    assert "against values that are independent over time" in found.reading


def test_ljung_and_box_weigh_each_lag(run) -> None:
    """n (n + 2) times the sum of r^2 / (n - k)."""
    found = run("autocorrelation", monthly([1, 2, 4, 3, 6, 5, 8, 7]), lags=2, **X)
    r, n = numbers(found, "r"), 8
    assert numbers(found, "statistic")[1] == pytest.approx(
        n * (n + 2) * (r[0] ** 2 / 7 + r[1] ** 2 / 6)
    )


def test_numbers_of_a_reading_are_in_the_table(run) -> None:
    found = run("resample", monthly([3, 1, 4, 1, 5]), unit="month", **X)
    assert found.reading == (
        "x goes from 3 (2020-01-01) to 5 (2020-05-01), highest 5 (2020-05-01), "
        "lowest 1 (2020-02-01)."
    )


@pytest.mark.parametrize(
    ("op", "columns", "asked", "code", "said"),
    [
        ("resample", {"t": ["2024-01-01"], "x": [1]}, {"unit": "day"}, "not_a_time", "no dates"),
        ("resample", {"t": [2024], "x": [1]}, {"unit": "year"}, "not_a_time", "no dates"),
        ("resample", {"t": [date(2024, 1, 1)], "x": ["a"]}, {"unit": "day"}, "not_numeric",
         "no numbers"),
        ("resample", {"t": pa.array([None], pa.date32()), "x": [1]}, {"unit": "day"},
         "too_few_values", "No row has a known t"),
        ("resample", {"t": [date(1, 1, 1), date(9999, 1, 1)], "x": [1, 2]}, {"unit": "day"},
         "too_many_periods", "From 0001-01-01 to 9999-01-01"),
        ("resample", {"t": pa.array([2**31 - 1], pa.int32()).cast(pa.date32()), "x": [1]},
         {"unit": "day"}, "not_a_time", "infinity"),
        ("resample", {"t": [date(2024, 1, 1)] * 1001, "x": [1] * 1001, "g": range(1001)},
         {"unit": "day", "by": "g"}, "too_many_groups", "1,001 values"),
        ("moving_average", monthly([1, 2]), {"window": 3}, "too_few_values", "No window of 3"),
        ("growth", monthly([1, 2]), {"over": 2}, "too_few_values", "at least 3"),
        ("decompose", monthly(range(23)), {}, "too_few_values", "two seasons of 12"),
        ("decompose", monthly(range(48)), {"unit": "year"}, "no_season", "no season of its own"),
        ("decompose", monthly([2] * 24), {}, "constant_values", "is the same"),
        ("autocorrelation", monthly(range(9)), {"lags": 9}, "too_few_values", "of 9 values"),
        ("autocorrelation", monthly([1] * 9), {}, "constant_values", "is the same"),
        ("autocorrelation", monthly([1e300, -1e300] * 9), {}, "unfit_data", "too far apart"),
        ("autocorrelation", monthly([1e-300, 0] * 9), {}, "unfit_data", "too close together"),
        ("forecast", monthly(range(4)), {"horizon": 1}, "too_few_values", "at least 5"),
        ("forecast", monthly(range(9)), {"horizon": 1, "method": "ets"}, "too_few_values",
         "at least 10"),
        ("forecast", monthly(range(13)), {"horizon": 1, "method": "seasonal_naive"},
         "too_few_values", "at least 14"),
    ],
)  # fmt: skip
def test_what_is_needed_is_said(run, op, columns, asked, code, said) -> None:
    with pytest.raises(QueryFailed, match=said) as raised:
        run(op, columns, **X, **asked)
    assert raised.value.code == code
    assert raised.value.hint


@pytest.mark.parametrize(
    ("asked", "said"),
    [({"kind": "exponential", "centred": True}, "looks back"), ({"least": 9}, "at most window")],
)
def test_arguments_that_do_not_go_together_are_refused(run, asked, said) -> None:
    with pytest.raises(ValueError, match=said):
        run("moving_average", monthly([1, 2, 3]), window=3, **X, **asked)


@pytest.mark.parametrize(
    ("op", "module", "asked"),
    [
        ("decompose", "statsmodels.tsa.seasonal", {}),
        ("autocorrelation", "statsmodels.tsa.stattools", {}),
        ("forecast", "statsmodels.tsa.exponential_smoothing.ets", {"horizon": 2}),
    ],
)
def test_the_extra_with_the_library_is_named(run, monkeypatch, op, module, asked) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ConfigError) as raised:
        run(op, monthly(range(30)), **X, **asked)
    assert "pip install 'dip-sdk[ml]'" in raised.value.hint
