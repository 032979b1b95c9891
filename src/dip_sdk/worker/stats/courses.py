"""A numeric column over the periods of a calendar: one course, or one for each group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ...types.operations import series as asked
from ...types.operations.base import Assumption
from ...types.operations.series import How, Unit
from .base import Data
from .calendar import Stamps, guess, ordinals, partial, starts, times
from .course_words import edges, gaps, left_out, manner, plural, zone
from .samples import Floats, Places, finite, places, refuse

MOST_PERIODS = 1_000_000
"""Periods of all courses together."""
MOST_COURSES = 1000
MOST_SPREAD = 1e150
"""Half the way from the smallest to the largest value; its inverse is the least."""


@dataclass(frozen=True)
class Course:
    """The values of consecutive periods."""

    name: str
    """The group's, "" where there are none."""
    unit: Unit
    first: int
    """The ordinal of the first period."""
    values: Floats
    """NaN where nothing is known."""
    rows: Places
    """How many rows are behind each value."""

    @property
    def n(self) -> int:
        return len(self.values)

    @property
    def times(self) -> Stamps:
        """The first day of each period."""
        return self.later(0)

    def later(self, periods: int) -> Stamps:
        """`times` and the first days of so many periods more."""
        import numpy as np

        return starts(np.arange(self.first, self.first + self.n + periods), self.unit)

    def cut(self, start: int, end: int) -> Course:
        """The periods from one place up to before another."""
        return replace(
            self,
            first=self.first + start,
            values=self.values[start:end],
            rows=self.rows[start:end],
        )


@dataclass(frozen=True)
class Courses:
    """What was read, and what has to be told of it."""

    all: tuple[Course, ...]
    unit: Unit
    partial: tuple[bool, bool]
    """The first and the last period are covered only in part."""
    rests: tuple[Assumption, ...]


def read(operation: asked.Series, data: Data, most: int = MOST_COURSES) -> Courses:
    """The courses that an operation asks for, each from its own first to its own last period.

    A period without rows has no value, but for a count, which is 0. Raises `QueryFailed` for
    columns that have no times or numbers, for none known, for too many groups or periods.
    """
    import numpy as np

    when, values = times(data, operation.time), finite(data, operation.column)
    labels, codes = groups(operation, data, most)
    usable = ~np.isnat(when.stamps) & (codes >= 0)
    if not usable.any():
        raise refuse(
            f"No row has a known {operation.time}.",
            "Loosen a filter, or name a column with dates.",
            "too_few_values",
        )
    stamps, values, codes = when.stamps[usable], values[usable], codes[usable]
    unit = operation.unit or guess(stamps)
    at = ordinals(stamps, unit)
    order = np.lexsort((when.instants[usable], codes))
    ends = np.searchsorted(codes[order], np.arange(len(labels) + 1))
    parts = [order[ends[i] : ends[i + 1]] for i in range(len(labels))]
    _bounded([at[part] for part in parts if len(part)], stamps, unit)
    made = tuple(
        _course(name, unit, at[part], values[part], operation.how)
        for name, part in zip(labels, parts, strict=True)
        if len(part)
    )
    rests = (*left_out(operation, usable, values), *zone(when, unit))
    return Courses(made, unit, partial(stamps, unit), rests)


def groups(
    operation: asked.Series, data: Data, most: int = MOST_COURSES
) -> tuple[list[str], Places]:
    """The names of the groups and the place of each row's among them."""
    import numpy as np

    if operation.by is None:
        return [""], np.zeros(data.table.num_rows, dtype=np.int64)
    labels, codes = places(data, operation.by)
    if len(labels) > most:
        raise refuse(
            f"{operation.by!r} has {len(labels):,} values; at most {most:,} series are made.",
            "Name a column with fewer values, or keep some with a filter.",
            "too_many_groups",
        )
    return labels, codes


def _bounded(parts: Sequence[Places], stamps: Stamps, unit: Unit) -> None:
    periods = sum(int(part.max() - part.min()) + 1 for part in parts)
    if periods > MOST_PERIODS:
        first, last = (str(stamp)[:10] for stamp in (stamps.min(), stamps.max()))
        raise refuse(
            f"From {first} to {last} there are {periods:,} periods of a {unit}; at most "
            f"{MOST_PERIODS:,} are made.",
            "Take a longer unit, or leave dates that cannot be out with a filter.",
            "too_many_periods",
        )


def _course(name: str, unit: Unit, at: Places, values: Floats, how: How) -> Course:
    """One group's values, in the order of time, put into their periods."""
    import numpy as np
    import pandas as pd

    first, last = int(at.min()), int(at.max())
    grouped = pd.Series(values).groupby(at)
    made = grouped.sum(min_count=1) if how == "sum" else grouped.agg(how)
    found = made.reindex(np.arange(first, last + 1), fill_value=0 if how == "count" else np.nan)
    rows = np.bincount(at - first, minlength=last - first + 1)
    return Course(name, unit, first, np.asarray(found, dtype=np.float64), rows.astype(np.int64))


def whole(operation: asked.Whole, found: Courses) -> tuple[Course, ...]:
    """The courses without a first or last period that the rows cover only in part."""
    if operation.partial or not any(found.partial):
        return found.all
    first = min(course.first for course in found.all)
    end = max(course.first + course.n for course in found.all)
    cut = (
        course.cut(
            int(found.partial[0] and course.first == first),
            course.n - int(found.partial[1] and course.first + course.n == end),
        )
        for course in found.all
    )
    return tuple(course for course in cut if course.n)


def filled(course: Course, fill: asked.Fill) -> Course:
    """Zeros, the value before, or a straight line in the place of unknown values; what lies before
    the first or after the last known one is a zero or stays unknown."""
    import numpy as np
    import pandas as pd

    if fill == "none":
        return course
    if fill == "zero":
        return replace(course, values=np.nan_to_num(course.values))
    values = pd.Series(course.values)
    made = values.ffill() if fill == "previous" else values.interpolate(limit_area="inside")
    return replace(course, values=np.asarray(made, dtype=np.float64))


def holes(course: Course) -> int:
    """Periods without rows or without a known value."""
    import numpy as np

    return int(((course.rows == 0) | np.isnan(course.values)).sum())


@dataclass(frozen=True)
class Complete:
    """Courses without holes, and what has to be told of them."""

    all: tuple[Course, ...]
    unit: Unit
    rests: tuple[Assumption, ...]
    told: str
    """Sentences for the reading: how rows became periods, which ends are left out."""


def complete(operation: asked.Complete, data: Data, least: int, most: int) -> Complete:
    """Whole courses whose unknown values are filled, from the first known value to the last.

    Raises `QueryFailed` for a course with fewer than `least` known values.
    """
    import numpy as np

    found = read(operation, data, most)
    cut = []
    for course in whole(operation, found):
        (known,) = np.nonzero(~np.isnan(course.values))
        enough(course, len(known), least)
        _workable(operation.column, course.values[known])
        cut.append(course.cut(int(known[0]), int(known[-1]) + 1))
    if not cut:
        enough(found.all[0], 0, least)
    empty, periods = sum(map(holes, cut)), sum(course.n for course in cut)
    return Complete(
        tuple(filled(course, operation.fill) for course in cut),
        found.unit,
        (*found.rests, gaps(found.unit, empty, periods, operation.fill)),
        manner(operation, found) + edges(found, left_out=not operation.partial),
    )


def _workable(column: str, known: Floats) -> None:
    """Raise `QueryFailed` for values whose squares no double holds."""
    spread = float(known.max() / 2 - known.min() / 2)
    if spread and not 1 / MOST_SPREAD < spread < MOST_SPREAD:
        raise refuse(
            f"The values of {column!r} lie too far apart or too close together to reckon with.",
            "Give them in another unit, as thousands or thousandths.",
        )


def enough(course: Course, known: int, least: int) -> None:
    """Raise `QueryFailed` for a course that is too short."""
    if known >= least:
        return
    of = f"{course.name} has" if course.name else "There are"
    number = "one whole" if known == 1 else f"{known or 'no'} whole"
    raise refuse(
        f"{of} {number} {plural(course.unit, known)} with a value; at least {least} are needed.",
        "Take a shorter unit, loosen a filter, or leave such groups out.",
        "too_few_values",
    )
