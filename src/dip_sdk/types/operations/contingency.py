"""Arguments of the operations on tables of counts."""

from __future__ import annotations

from typing import ClassVar, Literal

from .base import Alternative, ColumnName, Confidence, MaybeColumn, Operation


class Crossed(Operation):
    """Two columns of categories, counted against each other; rows with a missing one are left
    out."""

    charted: ClassVar[bool] = False
    column: ColumnName
    """The column whose values are the rows of the table of counts."""
    by: ColumnName
    """The column whose values are its columns."""
    weights: MaybeColumn = None
    """A column of counts, where a row of the table stands for several cases."""
    confidence: Confidence = 0.95
    """Level of the interval; the test is judged at one minus it."""


class ChiSquare(Crossed):
    """Pearson's chi-square test of independence, with Cramer's V as its size."""

    called: ClassVar[str] = "Chi-square test"
    op: Literal["chi_square"] = "chi_square"
    correction: bool = True
    """Yates's continuity correction, for tables of two by two; made as scipy and R make it."""


class FisherExact(Crossed):
    """Fisher's exact test of independence in a table of two by two; right for small counts."""

    called: ClassVar[str] = "Fisher's exact test"
    op: Literal["fisher_exact"] = "fisher_exact"
    alternative: Alternative = "two-sided"
    """`greater`: the odds ratio is above 1; `less`: below."""


class CramersV(Crossed):
    """Cramer's V: how strongly two columns of categories go together, from 0 to 1."""

    called: ClassVar[str] = "Cramer's V"
    op: Literal["cramers_v"] = "cramers_v"


class OddsRatio(Crossed):
    """The odds ratio of a table of two by two, with Woolf's interval."""

    op: Literal["odds_ratio"] = "odds_ratio"


class MantelHaenszel(Crossed):
    """Mantel-Haenszel test: are two columns of two values each independent within every stratum of
    a third? Gives the common odds ratio."""

    called: ClassVar[str] = "Mantel-Haenszel test"
    op: Literal["mantel_haenszel"] = "mantel_haenszel"
    strata: ColumnName
    """The column within whose values they are compared."""
    correction: bool = False
    """The continuity correction."""


OPERATIONS: dict[str, type[Operation]] = {
    "chi_square": ChiSquare,
    "fisher_exact": FisherExact,
    "cramers_v": CramersV,
    "odds_ratio": OddsRatio,
    "mantel_haenszel": MantelHaenszel,
}
