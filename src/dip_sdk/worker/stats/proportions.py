"""Tests of shares."""

from __future__ import annotations

from math import sqrt

from ...types.operations import comparisons as asked
from .assumptions import independence
from .base import Data, Outcome
from .effects import cohen_h
from .samples import Floats, Sample, exactly_two, places, position, refuse, sample
from .telling import left_out, level, num, outcome, shows, sided, size

COHENS_H = "Cohen's h"


def z_test(operation: asked.ZTest, data: Data) -> Outcome:
    """The score test of a share, with Wilson's interval (1927); of two, with the pooled share and
    Newcombe's interval (1998, method 10)."""
    labels, codes = places(data, operation.column)
    hits = (codes == position(operation.value, labels, operation.column)).astype(float)
    hits[codes < 0] = float("nan")
    if operation.by is None:
        return _one_share(operation, sample(operation.column, hits, 1))
    return _two_shares(operation, data, operation.by, hits)


def _one_share(operation: asked.ZTest, given: Sample) -> Outcome:
    tested = operation.proportion
    z = (given.mean - tested) / sqrt(tested * (1 - tested) / given.n)
    p = _normal_p(z, operation.alternative)
    low, high = _wilson(given, operation.confidence)
    h = cohen_h(given.mean, tested)
    row = {
        "statistic": z, "p": p, "proportion": given.mean, "proportion_tested": tested,
        "low": low, "high": high, "confidence": operation.confidence, "effect": h,
        "effect_name": COHENS_H, "count": int(given.values.sum()), "n": given.n,
        "missing": given.missing, "alternative": operation.alternative,
    }  # fmt: skip
    share = f"{num(100 * tested)}%"
    looked_for = sided(
        operation.alternative,
        two=f"a share other than {share}",
        greater=f"a share above {share}",
        less=f"a share below {share}",
    )
    reading = (
        f"{operation.value!r} is {num(100 * given.mean)}% of {given.n:,} values of {given.name}"
        f"{left_out(given.missing)}, {level(operation.confidence)} interval "
        f"{num(100 * low)}% to {num(100 * high)}%. "
        f"{shows(p, operation.confidence, looked_for)}"
    )
    return outcome(row, reading, (independence(),))


def _two_shares(operation: asked.ZTest, data: Data, by: str, hits: Floats) -> Outcome:
    labels, codes = places(data, by)
    names = operation.groups or exactly_two(data, by)
    at = [position(name, labels, by) for name in names]
    first, second = (sample(labels[i], hits[codes == i], 1) for i in at)
    total = first.n + second.n
    pooled = (first.values.sum() + second.values.sum()) / total
    if pooled in (0, 1):
        raise refuse(
            f"{operation.value!r} is {'every' if pooled else 'no'} value of both groups.",
            "The shares must differ from 0% and 100%.",
            "constant_values",
        )
    gap = first.mean - second.mean
    z = gap / sqrt(pooled * (1 - pooled) * (1 / first.n + 1 / second.n))
    p = _normal_p(z, operation.alternative)
    (l1, u1), (l2, u2) = (_wilson(each, operation.confidence) for each in (first, second))
    low = gap - sqrt((first.mean - l1) ** 2 + (u2 - second.mean) ** 2)
    high = gap + sqrt((u1 - first.mean) ** 2 + (second.mean - l2) ** 2)
    h = cohen_h(first.mean, second.mean)
    row = {
        "statistic": z, "p": p, "difference": gap, "low": low, "high": high,
        "confidence": operation.confidence, "effect": h, "effect_name": COHENS_H,
        "group_1": first.name, "group_2": second.name, "n_1": first.n, "n_2": second.n,
        "proportion_1": first.mean, "proportion_2": second.mean,
        "missing": first.missing + second.missing, "alternative": operation.alternative,
    }  # fmt: skip
    looked_for = sided(
        operation.alternative,
        two="a difference in shares",
        greater=f"a larger share in {first.name}",
        less=f"a smaller share in {first.name}",
    )
    reading = (
        f"{operation.value!r} is {num(100 * first.mean)}% of {first.name} (n = {first.n:,}) and "
        f"{num(100 * second.mean)}% of {second.name} (n = {second.n:,}); the difference lies "
        f"between {num(100 * low)} and {num(100 * high)} points ({level(operation.confidence)} "
        f"interval). {shows(p, operation.confidence, looked_for)} "
        f"{size(h, COHENS_H)}"
    )
    return outcome(row, reading, (independence(),))


def _wilson(given: Sample, confidence: float) -> tuple[float, float]:
    """Wilson's score interval (1927) of a share of ones."""
    from scipy import stats

    found = stats.binomtest(int(given.values.sum()), given.n).proportion_ci(confidence, "wilson")
    return float(found.low), float(found.high)


def _normal_p(z: float, alternative: str) -> float:
    from scipy.stats import norm

    tails = {"less": norm.cdf(z), "greater": norm.sf(z), "two-sided": 2 * norm.sf(abs(z))}
    return float(tails[alternative])
