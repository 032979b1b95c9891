"""Arguments of the descriptive operations."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from .base import ColumnName, ColumnNames, MaybeColumn, Operation


class Describe(Operation):
    """Count, mean, spread, quantiles and shape of numeric columns, a row each, or a row for each
    group of another column. `std` is the sample's (ddof 1); skewness g1 and excess kurtosis g2 are
    not corrected for bias."""

    called: ClassVar[str] = "Descriptive statistics"
    charted: ClassVar[bool] = False
    op: Literal["describe"] = "describe"
    columns: ColumnNames = ()
    """The numeric columns; none takes every numeric column."""
    by: MaybeColumn = None
    """A column whose values are the groups."""


class Frequency(Operation):
    """How often each value of a column occurs, with its share and running share; most frequent
    first."""

    called: ClassVar[str] = "Frequency table"
    op: Literal["frequency"] = "frequency"
    column: ColumnName
    """The column to count."""
    limit: int = Field(default=1000, ge=1, le=100_000)
    """At most so many values; the rest is counted in one row."""


OPERATIONS: dict[str, type[Operation]] = {"describe": Describe, "frequency": Frequency}
