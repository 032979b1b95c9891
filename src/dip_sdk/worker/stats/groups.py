"""Tests that compare two or more groups."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

from ...types.operations import comparisons as asked
from .assumptions import equal_variances, independence, normality
from .base import Data, Outcome
from .beside import beside
from .effects import epsilon_squared, omega_squared
from .samples import Sample, grouped, refuse, some_groups, spread_within, two, varied
from .telling import counted, left_out, level, num, outcome, p_is, shows, size
from .units import warned

MOST_PAIRED = 50
"""Groups of which every pair is compared: each pair takes about 10 ms."""


def anova(operation: asked.Anova, data: Data) -> Outcome:
    """Fisher's (1925) F with its sums of squares, or Welch's (1951) for unequal variances.

    eta squared is SSb / SSt; omega squared is Hays's (1963).
    """
    from scipy import stats

    samples = _groups(operation, data)
    spread_within(samples)
    if not operation.equal_variances:
        varied(samples)
    between, within = _squares(samples)
    found = stats.f_oneway(*(s.values for s in samples), equal_var=operation.equal_variances)
    df, rest = len(samples) - 1, sum(s.n for s in samples) - len(samples)
    eta = between / (between + within)
    row = _head(found, operation, samples) | {
        "df": df, "df_within": rest, "ss_between": between, "ss_within": within,
        "ms_between": between / df, "ms_within": within / rest, "effect": eta,
        "effect_name": "eta squared", "omega_squared": omega_squared(between, within, df, rest),
    }  # fmt: skip
    if operation.equal_variances:  # the ratio of these very squares
        row["statistic"] = row["ms_between"] / row["ms_within"]
        row["p"] = float(stats.f.sf(row["statistic"], df, rest))
    else:
        row["df_within"] = _welch_df(samples)
    reading = (
        f"{_ends(operation, samples, 'mean')} "
        f"{shows(row['p'], operation.confidence, 'a difference between the means of the groups')} "
        f"{size(eta, 'eta squared')}"
    )
    rests = [normality(samples), independence()]
    if operation.equal_variances:
        rests.append(equal_variances(samples))
    return outcome(row, reading, rests)


def kruskal(operation: asked.Kruskal, data: Data) -> Outcome:
    """Kruskal and Wallis (1952), corrected for ties; epsilon squared is H / (n - 1)."""
    from scipy import stats

    samples = _groups(operation, data, least=1)
    if all(s.constant and s.mean == samples[0].mean for s in samples):
        varied(samples)
    found = stats.kruskal(*(s.values for s in samples))
    n = sum(s.n for s in samples)
    effect = epsilon_squared(float(found.statistic), n)
    row = _head(found, operation, samples) | {
        "df": len(samples) - 1, "effect": effect, "effect_name": "epsilon squared",
    }  # fmt: skip
    reading = (
        f"{_ends(operation, samples, 'median')} "
        f"{shows(row['p'], operation.confidence, 'a difference between the groups')} "
        f"{size(effect, 'epsilon squared')}"
    )
    return outcome(row, reading, (independence(),))


def levene(operation: asked.Levene, data: Data) -> Outcome:
    """Levene (1960); about medians Brown and Forsythe (1974); `trimmed` cuts 5% at each end."""
    from scipy import stats

    samples = _spreads(operation, data)
    spread_within(samples)
    if not any(s.spread_varies for s in samples):
        raise refuse(
            "Within each sample every value is equally far from the middle.",
            "The test needs three or more different values in a sample.",
            "constant_values",
        )
    found = stats.levene(*(s.values for s in samples), center=operation.center)
    rest = sum(s.n for s in samples) - len(samples)
    row = _head(found, operation, samples) | {"df": len(samples) - 1, "df_within": rest}
    units = beside(operation, data)
    reading = _of_spread(operation, samples, row) + warned(units)
    return outcome(row, reading, (independence(), *units))


def bartlett(operation: asked.Bartlett, data: Data) -> Outcome:
    """Bartlett (1937); the statistic is chi-square."""
    from scipy import stats

    samples = _spreads(operation, data)
    varied(samples)
    found = stats.bartlett(*(s.values for s in samples))
    row = _head(found, operation, samples) | {"df": len(samples) - 1}
    units = beside(operation, data)
    rests = (normality(samples, of_means=False), independence(), *units)
    return outcome(row, _of_spread(operation, samples, row) + warned(units), rests)


def tukey_hsd(operation: asked.TukeyHsd, data: Data) -> Outcome:
    """Tukey (1949) with Kramer's (1956) extension to groups of unequal size."""
    from scipy import stats

    samples = _groups(operation, data)
    spread_within(samples)
    if len(samples) > MOST_PAIRED:
        raise refuse(
            f"{operation.by!r} has {len(samples):,} values; pairs are compared of up to "
            f"{MOST_PAIRED} groups.",
            "Choose some with groups.",
            "too_many_groups",
        )
    found = stats.tukey_hsd(*(s.values for s in samples))
    bounds = found.confidence_interval(operation.confidence)
    rows = [
        {
            "group_1": samples[i].name, "group_2": samples[j].name,
            "difference": samples[i].mean - samples[j].mean,
            "low": bounds.low[i, j], "high": bounds.high[i, j], "p": found.pvalue[i, j],
            "confidence": operation.confidence, "n_1": samples[i].n, "n_2": samples[j].n,
            "mean_1": samples[i].mean, "mean_2": samples[j].mean,
        }
        for i, j in combinations(range(len(samples)), 2)
    ]  # fmt: skip
    rests = (normality(samples), equal_variances(samples), independence())
    return outcome(rows, _differing(operation, rows), rests)


def _differing(operation: asked.TukeyHsd, rows: Sequence[dict[str, Any]]) -> str:
    found = [row for row in rows if row["p"] < 1 - operation.confidence]
    alpha = level(round(1 - operation.confidence, 10))
    if not found:
        return (
            f"The data show no difference in the mean of {operation.column} within any of the "
            f"{counted(len(rows), 'pair')} of groups, at the {alpha} level; there may still be one."
        )
    first = max(found, key=lambda row: abs(row["difference"]))
    return (
        f"{len(found):,} of {len(rows):,} pairs of groups differ in their mean of "
        f"{operation.column} at the {alpha} level, all pairs taken together; most of all "
        f"{first['group_1']} and {first['group_2']}, by {num(abs(first['difference']))} "
        f"({num(first['low'])} to {num(first['high'])}, {p_is(first['p'])})."
    )


def _groups(operation: asked.Groups, data: Data, least: int = 2) -> tuple[Sample, ...]:
    found = grouped(data, operation.column, operation.by, operation.groups, least)
    return some_groups(found, operation.by)


def _spreads(operation: asked.Spreads, data: Data) -> tuple[Sample, ...]:
    """The groups of a column, or two columns."""
    if operation.by is None:
        return two(data, operation.column, None, operation.other, ())
    found = grouped(data, operation.column, operation.by, operation.groups)
    return some_groups(found, operation.by)


def _head(
    found: Any, operation: asked.Groups | asked.Spreads, samples: Sequence[Sample]
) -> dict[str, Any]:
    """What every test of groups tells."""
    return {
        "statistic": float(found.statistic),
        "p": float(found.pvalue),
        "confidence": operation.confidence,
        "groups": len(samples),
        "n": sum(s.n for s in samples),
        "n_smallest": min(s.n for s in samples),
        "missing": sum(s.missing for s in samples),
    }


def _squares(samples: Sequence[Sample]) -> tuple[float, float]:
    """Sums of squares between and within; values are taken from the grand mean first, so that
    large ones do not swallow small differences."""
    import numpy as np

    grand = float(np.concatenate([s.values for s in samples]).mean())
    shifted = [s.values - grand for s in samples]
    centre = float(np.concatenate(shifted).mean())
    means = [float(v.mean()) for v in shifted]
    between = sum(len(v) * (m - centre) ** 2 for v, m in zip(shifted, means, strict=True))
    within = sum(float(((v - m) ** 2).sum()) for v, m in zip(shifted, means, strict=True))
    return between, within


def _welch_df(samples: Sequence[Sample]) -> float:
    """Degrees of freedom below Welch's F (Welch, 1951)."""
    weights = [s.n / s.std**2 for s in samples]
    total = sum(weights)
    parts = ((1 - w / total) ** 2 / (s.n - 1) for w, s in zip(weights, samples, strict=True))
    return (len(samples) ** 2 - 1) / (3 * sum(parts))


def _ends(operation: asked.Groups, samples: Sequence[Sample], measure: str) -> str:
    """The groups with the lowest and the highest measure."""
    low, *_, high = sorted(samples, key=lambda s: float(getattr(s, measure)))
    missing = sum(s.missing for s in samples)
    left = f"; {missing:,} missing left out" if missing else ""
    return (
        f"The {measure} of {operation.column} runs from {num(getattr(low, measure))} in {low.name} "
        f"(n = {low.n:,}) to {num(getattr(high, measure))} in {high.name} (n = {high.n:,}), over "
        f"{len(samples):,} groups{left}."
    )


def _of_spread(operation: asked.Spreads, samples: Sequence[Sample], row: dict[str, Any]) -> str:
    low, *_, high = sorted(samples, key=lambda s: s.std)
    of, what = (f" of {operation.column}", "groups") if operation.by else ("", "columns")
    return (
        f"The sample standard deviation{of} runs from {num(low.std)} in {low.name} to "
        f"{num(high.std)} in {high.name}, over {len(samples):,} {what}{left_out(row['missing'])}. "
        f"{shows(row['p'], operation.confidence, 'a difference in variances')}"
    )
