"""What comes again in a course over time: its season, and how it goes with itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...types.operations import series as asked
from ...types.operations.base import Assumption
from .base import Data, Outcome
from .calendar import SEASON
from .course_words import missing_extra, plural, several, table
from .courses import Complete, Course, complete
from .samples import Floats, Sample, refuse, varied
from .telling import level, num, p_is

if TYPE_CHECKING:
    from ...types.operations.series import Unit

MOST_MODELLED = 50
"""Groups of which each is fitted."""


def decompose(operation: asked.Decompose, data: Data) -> Outcome:
    """STL (Cleveland, Cleveland, McRae and Terpenning, 1990): value = trend + seasonal + residual.

    A row for each period. The strengths, from 0 to 1 and the same in each row of a course, are
    max(0, 1 - Var(R) / Var(S + R)) and the same with the trend (Hyndman and Athanasopoulos,
    Forecasting: Principles and Practice, 3rd ed., 4.3).
    """
    try:
        from statsmodels.tsa.seasonal import STL
    except ImportError:
        raise missing_extra("A seasonal decomposition") from None
    found = complete(operation, data, 4, MOST_MODELLED)
    period = season(operation.period, found.unit)
    parts: list[tuple[str, dict[str, Any]]] = []
    for course in found.all:
        _two_seasons(course, period)
        _differ(operation.column, course)
        fit = STL(course.values, period=period, robust=operation.robust).fit()
        shares = {"value": course.values, "trend": fit.trend, "seasonal": fit.seasonal}
        columns = {"time": course.times} | shares | {"residual": fit.resid}
        columns["trend_strength"] = [strength(fit.trend, fit.resid)] * course.n
        columns["seasonal_strength"] = [strength(fit.seasonal, fit.resid)] * course.n
        parts.append((course.name, columns))
    said = [_parts_said(operation, name, columns) for name, columns in parts]
    return Outcome(table(operation, parts), several(said) + found.told, found.rests)


def autocorrelation(operation: asked.Autocorrelation, data: Data) -> Outcome:
    """r of the values and those so many periods before, a row for each lag, with the interval of
    Bartlett (1946), and the test of Ljung and Box (1978) of all lags up to it: `statistic`, with
    as many degrees of freedom as lags, and `p`."""
    try:
        from statsmodels.tsa.stattools import acf
    except ImportError:
        raise missing_extra("The autocorrelation") from None
    import numpy as np

    found = complete(operation, data, 4, MOST_MODELLED)
    parts: list[tuple[str, dict[str, Any]]] = []
    for course in found.all:
        _differ(operation.column, course)
        lags = _lags(operation, course)
        alpha = 1 - operation.confidence
        r, bounds, q, p = acf(course.values, nlags=lags, qstat=True, alpha=alpha, fft=True)
        columns = {
            "lag": np.arange(1, lags + 1), "r": r[1:], "low": bounds[1:, 0], "high": bounds[1:, 1],
            "statistic": q, "p": p, "n": [course.n] * lags,
        }  # fmt: skip
        parts.append((course.name, columns))
    said = [_lags_said(operation, found.unit, name, columns) for name, columns in parts]
    return Outcome(table(operation, parts), " ".join((several(said) + found.told).split()),
                   (*found.rests, _steady(found)))  # fmt: skip


def season(period: int | None, unit: Unit) -> int:
    """Periods in a season. Raises `QueryFailed` where neither is given nor the unit has one."""
    given = period or SEASON.get(unit)
    if given is None:
        raise refuse(
            f"A {unit} has no season of its own.",
            "Give period, or a unit shorter than a year.",
            "no_season",
        )
    return given


def strength(part: Floats, residual: Floats) -> float:
    """How much less the residual varies than the residual and a part together, 0 to 1."""
    together = float((part + residual).var())
    return max(0.0, 1 - float(residual.var()) / together) if together > 0 else 0.0


def _two_seasons(course: Course, period: int) -> None:
    if course.n < 2 * period:
        of = f"{course.name} has" if course.name else "There are"
        raise refuse(
            f"{of} {course.n:,} whole {plural(course.unit, course.n)}; two seasons of "
            f"{period:,} are needed.",
            "Take more time, a longer unit, or give period.",
            "too_few_values",
        )


def _differ(column: str, course: Course) -> None:
    """Raise `QueryFailed` where every value is the same."""
    varied([Sample(f"{column} in {course.name}" if course.name else column, course.values)])


def _lags(operation: asked.Autocorrelation, course: Course) -> int:
    from math import log10

    most = course.n - 1
    if operation.lags is None:
        return min(int(10 * log10(course.n)), most)
    if operation.lags > most:
        raise refuse(
            f"{operation.lags:,} lags are asked for of {course.n:,} values.",
            f"Ask for at most {most:,}.",
            "too_few_values",
        )
    return operation.lags


def _steady(found: Complete) -> Assumption:
    """A trend alone makes neighbours alike."""
    message = (
        f"The level must be about the same in every {found.unit}: a trend shows as "
        "autocorrelation at every lag. Look at the changes with growth, or at decompose."
    )
    return Assumption(name="steady_level", holds=None, message=message)


def _parts_said(operation: asked.Decompose, name: str, columns: dict[str, Any]) -> str:
    import numpy as np

    trend, seasonal, when = columns["trend"], columns["seasonal"], columns["time"]
    high, low = int(np.argmax(seasonal)), int(np.argmin(seasonal))
    return (
        f"{f'{name}: ' if name else ''}the trend of {operation.column} goes from {num(trend[0])} "
        f"({when[0]}) to {num(trend[-1])} ({when[-1]}), the season from {num(seasonal[low])} "
        f"({when[low]}) to {num(seasonal[high])} ({when[high]}); the strength of the season is "
        f"{num(columns['seasonal_strength'][0])}, of the trend "
        f"{num(columns['trend_strength'][0])}, 1 being all"
    )


def _lags_said(
    operation: asked.Autocorrelation, unit: Unit, name: str, columns: dict[str, Any]
) -> str:
    import numpy as np

    at = int(np.argmax(np.abs(columns["r"])))
    lag, p = int(columns["lag"][at]), float(columns["p"][-1])
    return (
        f"{f'{name}: ' if name else ''}{operation.column} goes most with itself {lag:,} "
        f"{plural(unit, lag)} before (r = {num(columns['r'][at])}, {level(operation.confidence)} "
        f"interval {num(columns['low'][at])} to {num(columns['high'][at])}). "
        f"{_independent(p, operation.confidence)}"
    )


def _independent(p: float, confidence: float) -> str:
    """What p allows to say of independence, for whose absence there is no plain word."""
    at = f"{p_is(p)}, at the {level(round(1 - confidence, 10))} level"
    none = "values that are independent over time"
    if p < 1 - confidence:
        return f"The data speak against {none} ({at})"
    return f"The data agree with {none} ({at}); that alone does not confirm it"
