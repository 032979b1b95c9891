"""The periods to come, and how well the way they were found did on periods held out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...types.operations import series as asked
from ...types.operations.base import Assumption
from ...types.operations.series import Method
from .ahead import LEAST, MOST_SEASON, WAYS, Ahead, fits
from .base import Data, Outcome
from .calendar import SEASON
from .course_words import plural, several, table
from .courses import Complete, Course, complete, enough
from .cycles import MOST_MODELLED
from .samples import Floats
from .telling import level, num

SAID: Mapping[Method, str] = {
    "naive": "the last value carried on", "seasonal_naive": "the last season again",
    "linear": "a straight line", "ets": "exponential smoothing",
}  # fmt: skip
FEWEST = 5
"""Values without which nothing is forecast."""
MOST_SMOOTHED = 20
"""Groups of which each is smoothed: a dozen fits each, of up to half a second."""


@dataclass(frozen=True)
class Forecast:
    """What was found for one course."""

    course: Course
    method: Method
    ahead: Ahead
    errors: Mapping[Method, float]
    """Mean absolute error on the periods held out, of the methods that were tried."""
    baseline: Method

    @property
    def error(self) -> float:
        return self.errors.get(self.method, float("nan"))

    @property
    def baseline_error(self) -> float:
        return self.errors.get(self.baseline, float("nan"))


def forecast(operation: asked.Forecast, data: Data) -> Outcome:
    """A row for each known period (`time`, `value`), then one for each to come (`forecast` between
    `low` and `high`, the `method`, and its mean absolute `error` on the last periods, held out,
    beside the `baseline_error` of the last season again, or of the last value without a season).

    Held out are as many periods as are forecast, at most a quarter of all. `auto` takes the method
    with the smallest error there, the simplest of equal ones.
    """
    most = MOST_SMOOTHED if operation.method in {"auto", "ets"} else MOST_MODELLED
    found = complete(operation, data, FEWEST, most)
    season = operation.period or SEASON.get(found.unit, 1)
    made = [_forecast(operation, course, season) for course in found.all]
    parts = [(each.course.name, _columns(each, operation.horizon)) for each in made]
    said = [_said(operation, each) for each in made]
    rests = (
        *found.rests,
        *_seasonal(found, made, season),
        *_converged(made),
        *_better(made),
        *_bounds(made),
        Assumption(
            name="same_course",
            holds=None,
            message="What moved the values until now must go on; the data cannot show that.",
        ),
    )
    return Outcome(table(operation, parts), several(said) + found.told, rests)


def _forecast(operation: asked.Forecast, course: Course, season: int) -> Forecast:
    held = min(operation.horizon, max(1, course.n // 4))
    errors = _errors(operation, course.values, held, season)
    baseline: Method = "seasonal_naive" if "seasonal_naive" in errors else "naive"
    method = operation.method if operation.method != "auto" else min(errors, key=errors.__getitem__)
    least = season + 2 if method == "seasonal_naive" else LEAST[method]
    enough(course, course.n, least)
    ahead = WAYS[method](course.values, operation.horizon, season, operation.confidence)
    return Forecast(course, method, ahead, errors, baseline)


def _errors(
    operation: asked.Forecast, values: Floats, held: int, season: int
) -> dict[Method, float]:
    """The mean absolute error on the last values, of each method that the others are enough for."""
    import numpy as np

    known, then = values[:-held], values[-held:]
    tried = [
        method
        for method in WAYS
        if operation.method in {"auto", method} or method in {"naive", "seasonal_naive"}
        if fits(method, len(known), season)
    ]
    return {
        method: float(np.abs(WAYS[method](known, held, season, 0.95).middle - then).mean())
        for method in tried
    }


def _columns(made: Forecast, horizon: int) -> dict[str, Any]:
    """The known periods, then those to come; each has the columns of the other missing."""
    import numpy as np

    course, none = made.course, np.full(made.course.n, np.nan)

    def later(values: Any) -> Any:
        return np.concatenate([none, np.broadcast_to(values, horizon)])

    return {
        "time": course.later(horizon),
        "value": np.concatenate([course.values, np.full(horizon, np.nan)]),
        "forecast": later(made.ahead.middle),
        "low": later(made.ahead.low),
        "high": later(made.ahead.high),
        "method": [None] * course.n + [made.method] * horizon,
        "error": later(made.error),
        "baseline_error": later(made.baseline_error),
    }


def _said(operation: asked.Forecast, made: Forecast) -> str:
    import numpy as np

    course, ahead = made.course, made.ahead
    when = course.later(operation.horizon)[course.n :]

    def at(place: int, of: str) -> str:
        bounds = f"{num(ahead.low[place])} to {num(ahead.high[place])}"
        return f"{num(ahead.middle[place])} for {when[place]} ({of}{bounds})"

    interval = f"{level(operation.confidence)} interval "
    last = f" and {at(-1, '')}" if operation.horizon > 1 else ""
    said = (
        f"{f'{course.name}: ' if course.name else ''}the forecast of {operation.column} is "
        f"{at(0, interval)}{last}, by {SAID[made.method]}"
    )
    if np.isnan(made.error):
        return f"{said}; there are too few values to hold some out and see how well it does"
    said += (
        f"; on the last {plural(course.unit)}, held out, it missed by {num(made.error)} on average"
    )
    if made.method == made.baseline:
        return said
    return f"{said}, {SAID[made.baseline]} by {num(made.baseline_error)}"


def _seasonal(found: Complete, made: list[Forecast], season: int) -> tuple[Assumption, ...]:
    """Two seasons have to be seen to know one, and smoothing knows no long one."""
    shortest = min(course.n for course in found.all)
    if season > MOST_SEASON and any(each.method == "ets" for each in made):
        message = f"Exponential smoothing has no season of more than {MOST_SEASON} periods."
        return (Assumption(name="season", holds=False, message=message),)
    if season == 1 or shortest >= 2 * season:
        return ()
    message = (
        f"A season is {season:,} {plural(found.unit)}, and {shortest:,} are known: with fewer than "
        "two seasons what comes again cannot be told from what does not."
    )
    return (Assumption(name="two_seasons", holds=False, message=message),)


def _bounds(made: list[Forecast]) -> tuple[Assumption, ...]:
    """Intervals are as wide below as above, also where values end at zero."""
    below = any(each.course.values.min() >= 0 > each.ahead.low.min() for each in made)
    if not below:
        return ()
    message = "No known value is below zero, but an interval is: read it as beginning at zero."
    return (Assumption(name="bounds", holds=False, message=message),)


def _converged(made: list[Forecast]) -> tuple[Assumption, ...]:
    bad = [each for each in made if not each.ahead.converged]
    if not bad:
        return ()
    of = f" of {', '.join(each.course.name for each in bad[:3])}" if bad[0].course.name else ""
    message = f"The search for the best smoothing{of} came to no end; the intervals may mislead."
    return (Assumption(name="converged", holds=False, message=message),)


def _better(made: list[Forecast]) -> tuple[Assumption, ...]:
    """Whether the methods did as well as the baseline on the periods held out."""
    tried = [each for each in made if each.method != each.baseline and each.method in each.errors]
    if not tried:
        return ()
    worse = [each for each in tried if each.error > each.baseline_error]
    if not worse:
        message = "On the periods held out it missed by no more than the baseline."
        return (Assumption(name="better_than_baseline", holds=True, message=message),)
    first = worse[0]
    message = (
        f"On the periods held out it missed by {num(first.error)} on average, "
        f"{SAID[first.baseline]} by {num(first.baseline_error)}: try auto."
    )
    return (Assumption(name="better_than_baseline", holds=False, message=message),)
