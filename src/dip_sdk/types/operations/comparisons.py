"""Arguments of the tests that compare groups or measurements."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field, model_validator

from .base import Alternative, ColumnName, Confidence, MaybeColumn, Operation


class TwoSamples(Operation):
    """Two independent samples: a column split `by` another with two groups, or two columns."""

    charted: ClassVar[bool] = False
    alone: ClassVar[bool] = False
    """One sample, against a given value, will do."""

    column: ColumnName
    """The numeric column that is compared; the first sample when `other` is given."""
    by: MaybeColumn = None
    """The column whose two values are the groups."""
    other: MaybeColumn = None
    """Instead of `by`: the numeric column that is the second sample."""
    groups: tuple[str, ...] = ()
    """The two values of `by` to compare, first minus second; needed where it has more."""
    alternative: Alternative = "two-sided"
    """`greater`: the first is greater than the second; `less`: it is smaller."""
    confidence: Confidence = 0.95
    """Level of the interval; the test is judged at one minus it."""

    @model_validator(mode="after")
    def _samples(self) -> TwoSamples:
        if self.by is not None and self.other is not None:
            raise ValueError("give by or other, not both")
        if self.by is None and self.other is None and not self.alone:
            raise ValueError("give by (the column of the groups) or other (the second column)")
        if self.groups and (self.by is None or len(self.groups) != 2):
            raise ValueError("groups are the two values of by to compare")
        return self


class TTest(TwoSamples):
    """Student's t-test of a mean against a given one, or of two means with equal variances.

    Without equal variances `welch_t` is the better choice."""

    called: ClassVar[str] = "Student's t-test"
    alone: ClassVar[bool] = True
    op: Literal["t_test"] = "t_test"
    mean: float = 0.0
    """The mean under test, when neither `by` nor `other` is given."""


class WelchT(TwoSamples):
    """Welch's t-test: do two groups differ in their means? Variances may differ."""

    called: ClassVar[str] = "Welch's t-test"
    op: Literal["welch_t"] = "welch_t"


class MannWhitney(TwoSamples):
    """Mann-Whitney U test (Wilcoxon's rank-sum test): does one of two groups tend to larger
    values? It goes by ranks and needs no normal distribution."""

    called: ClassVar[str] = "Mann-Whitney U test"
    op: Literal["mann_whitney"] = "mann_whitney"


class FTest(TwoSamples):
    """F test of the ratio of two variances; it leans hard on normal distributions."""

    called: ClassVar[str] = "F test of variances"
    op: Literal["f_test"] = "f_test"


class Mood(TwoSamples):
    """Mood's test: do two groups differ in their spread? It goes by ranks."""

    called: ClassVar[str] = "Mood's test of spread"
    op: Literal["mood"] = "mood"


class Paired(Operation):
    """Two measurements of the same rows; rows where either is missing are left out."""

    charted: ClassVar[bool] = False
    column: ColumnName
    """The first measurement."""
    other: ColumnName
    """The second measurement, of the same rows; the difference is first minus second."""
    alternative: Alternative = "two-sided"
    """`greater`: the first is greater than the second; `less`: it is smaller."""
    confidence: Confidence = 0.95
    """Level of the interval; the test is judged at one minus it."""


class PairedT(Paired):
    """Paired t-test: do two measurements of the same rows differ in their means?"""

    called: ClassVar[str] = "Paired t-test"
    op: Literal["paired_t"] = "paired_t"


class Wilcoxon(Paired):
    """Wilcoxon's signed-rank test of two measurements of the same rows; it goes by ranks."""

    called: ClassVar[str] = "Wilcoxon signed-rank test"
    op: Literal["wilcoxon"] = "wilcoxon"


class Groups(Operation):
    """A numeric column in two or more independent groups."""

    charted: ClassVar[bool] = False
    column: ColumnName
    """The numeric column that is compared."""
    by: ColumnName
    """The column whose values are the groups."""
    groups: tuple[str, ...] = ()
    """The values of `by` to compare; none takes all."""
    confidence: Confidence = 0.95
    """The test is judged at one minus it; level of intervals."""


class Anova(Groups):
    """One-way analysis of variance: do the groups have one mean? `tukey_hsd` then says which
    differ."""

    called: ClassVar[str] = "One-way ANOVA"
    op: Literal["anova"] = "anova"
    equal_variances: bool = True
    """False: Welch's version, which bears unequal variances."""


class Kruskal(Groups):
    """Kruskal-Wallis test: does one of the groups tend to larger values? It goes by ranks."""

    called: ClassVar[str] = "Kruskal-Wallis test"
    op: Literal["kruskal"] = "kruskal"


class Spreads(Operation):
    """Spreads of independent samples: a column split `by` another, or two columns."""

    charted: ClassVar[bool] = False
    column: ColumnName
    """The numeric column that is compared; the first sample when `other` is given."""
    by: MaybeColumn = None
    """The column whose values are the groups."""
    other: MaybeColumn = None
    """Instead of `by`: the numeric column that is the second sample."""
    groups: tuple[str, ...] = ()
    """The values of `by` to compare; none takes all."""
    confidence: Confidence = 0.95
    """The test is judged at one minus it."""

    @model_validator(mode="after")
    def _samples(self) -> Spreads:
        if (self.by is None) == (self.other is None):
            raise ValueError("give by (the column of the groups) or other (the second column)")
        if self.groups and self.by is None:
            raise ValueError("groups are values of by")
        return self


class Levene(Spreads):
    """Levene's test: do independent groups have one variance? About medians
    (Brown-Forsythe) it bears distributions that are not normal."""

    called: ClassVar[str] = "Levene's test"
    op: Literal["levene"] = "levene"
    center: Literal["median", "mean", "trimmed"] = "median"
    """What deviations are taken from."""


class Bartlett(Spreads):
    """Bartlett's test: do the groups have one variance? It leans on normal distributions."""

    called: ClassVar[str] = "Bartlett's test"
    op: Literal["bartlett"] = "bartlett"


class TukeyHsd(Groups):
    """Tukey's HSD: which pairs of groups differ in their means, a row for each pair, with p values
    and intervals that hold for all pairs together."""

    called: ClassVar[str] = "Tukey's HSD"
    op: Literal["tukey_hsd"] = "tukey_hsd"


class ZTest(Operation):
    """z-test of a share against a given one, or of the shares of two groups."""

    called: ClassVar[str] = "z-test of proportions"
    charted: ClassVar[bool] = False
    op: Literal["z_test"] = "z_test"
    column: ColumnName
    """The column in which the value is looked for."""
    value: str
    """The value whose share is tested: "yes", "true", "1"."""
    by: MaybeColumn = None
    """The column whose two values are the groups; none tests one share."""
    groups: tuple[str, ...] = ()
    """The two values of `by` to compare, first minus second."""
    proportion: float = Field(default=0.5, gt=0, lt=1)
    """The share under test where there is no `by`."""
    alternative: Alternative = "two-sided"
    """`greater`: the (first) share is greater; `less`: it is smaller."""
    confidence: Confidence = 0.95
    """Level of the interval; the test is judged at one minus it."""


OPERATIONS: dict[str, type[Operation]] = {
    "t_test": TTest,
    "welch_t": WelchT,
    "paired_t": PairedT,
    "mann_whitney": MannWhitney,
    "wilcoxon": Wilcoxon,
    "anova": Anova,
    "kruskal": Kruskal,
    "levene": Levene,
    "bartlett": Bartlett,
    "f_test": FTest,
    "mood": Mood,
    "tukey_hsd": TukeyHsd,
    "z_test": ZTest,
}
