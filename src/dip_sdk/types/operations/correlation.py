"""Arguments of the measures of how two columns go together."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from .base import Alternative, ColumnName, ColumnNames, Confidence, Operation


class Pair(Operation):
    """Two numeric columns; rows where either is missing are left out."""

    charted: ClassVar[bool] = False
    column: ColumnName
    """A numeric column."""
    other: ColumnName
    """Another numeric column."""
    alternative: Alternative = "two-sided"
    """`greater` asks for a positive correlation, `less` for a negative one."""
    confidence: Confidence = 0.95
    """Level of the interval."""


class Pearson(Pair):
    """Pearson's correlation r: how closely two columns lie to a straight line, with an interval."""

    called: ClassVar[str] = "Pearson correlation"
    op: Literal["pearson"] = "pearson"


class Spearman(Pair):
    """Spearman's rank correlation rho: how closely two columns rise and fall together, in ranks."""

    called: ClassVar[str] = "Spearman rank correlation"
    op: Literal["spearman"] = "spearman"


class Kendall(Pair):
    """Kendall's tau-b: how many more pairs of rows agree in order than disagree; bears ties."""

    called: ClassVar[str] = "Kendall rank correlation"
    op: Literal["kendall"] = "kendall"


class PartialCorrelation(Pair):
    """The correlation of two columns with the linear part of other columns taken out of both."""

    op: Literal["partial_correlation"] = "partial_correlation"
    controls: ColumnNames = Field(min_length=1)
    """The numeric columns that are held fixed."""


class CorrelationMatrix(Operation):
    """The correlation of every pair of numeric columns, a row for each pair, with p values as they
    are and as Holm's method adjusts them for the number of pairs."""

    called: ClassVar[str] = "Correlations"
    charted: ClassVar[bool] = False
    op: Literal["correlation_matrix"] = "correlation_matrix"
    columns: ColumnNames = ()
    """The numeric columns; none takes every numeric column."""
    method: Literal["pearson", "spearman", "kendall"] = "pearson"
    """Which correlation."""


OPERATIONS: dict[str, type[Operation]] = {
    "pearson": Pearson,
    "spearman": Spearman,
    "kendall": Kendall,
    "partial_correlation": PartialCorrelation,
    "correlation_matrix": CorrelationMatrix,
}
