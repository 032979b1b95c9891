"""Ways to carry a complete course on, each with the intervals that its own errors give.

Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 3rd ed.: 5.5 (naive, seasonal
naive), 7.6 (regression), 8.7 (exponential smoothing).
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite, sqrt
from typing import Any

from ...types.operations.series import Method
from .course_words import missing_extra
from .samples import Floats

MOST_SEASON = 24
"""Periods in a season up to which exponential smoothing has one: each is a number to be found."""
LEAST: Mapping[Method, int] = {"naive": 3, "seasonal_naive": 3, "linear": 4, "ets": 10}
"""Values that a method needs; the seasonal one needs two more than a season."""


@dataclass(frozen=True)
class Ahead:
    """What is expected of the periods to come, and between which bounds each will lie."""

    middle: Floats
    low: Floats
    high: Floats
    converged: bool = True
    """The search for the best parameters came to an end."""


Way = Callable[[Floats, int, int, float], Ahead]
"""From values, horizon, periods in a season (1 for none) and the level of the intervals."""


def naive(values: Floats, horizon: int, _season: int, confidence: float) -> Ahead:
    """The last value; after h periods sigma sqrt(h), sigma^2 the mean square of the changes."""
    return seasonal_naive(values, horizon, 1, confidence)


def seasonal_naive(values: Floats, horizon: int, season: int, confidence: float) -> Ahead:
    """The last season; in the k-th season ahead sigma sqrt(k), sigma^2 the mean square of the
    changes from season to season."""
    import numpy as np
    from scipy.stats import norm

    middle = np.resize(values[-season:], horizon)
    sigma = sqrt(float(np.mean((values[season:] - values[:-season]) ** 2)))
    away = norm.ppf((1 + confidence) / 2) * sigma * np.sqrt(np.arange(horizon) // season + 1)
    return Ahead(middle, middle - away, middle + away)


def linear(values: Floats, horizon: int, _season: int, confidence: float) -> Ahead:
    """The line of least squares through the values; the intervals are those of a new value, by
    Student's t with n - 2 degrees of freedom."""
    import numpy as np
    from scipy.stats import t

    n = len(values)
    x, ahead = np.arange(n) - (n - 1) / 2, np.arange(n, n + horizon) - (n - 1) / 2
    spread = float(x @ x)
    slope = float(x @ values) / spread
    left = values - values.mean() - slope * x
    s = sqrt(float(left @ left) / (n - 2))
    middle = values.mean() + slope * ahead
    away = t.ppf((1 + confidence) / 2, n - 2) * s * np.sqrt(1 + 1 / n + ahead**2 / spread)
    return Ahead(middle, middle - away, middle + away)


def ets(values: Floats, horizon: int, season: int, confidence: float) -> Ahead:
    """Exponential smoothing with additive errors; whether it has a trend (straight or damped) and
    a season is what gives the smallest corrected information criterion (AICc).

    It is fitted to the values less their mean in units of their spread, which changes nothing but
    how well the search goes.
    """
    import pandas as pd

    centre, scale = float(values.mean()), float(values.std())
    if values.min() == values.max():
        return naive(values, horizon, season, confidence)
    fits = [
        fit
        for shape in _shapes(len(values), season)
        if (fit := _fit(pd.Series((values - centre) / scale), shape)) is not None
    ]
    if not fits:
        return _unfitted(values, horizon, confidence)
    best = min(fits, key=lambda fit: float(fit.aicc))
    n = len(values)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = best.get_prediction(start=n, end=n + horizon - 1)
        told = centre + scale * made.summary_frame(alpha=1 - confidence).to_numpy(dtype=float)
    return Ahead(told[:, 0], told[:, 1], told[:, 2], bool(best.mle_retvals["converged"]))


WAYS: Mapping[Method, Way] = {
    "naive": naive, "seasonal_naive": seasonal_naive, "linear": linear, "ets": ets,
}  # fmt: skip
"""The simplest first."""


def fits(method: Method, n: int, season: int) -> bool:
    """So many values are enough for a method."""
    if method == "seasonal_naive":
        return season > 1 and n >= season + 2
    return n >= LEAST[method]


def _shapes(n: int, season: int) -> list[dict[str, Any]]:
    """Trends and seasons that so many values can bear."""
    seasons: list[dict[str, Any]] = [{}]
    if 1 < season <= MOST_SEASON and n >= 2 * season and n >= season + 10:
        seasons.append({"seasonal": "add", "seasonal_periods": season})
    trends: list[dict[str, Any]] = [{}, {"trend": "add"}, {"trend": "add", "damped_trend": True}]
    return [trend | cycle for cycle in seasons for trend in trends]


def _fit(values: Any, shape: Mapping[str, Any]) -> Any:
    """A fitted model, None where it has none; what the search warns of is in its results."""
    import numpy as np

    try:
        from statsmodels.tsa.exponential_smoothing.ets import ETSModel
    except ImportError:
        raise missing_extra("Exponential smoothing") from None
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            found = ETSModel(values, **shape).fit(disp=False)
        except (ValueError, np.linalg.LinAlgError):
            return None
    return found if isfinite(found.aicc) else None


def _unfitted(values: Floats, horizon: int, confidence: float) -> Ahead:
    made = naive(values, horizon, 1, confidence)
    return Ahead(made.middle, made.low, made.high, converged=False)
