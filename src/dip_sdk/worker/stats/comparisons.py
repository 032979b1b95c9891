"""Tests that compare two samples; those of several groups are in `groups`."""

from __future__ import annotations

from math import isnan
from typing import Any

from ...types.operations import comparisons as asked
from ...types.operations.base import Assumption
from .assumptions import equal_variances, independence, normality
from .base import Data, Outcome
from .effects import cohen_d, hedges, rank_biserial
from .groups import anova, bartlett, kruskal, levene, tukey_hsd
from .proportions import z_test
from .samples import Sample, complete, refuse, single, spread_within, two, varied
from .telling import left_out, level, num, outcome, shows, sided, size
from .units import same_unit, warned

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


def paired_t(operation: asked.PairedT, data: Data) -> Outcome:
    """Student's test of the differences; Cohen's d is theirs (d_z)."""
    from scipy import stats

    first, second = complete(data, (operation.column, operation.other), least=2)
    change = Sample("the differences", first.values - second.values, first.missing)
    varied([change])
    found = stats.ttest_rel(first.values, second.values, alternative=operation.alternative)
    low, high = found.confidence_interval(operation.confidence)
    d = change.mean / change.std
    row = _t_row(found, low, high, operation) | {
        "difference": change.mean, "effect": d, "effect_name": "Cohen's d",
        "hedges_g": hedges(d, change.n - 1), "n": change.n, "missing": first.missing,
        "mean_1": first.mean, "mean_2": second.mean, "std_difference": change.std,
    }  # fmt: skip
    units = same_unit(first.name, second.name)
    looked_for = _looked_for(operation, "mean", first.name)
    reading = (
        f"The mean of {first.name} ({num(first.mean)}) is {_apart(change.mean)} that of "
        f"{second.name} ({num(second.mean)}) over {change.n:,} rows{left_out(first.missing)}. "
        f"{_interval(row)} {shows(row['p'], operation.confidence, looked_for)} "
        f"{size(d, row['effect_name'])}{warned(units)}"
    )
    return outcome(row, reading, (normality([change]), independence(), *units))


def _one_mean(operation: asked.TTest, data: Data) -> Outcome:
    from scipy import stats

    given = single(data, operation.column)
    varied([given])
    found = stats.ttest_1samp(given.values, operation.mean, alternative=operation.alternative)
    low, high = found.confidence_interval(operation.confidence)
    d = (given.mean - operation.mean) / given.std
    row = _t_row(found, low, high, operation) | {
        "difference": given.mean - operation.mean, "effect": d, "effect_name": "Cohen's d",
        "hedges_g": hedges(d, given.n - 1), "n": given.n, "missing": given.missing,
        "mean": given.mean, "std": given.std, "mean_tested": operation.mean,
    }  # fmt: skip
    tested = num(operation.mean)
    looked_for = sided(
        operation.alternative,
        two=f"a mean other than {tested}",
        greater=f"a mean above {tested}",
        less=f"a mean below {tested}",
    )
    reading = (
        f"The mean of {given.name} is {num(given.mean)} over {given.n:,} values"
        f"{left_out(given.missing)}, {level(operation.confidence)} interval "
        f"{num(low)} to {num(high)}. "
        f"{shows(row['p'], operation.confidence, looked_for)} "
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
    row = _t_row(found, low, high, operation) | {
        "difference": first.mean - second.mean, "effect": d, "effect_name": "Cohen's d",
        "hedges_g": hedges(d, first.n + second.n - 2),
    } | _both(first, second, "mean", "std")  # fmt: skip
    units = _units(operation)
    looked_for = _looked_for(operation, "mean", first.name)
    reading = (
        f"{_compared(operation, first, second, 'mean')} {_interval(row)} "
        f"{shows(row['p'], operation.confidence, looked_for)} {size(d, row['effect_name'])}"
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
    row = _row(found, operation) | {
        "effect": effect, "effect_name": "rank-biserial r",
        "median_difference": first.median - second.median,
    } | _both(first, second, "median")  # fmt: skip
    units = _units(operation)
    looked_for = sided(
        operation.alternative,
        two="a difference in distribution",
        greater=f"a tendency to larger values in {first.name}",
        less=f"a tendency to smaller values in {first.name}",
    )
    reading = (
        f"{_compared(operation, first, second, 'median')} "
        f"{shows(row['p'], operation.confidence, looked_for)} "
        f"{size(effect, 'rank-biserial r')}{warned(units)}"
    )
    return outcome(row, reading, (independence(), *units))


def wilcoxon(operation: asked.Wilcoxon, data: Data) -> Outcome:
    """Wilcoxon (1945), zero differences left out; the rank-biserial r is (R+ - R-) / (R+ + R-)
    (Kerby, 2014). p is exact for small samples without ties or zeros."""
    import numpy as np
    from scipy import stats

    first, second = complete(data, (operation.column, operation.other), least=1)
    change = first.values - second.values
    change = change[change != 0]
    if not len(change):
        raise refuse(
            f"{first.name} and {second.name} are equal in every row.",
            "Choose two columns that differ.",
            "constant_values",
        )
    found = stats.wilcoxon(change, alternative=operation.alternative)
    ranks = stats.rankdata(np.abs(change))
    plus, all_ = float(ranks[change > 0].sum()), float(ranks.sum())
    effect = 2 * plus / all_ - 1
    row = _row(found, operation) | {
        "effect": effect, "effect_name": "rank-biserial r", "n": first.n,
        "n_different": len(change), "missing": first.missing, "rank_sum_plus": plus,
        "rank_sum_minus": all_ - plus, "median_1": first.median, "median_2": second.median,
        "median_difference": float(np.median(first.values - second.values)),
    }  # fmt: skip
    units = same_unit(first.name, second.name)
    looked_for = sided(
        operation.alternative,
        two="a difference between the two",
        greater=f"a tendency to larger values of {first.name}",
        less=f"a tendency to smaller values of {first.name}",
    )
    reading = (
        f"The median of {first.name} is {num(first.median)}, that of {second.name} "
        f"{num(second.median)}, over {first.n:,} rows{left_out(first.missing)}. "
        f"{shows(row['p'], operation.confidence, looked_for)} "
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
    } | _both(first, second, "std")  # fmt: skip
    units = _units(operation)
    looked_for = _looked_for(operation, "variance", first.name)
    reading = (
        f"{_compared(operation, first, second, 'std')} The ratio of variances is {num(ratio)}. "
        f"{shows(p, operation.confidence, looked_for)}{warned(units)}"
    )
    rests = (normality([first, second], of_means=False), independence(), *units)
    return outcome(row, reading, rests)


def mood(operation: asked.Mood, data: Data) -> Outcome:
    """Mood (1954), with ties as Mielke (1967) treats them; the statistic is z."""
    from scipy import stats

    first, second = _pair(operation, data, least=2)
    varied([first, second])
    found = stats.mood(first.values, second.values, alternative=operation.alternative)
    row = _row(found, operation) | _both(first, second, "std", "median")
    units = _units(operation)
    looked_for = _looked_for(operation, "spread", first.name)
    reading = (
        f"{_compared(operation, first, second, 'std')} "
        f"{shows(row['p'], operation.confidence, looked_for)}{warned(units)}"
    )
    return outcome(row, reading, (independence(), *units))


def _pair(operation: asked.TwoSamples, data: Data, least: int = 2) -> tuple[Sample, Sample]:
    return two(data, operation.column, operation.by, operation.other, operation.groups, least)


def _units(operation: asked.TwoSamples) -> tuple[Assumption, ...]:
    """Two columns should be in one unit; two groups of one column are."""
    return same_unit(operation.column, operation.other) if operation.other else ()


def _looked_for(operation: asked.TwoSamples | asked.Paired, measure: str, first: str) -> str:
    """ "a difference in means", or the side that is asked for."""
    return sided(
        operation.alternative,
        two=f"a difference in {measure}s",
        greater=f"a larger {measure} in {first}",
        less=f"a smaller {measure} in {first}",
    )


def _row(found: Any, operation: asked.TwoSamples | asked.Paired) -> dict[str, Any]:
    return {
        "statistic": float(found.statistic),
        "p": float(found.pvalue),
        "alternative": operation.alternative,
        "confidence": operation.confidence,
    }


def _t_row(
    found: Any, low: float, high: float, operation: asked.TwoSamples | asked.Paired
) -> dict[str, Any]:
    """A one-sided interval is open at one end: no bound stands there."""
    bounds = {"low": _bound(low), "high": _bound(high)}
    return (
        {"statistic": float(found.statistic), "df": float(found.df)}
        | _row(found, operation)
        | bounds
    )


def _bound(value: float) -> float | None:
    return None if abs(value) == float("inf") or isnan(value) else float(value)


def _both(first: Sample, second: Sample, *measures: str) -> dict[str, Any]:
    """Name, n and measures of both samples."""
    row: dict[str, Any] = {"group_1": first.name, "group_2": second.name}
    row |= {"n_1": first.n, "n_2": second.n, "missing": first.missing + second.missing}
    for measure in measures:
        row |= {f"{measure}_{i}": _measure(s, measure) for i, s in enumerate((first, second), 1)}
    return row


def _measure(given: Sample, measure: str) -> float:
    return float(getattr(given, measure))


_WORDS = {"mean": "mean", "median": "median", "std": "standard deviation"}


def _compared(operation: asked.TwoSamples, first: Sample, second: Sample, measure: str) -> str:
    """ "The mean of amount is 3.2 higher in North (10.1, n = 12) than in South (6.9, n = 15)."."""
    a, b = _measure(first, measure), _measure(second, measure)
    of = f" of {operation.column}" if operation.by else ""
    ends = [f"{s.name} ({num(v)}, n = {s.n:,})" for s, v in ((first, a), (second, b))]
    left = left_out(first.missing + second.missing)
    if a == b:
        return f"The {_WORDS[measure]}{of} is the same in {ends[0]} and in {ends[1]}{left}."
    more = "higher" if a > b else "lower"
    return (
        f"The {_WORDS[measure]}{of} is {num(abs(a - b))} {more} in {ends[0]} than in "
        f"{ends[1]}{left}."
    )


def _interval(row: dict[str, Any]) -> str:
    """The interval of the difference, in words; "" for a one-sided one."""
    if row["low"] is None or row["high"] is None:
        return ""
    between = f"between {num(row['low'])} and {num(row['high'])}"
    return f"The difference lies {between} ({level(row['confidence'])} interval)."


def _apart(gap: float) -> str:
    return f"{num(abs(gap))} {'above' if gap > 0 else 'below'}" if gap else "equal to"
