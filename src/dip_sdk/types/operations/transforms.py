"""Arguments of the operations that change the scale of numbers or rank them.

They give the whole table back, in its order of rows, with changed or added columns.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from .base import ColumnNames, Operation


def _once(names: tuple[str, ...]) -> tuple[str, ...]:
    """Every column is changed once, however it is spelt."""
    if len({name.casefold() for name in names}) < len(names):
        raise ValueError("a column is named twice")
    return names


EachOnce = Annotated[ColumnNames, AfterValidator(_once)]
"""Columns, none of them twice."""


class WholeTable(Operation):
    """The whole table, with changed or added columns."""

    whole: ClassVar[bool] = True
    charted: ClassVar[bool] = False


class Scaled(WholeTable):
    """Numeric columns in another scale; missing values stay missing."""

    columns: EachOnce = Field(min_length=1)
    """The numeric columns."""


class Standardise(Scaled):
    """Each column minus its mean, divided by its standard deviation (ddof 0)."""

    op: Literal["standardise"] = "standardise"
    ddof: Literal[0, 1] = 0
    """What is taken from n under the variance: 0 as scikit-learn does, 1 for the sample's."""


class MinMax(Scaled):
    """Each column stretched so that its smallest value is `low` and its largest is `high`."""

    called: ClassVar[str] = "Min-max scaling"
    op: Literal["min_max"] = "min_max"
    low: float = 0.0
    """What the smallest value becomes."""
    high: float = 1.0
    """What the largest value becomes."""

    @model_validator(mode="after")
    def _upwards(self) -> MinMax:
        if self.low >= self.high:
            raise ValueError("low must be smaller than high")
        return self


class Log(Scaled):
    """The logarithm of each value, in place of it."""

    called: ClassVar[str] = "Logarithm"
    op: Literal["log"] = "log"
    base: Annotated[Literal["e", "2", "10"], BeforeValidator(str)] = "e"
    """`e` (natural), `2` or `10`."""
    plus_one: bool = False
    """True: log(1 + x), for counts that may be zero."""


class Clip(Scaled):
    """Values beyond a bound become the bound; with quantiles as bounds this is winsorising."""

    op: Literal["clip"] = "clip"
    low: float | None = None
    """The lowest value that stays."""
    high: float | None = None
    """The highest value that stays."""
    low_quantile: float | None = Field(default=None, ge=0, lt=1)
    """Instead of `low`: this quantile of the column, 0.05 for the lowest 5%."""
    high_quantile: float | None = Field(default=None, gt=0, le=1)
    """Instead of `high`: this quantile of the column, 0.95 for the highest 5%."""

    @model_validator(mode="after")
    def _bounds(self) -> Clip:
        pairs = ((self.low, self.low_quantile), (self.high, self.high_quantile))
        if any(None not in pair for pair in pairs):
            raise ValueError("give a bound or its quantile, not both")
        if all(pair == (None, None) for pair in pairs):
            raise ValueError("give low or high, or low_quantile or high_quantile")
        for low, high in ((self.low, self.high), (self.low_quantile, self.high_quantile)):
            if low is not None and high is not None and low >= high:
                raise ValueError("the low bound must be below the high one")
        return self


class Rank(WholeTable):
    """Adds `<column>_rank`: the place of each value among the others, 1 for the smallest.

    Missing values have no rank."""

    op: Literal["rank"] = "rank"
    columns: EachOnce = Field(min_length=1)
    """The numeric columns."""
    by: ColumnNames = ()
    """Rank within each group of these columns; none ranks all rows together."""
    method: Literal["average", "min", "dense"] = "average"
    """Equal values: the average of their places, the lowest of them, or places without gaps."""
    descending: bool = False
    """True: 1 for the largest."""


OPERATIONS: dict[str, type[Operation]] = {
    "standardise": Standardise,
    "min_max": MinMax,
    "log": Log,
    "clip": Clip,
    "rank": Rank,
}
