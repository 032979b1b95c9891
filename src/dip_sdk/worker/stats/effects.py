"""Sizes of effects, each with its source."""

from __future__ import annotations

from math import asin, atanh, exp, lgamma, sqrt, tanh

from .samples import Sample


def cohen_d(first: Sample, second: Sample, *, pooled: bool = True) -> float:
    """Difference of means in standard deviations (Cohen, 1988).

    The standard deviation is the pooled one, or the root of the mean of both variances where they
    may differ (Bonett, 2008). NaN where there is no spread.
    """
    a, b = first.std**2, second.std**2
    freedom = first.n + second.n - 2
    variance = ((first.n - 1) * a + (second.n - 1) * b) / freedom if pooled else (a + b) / 2
    return (first.mean - second.mean) / sqrt(variance) if variance else float("nan")


def hedges(d: float, freedom: float) -> float:
    """Cohen's d without its bias in small samples: J(m) = G(m/2) / (sqrt(m/2) G((m-1)/2))
    (Hedges, 1981)."""
    if freedom <= 1:
        return float("nan")
    return d * exp(lgamma(freedom / 2) - lgamma((freedom - 1) / 2)) / sqrt(freedom / 2)


def rank_biserial(u: float, n: int, m: int) -> float:
    """2U / (n m) - 1: how much more often the first is the larger of a pair than the smaller
    (Wendt, 1972)."""
    return 2 * u / (n * m) - 1


def cohen_h(p: float, q: float) -> float:
    """2 arcsin sqrt(p) - 2 arcsin sqrt(q) (Cohen, 1988)."""
    return 2 * asin(sqrt(p)) - 2 * asin(sqrt(q))


def omega_squared(between: float, within: float, df: int, rest: int) -> float:
    """(SSb - df MSw) / (SSt + MSw), what eta squared is without its bias (Hays, 1963)."""
    mean = within / rest
    return (between - df * mean) / (between + within + mean)


def epsilon_squared(h: float, n: int) -> float:
    """H / (n - 1), of the Kruskal-Wallis statistic (Tomczak and Tomczak, 2014)."""
    return h / (n - 1)


def cramers_v(chi2: float, n: float, rows: int, columns: int) -> float:
    """sqrt(chi2 / (n (min(rows, columns) - 1))) (Cramer, 1946)."""
    return sqrt(chi2 / (n * (min(rows, columns) - 1)))


def cramers_v_corrected(chi2: float, n: float, rows: int, columns: int) -> float:
    """Cramer's V without its bias (Bergsma, 2013)."""
    if n <= 1:
        return float("nan")
    phi = max(0.0, chi2 / n - (rows - 1) * (columns - 1) / (n - 1))
    r, c = rows - (rows - 1) ** 2 / (n - 1), columns - (columns - 1) ** 2 / (n - 1)
    return sqrt(phi / (min(r, c) - 1)) if min(r, c) > 1 else float("nan")


def fisher_interval(
    r: float, n: int, confidence: float, spread: float = 1.0
) -> tuple[float, float]:
    """An interval of a correlation by Fisher's z = artanh r, whose variance is spread / (n - 3)
    (Fisher, 1921). NaN for fewer than four values, r itself where it is 1 or -1."""
    from scipy.stats import norm

    if n < 4:
        return float("nan"), float("nan")
    if abs(r) >= 1:
        return r, r
    half = float(norm.ppf(0.5 + confidence / 2)) * sqrt(spread / (n - 3))
    return tanh(atanh(r) - half), tanh(atanh(r) + half)
