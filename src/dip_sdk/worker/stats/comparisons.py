"""Tests that compare two samples; those of several groups are in `groups`, those of two
measurements of the same rows in `pairs`."""

from __future__ import annotations

from ...types.operations import comparisons as asked
from .assumptions import equal_variances, independence, normality
from .base import Data, Outcome
from .beside import beside
from .effects import cohen_d, hedges, rank_biserial
from .groups import anova, bartlett, kruskal, levene, tukey_hsd
from .pairs import paired_t, wilcoxon
from .proportions import z_test
from .samples import Sample, single, spread_within, two, varied
from .telling import left_out, level, num, outcome, shows, sided, size
from .two_samples import both, compared, interval, looked_for, row_of, t_row
from .units import warned

__all__ = [
    "anova", "bartlett", "f_test", "kruskal", "levene", "mann_whitney", "mood", "paired_t",
    "t_test", "tukey_hsd", "welch_t", "wilcoxon", "z_test",
]  # fmt: skip


def t_test(operation: asked.TTest, data: Data) -> Outcome:
    """Student (1908): one mean against a given one, or two with a pooled variance."""
    if operation.by is None and operation.other is None:
        return _one_mean(operation, data)
    return _two_means(operation, data, equal=True)


def welch_t(operation: asked.WelchT, data: Data) -> Outcome:
    """Welch (1947), degrees of freedom by Satterthwaite (1946)."""
    return _two_means(operation, data, equal=False)


def _one_mean(operation: asked.TTest, data: Data) -> Outcome:
    from scipy import stats

    given = single(data, operation.column)
    varied([given])
    found = stats.ttest_1samp(given.values, operation.mean, alternative=operation.alternative)
    low, high = found.confidence_interval(operation.confidence)
    d = (given.mean - operation.mean) / given.std
    row = t_row(found, low, high, operation) | {
        "difference": given.mean - operation.mean, "effect": d, "effect_name": "Cohen's d",
        "hedges_g": hedges(d, given.n - 1), "n": given.n, "missing": given.missing,
        "mean": given.mean, "std": given.std, "mean_tested": operation.mean,
    }  # fmt: skip
    tested = num(operation.mean)
    sought = sided(
        operation.alternative,
        two=f"a mean other than {tested}",
        greater=f"a mean above {tested}",
        less=f"a mean below {tested}",
    )
    reading = (
        f"The mean of {given.name} is {num(given.mean)} over {given.n:,} values"
        f"{left_out(given.missing)}, {level(operation.confidence)} interval "
        f"{num(low)} to {num(high)}. "
        f"{shows(row['p'], operation.confidence, sought)} "
        f"{size(d, row['effect_name'])}"
    )
    return outcome(row, reading, (normality([given]), independence()))


def _two_means(operation: asked.TwoSamples, data: Data, *, equal: bool) -> Outcome:
    from scipy import stats

    first, second = _pair(operation, data)
    spread_within([first, second])
    found = stats.ttest_ind(
        first.values, second.values, equal_var=equal, alternative=operation.alternative
    )
    low, high = found.confidence_interval(operation.confidence)
    d = cohen_d(first, second, pooled=equal)
    row = t_row(found, low, high, operation) | {
        "difference": first.mean - second.mean, "effect": d, "effect_name": "Cohen's d",
        "hedges_g": hedges(d, first.n + second.n - 2),
    } | both(first, second, "mean", "std")  # fmt: skip
    units = beside(operation, data, "paired_t")
    sought = looked_for(operation, "mean", first.name)
    reading = (
        f"{compared(operation, first, second, 'mean')} {interval(row)} "
        f"{shows(row['p'], operation.confidence, sought)} {size(d, row['effect_name'])}"
        f"{warned(units)}"
    )
    rests = [normality([first, second]), independence(), *units]
    if equal:
        rests.append(equal_variances([first, second]))
    return outcome(row, reading, rests)


def mann_whitney(operation: asked.MannWhitney, data: Data) -> Outcome:
    """U of Mann and Whitney (1947); p is exact for small samples without ties, else from the
    normal distribution with corrections for ties and continuity."""
    from scipy import stats

    first, second = _pair(operation, data, least=1)
    if first.constant and second.constant and first.mean == second.mean:
        varied([first])
    found = stats.mannwhitneyu(first.values, second.values, alternative=operation.alternative)
    effect = rank_biserial(float(found.statistic), first.n, second.n)
    row = row_of(found, operation) | {
        "effect": effect, "effect_name": "rank-biserial r",
        "median_difference": first.median - second.median,
    } | both(first, second, "median")  # fmt: skip
    units = beside(operation, data, "wilcoxon")
    sought = sided(
        operation.alternative,
        two="a difference in distribution",
        greater=f"a tendency to larger values in {first.name}",
        less=f"a tendency to smaller values in {first.name}",
    )
    reading = (
        f"{compared(operation, first, second, 'median')} "
        f"{shows(row['p'], operation.confidence, sought)} "
        f"{size(effect, 'rank-biserial r')}{warned(units)}"
    )
    return outcome(row, reading, (independence(), *units))


def f_test(operation: asked.FTest, data: Data) -> Outcome:
    """F = s1^2 / s2^2; two-sided p is twice the smaller tail (Snedecor and Cochran, 1989)."""
    from scipy.stats import f

    first, second = _pair(operation, data)
    varied([first, second])
    ratio, df, rest = (first.std / second.std) ** 2, first.n - 1, second.n - 1
    less, greater = float(f.cdf(ratio, df, rest)), float(f.sf(ratio, df, rest))
    p = {"less": less, "greater": greater}.get(
        operation.alternative, min(1, 2 * min(less, greater))
    )
    tail = (1 - operation.confidence) / (2 if operation.alternative == "two-sided" else 1)
    low = 0.0 if operation.alternative == "less" else ratio / float(f.isf(tail, df, rest))
    high = ratio / float(f.ppf(tail, df, rest)) if operation.alternative != "greater" else None
    row = {
        "statistic": ratio, "df": df, "df_2": rest, "p": p, "ratio": ratio, "low": low,
        "high": high, "confidence": operation.confidence, "alternative": operation.alternative,
    } | both(first, second, "std")  # fmt: skip
    units = beside(operation, data)
    sought = looked_for(operation, "variance", first.name)
    reading = (
        f"{compared(operation, first, second, 'std')} The ratio of variances is {num(ratio)}. "
        f"{shows(p, operation.confidence, sought)}{warned(units)}"
    )
    rests = (normality([first, second], of_means=False), independence(), *units)
    return outcome(row, reading, rests)


def mood(operation: asked.Mood, data: Data) -> Outcome:
    """Mood (1954), with ties as Mielke (1967) treats them; the statistic is z."""
    from scipy import stats

    first, second = _pair(operation, data, least=2)
    varied([first, second])
    found = stats.mood(first.values, second.values, alternative=operation.alternative)
    row = row_of(found, operation) | both(first, second, "std", "median")
    units = beside(operation, data)
    sought = looked_for(operation, "spread", first.name)
    reading = (
        f"{compared(operation, first, second, 'std')} "
        f"{shows(row['p'], operation.confidence, sought)}{warned(units)}"
    )
    return outcome(row, reading, (independence(), *units))


def _pair(operation: asked.TwoSamples, data: Data, least: int = 2) -> tuple[Sample, Sample]:
    return two(data, operation.column, operation.by, operation.other, operation.groups, least)
