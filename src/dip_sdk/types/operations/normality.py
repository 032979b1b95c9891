"""Arguments of the tests of a distribution's shape."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field, model_validator

from .base import Alternative, ColumnName, ColumnNames, Confidence, MaybeColumn, Operation


class Shape(Operation):
    """Numeric columns, each tested alone, a row each, or a row for each group."""

    charted: ClassVar[bool] = False
    columns: ColumnNames = Field(min_length=1)
    """The numeric columns."""
    by: MaybeColumn = None
    """A column whose values are groups to be tested one by one."""
    confidence: Confidence = 0.95
    """The test is judged at one minus it."""


class Shapiro(Shape):
    """Shapiro-Wilk test of normality; the strongest for up to some thousand values."""

    called: ClassVar[str] = "Shapiro-Wilk test"
    op: Literal["shapiro"] = "shapiro"


class AndersonDarling(Shape):
    """Anderson-Darling test of normality, mean and variance estimated; watches the tails."""

    called: ClassVar[str] = "Anderson-Darling test"
    op: Literal["anderson_darling"] = "anderson_darling"


class Lilliefors(Shape):
    """Lilliefors test of normality: Kolmogorov-Smirnov with mean and variance estimated."""

    called: ClassVar[str] = "Lilliefors test"
    op: Literal["lilliefors"] = "lilliefors"


class Dagostino(Shape):
    """D'Agostino-Pearson test of normality, from skewness and kurtosis together."""

    called: ClassVar[str] = "D'Agostino-Pearson test"
    op: Literal["dagostino"] = "dagostino"


class JarqueBera(Shape):
    """Jarque-Bera test of normality, from skewness and kurtosis; for large samples."""

    called: ClassVar[str] = "Jarque-Bera test"
    op: Literal["jarque_bera"] = "jarque_bera"


class Skewness(Shape):
    """How lopsided a distribution is (g1 or G1), with D'Agostino's test against symmetry."""

    op: Literal["skewness"] = "skewness"
    bias: bool = True
    """True: the moment ratio g1; False: G1, corrected for small samples (as Excel's SKEW)."""


class Kurtosis(Shape):
    """How heavy a distribution's tails are, as excess over the normal's (Fisher's: a normal
    has 0), with Anscombe's test."""

    op: Literal["kurtosis"] = "kurtosis"
    bias: bool = True
    """True: the moment ratio g2; False: G2, corrected for small samples (as Excel's KURT)."""


class KsTest(Operation):
    """Kolmogorov-Smirnov test: a column against a normal distribution that is fully given, or two
    samples against each other. For an estimated mean and spread use `lilliefors`."""

    called: ClassVar[str] = "Kolmogorov-Smirnov test"
    charted: ClassVar[bool] = False
    op: Literal["ks_test"] = "ks_test"
    column: ColumnName
    """The numeric column."""
    by: MaybeColumn = None
    """A column whose two values are the samples."""
    other: MaybeColumn = None
    """Instead of `by`: the numeric column that is the second sample."""
    groups: tuple[str, ...] = ()
    """The two values of `by` to compare."""
    mean: float = 0.0
    """Of the normal distribution, where there is one sample."""
    std: float = Field(default=1.0, gt=0)
    """Of the normal distribution, where there is one sample."""
    alternative: Alternative = "two-sided"
    """About the distribution functions: `greater` says that the first lies above."""
    confidence: Confidence = 0.95
    """The test is judged at one minus it."""

    @model_validator(mode="after")
    def _samples(self) -> KsTest:
        if self.by is not None and self.other is not None:
            raise ValueError("give by or other, not both")
        if self.groups and (self.by is None or len(self.groups) != 2):
            raise ValueError("groups are the two values of by to compare")
        return self


OPERATIONS: dict[str, type[Operation]] = {
    "shapiro": Shapiro,
    "anderson_darling": AndersonDarling,
    "lilliefors": Lilliefors,
    "dagostino": Dagostino,
    "jarque_bera": JarqueBera,
    "skewness": Skewness,
    "kurtosis": Kurtosis,
    "ks_test": KsTest,
}
