"""Tests of two measurements of the same rows."""

from __future__ import annotations

from ...types.operations import comparisons as asked
from .assumptions import independence, normality
from .base import Data, Outcome
from .effects import hedges
from .samples import Sample, complete, refuse, varied
from .telling import left_out, num, outcome, shows, sided, size
from .two_samples import interval, looked_for, row_of, t_row
from .units import same_unit, warned


def paired_t(operation: asked.PairedT, data: Data) -> Outcome:
    """Student's test of the differences; Cohen's d is theirs (d_z)."""
    from scipy import stats

    first, second = complete(data, (operation.column, operation.other), least=2)
    change = Sample("the differences", first.values - second.values, first.missing)
    varied([change])
    found = stats.ttest_rel(first.values, second.values, alternative=operation.alternative)
    low, high = found.confidence_interval(operation.confidence)
    d = change.mean / change.std
    row = t_row(found, low, high, operation) | {
        "difference": change.mean, "effect": d, "effect_name": "Cohen's d",
        "hedges_g": hedges(d, change.n - 1), "n": change.n, "missing": first.missing,
        "mean_1": first.mean, "mean_2": second.mean, "std_difference": change.std,
    }  # fmt: skip
    units = same_unit(first.name, second.name)
    sought = looked_for(operation, "mean", first.name)
    reading = (
        f"The mean of {first.name} ({num(first.mean)}) is {_apart(change.mean)} that of "
        f"{second.name} ({num(second.mean)}) over {change.n:,} rows{left_out(first.missing)}. "
        f"{interval(row)} {shows(row['p'], operation.confidence, sought)} "
        f"{size(d, row['effect_name'])}{warned(units)}"
    )
    return outcome(row, reading, (normality([change]), independence(), *units))


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
    row = row_of(found, operation) | {
        "effect": effect, "effect_name": "rank-biserial r", "n": first.n,
        "n_different": len(change), "missing": first.missing, "rank_sum_plus": plus,
        "rank_sum_minus": all_ - plus, "median_1": first.median, "median_2": second.median,
        "median_difference": float(np.median(first.values - second.values)),
    }  # fmt: skip
    units = same_unit(first.name, second.name)
    sought = sided(
        operation.alternative,
        two="a difference between the two",
        greater=f"a tendency to larger values of {first.name}",
        less=f"a tendency to smaller values of {first.name}",
    )
    reading = (
        f"The median of {first.name} is {num(first.median)}, that of {second.name} "
        f"{num(second.median)}, over {first.n:,} rows{left_out(first.missing)}. "
        f"{shows(row['p'], operation.confidence, sought)} "
        f"{size(effect, 'rank-biserial r')}{warned(units)}"
    )
    return outcome(row, reading, (independence(), *units))


def _apart(gap: float) -> str:
    return f"{num(abs(gap))} {'above' if gap > 0 else 'below'}" if gap else "equal to"
