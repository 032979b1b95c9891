"""Arguments of the breakdown of a change: which parts of the data it comes from."""

from __future__ import annotations

from calendar import month_name
from datetime import date, timedelta
from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import Field, model_validator

from .base import ColumnName, ColumnNames, MaybeColumn, Operation

How = Literal["sum", "count", "mean"]
Days: TypeAlias = tuple[date, date]
"""The days from the first to the one before the second: [start, end)."""
Side = Annotated[Days | str, Field(union_mode="left_to_right")]


class Contribution(Operation):
    """Where a change comes from: a measure in two periods, or for two values of a column, and what
    each level of each dimension adds to the difference; for a mean, by its share (mix) and by its
    own mean (rate). It shows where, not why."""

    charted: ClassVar[bool] = False
    op: Literal["contribution"] = "contribution"
    column: MaybeColumn = None
    """The numeric column that is totalled or averaged; a count needs none."""
    how: How = "sum"
    """What is compared."""
    weight: MaybeColumn = None
    """For a mean: how often each row counts, as in a price weighted by the units sold."""
    across: ColumnName
    """The column that tells the two sides apart: dates for periods, else any with the values."""
    before: Side
    """A period as two days, [first, day after the last), or a value of `across`."""
    after: Side
    """The same for the side that is explained."""
    dimensions: ColumnNames = ()
    """The columns whose levels share the change; none takes every text column of 2 to 50 levels."""
    most: Annotated[int, Field(ge=1, le=1000)] = 10
    """Levels shown of a dimension; the rest is one level, "(other)"."""
    expected: Literal["", "rise", "fall"] = ""
    """What was said to have happened; where the data say otherwise, the reading begins with it."""

    @model_validator(mode="after")
    def _fitting(self) -> Contribution:
        if (self.column is None) != (self.how == "count"):
            raise ValueError("give a column for a sum or a mean, and none for a count")
        if self.weight is not None and self.how != "mean":
            raise ValueError("only a mean is weighted")
        if isinstance(self.before, str) != isinstance(self.after, str):
            raise ValueError("before and after are two periods, or two values")
        if self.before == self.after:
            raise ValueError("before and after are the same")
        for side in (self.before, self.after):
            if not isinstance(side, str) and side[0] >= side[1]:
                raise ValueError("a period ends after it begins")
        if {self.column, self.weight, self.across} & set(self.dimensions):
            raise ValueError("a dimension is neither the measure nor what is compared across")
        return self

    @property
    def reads(self) -> tuple[str, ...]:
        """Every column, where the dimensions are to be found among them."""
        return super().reads if self.dimensions else ()

    @property
    def measure(self) -> str:
        """What is compared, in words: "total amount", "number of rows"."""
        if self.how == "count":
            return "number of rows"
        weighted = f" weighted by {self.weight}" if self.weight else ""
        return f"{'average' if self.how == 'mean' else 'total'} {self.column}{weighted}"

    @property
    def told(self) -> str:
        by = f" by {', '.join(self.dimensions)}" if self.dimensions else ""
        return (
            f"Breakdown of the change in {self.measure} from {self.sides[0]} to {self.sides[1]}{by}"
        )

    @property
    def sides(self) -> tuple[str, str]:
        """Both sides in words: ("February 2024", "March 2024"), ("North", "South")."""
        return _named(self.before), _named(self.after)


def _named(side: Days | str) -> str:
    return side if isinstance(side, str) else period_name(*side)


def period_name(start: date, end: date) -> str:
    """The days [start, end) in words: "2024", "Q1 2024", "March 2024", "2024-03-05 to 2024-03-11".

    Whole years and months are said as such, whichever the question named.
    """
    last = end - timedelta(days=1)
    months = (end.year - start.year) * 12 + end.month - start.month
    if last == start:
        return str(start)
    if start.day != 1 or end.day != 1:
        return f"{start} to {last}"
    if months == 1:
        return f"{month_name[start.month]} {start.year}"
    if months == 3 and start.month % 3 == 1:
        return f"Q{(start.month + 2) // 3} {start.year}"
    if months % 12 == 0 and start.month == 1:
        return str(start.year) if months == 12 else f"{start.year} to {last.year}"
    return f"{month_name[start.month]} {start.year} to {month_name[last.month]} {last.year}"


OPERATIONS: dict[str, type[Operation]] = {"contribution": Contribution}
