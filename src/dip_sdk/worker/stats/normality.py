"""Tests of a distribution's shape."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from math import exp
from typing import Any

from ...types.errors import ConfigError
from ...types.operations import normality as asked
from ...types.operations.base import Assumption
from .assumptions import MOST, independence
from .base import Data, Outcome
from .beside import beside
from .samples import Sample, grouped, single, two, varied
from .telling import num, outcome, p_is, shows
from .units import warned

Found = dict[str, float | None]


def shapiro(operation: asked.Shapiro, data: Data) -> Outcome:
    """Shapiro and Wilk (1965) by Royston's algorithm (1995), for 3 values or more."""
    from scipy import stats

    def test(given: Sample) -> Found:
        with warnings.catch_warnings():  # of more than 5,000 values, which is said
            warnings.simplefilter("ignore", UserWarning)
            found = stats.shapiro(given.values)
        return {"statistic": float(found.statistic), "p": float(found.pvalue)}

    samples = _samples(operation, data, 3)
    rests = [independence("values")]
    if any(s.n > MOST for s in samples):
        message = f"Of more than {MOST:,} values p is not accurate; use anderson_darling."
        rests.append(Assumption(name="sample_size", holds=False, message=message))
    return _of_normality(operation, samples, test, rests)


def anderson_darling(operation: asked.AndersonDarling, data: Data) -> Outcome:
    """Anderson and Darling (1954) with mean and variance estimated; p by D'Agostino and Stephens
    (1986, table 4.9) from A* = A (1 + 0.75 / n + 2.25 / n^2)."""
    from scipy import stats

    def test(given: Sample) -> Found:
        a = float(stats.anderson(given.values, "norm", method="interpolate").statistic)
        return {"statistic": a, "p": _anderson_p(a * (1 + 0.75 / given.n + 2.25 / given.n**2))}

    return _of_normality(operation, _samples(operation, data, 8), test)


def lilliefors(operation: asked.Lilliefors, data: Data) -> Outcome:
    """Lilliefors (1967); p is read from a simulated table and lies between 0.001 and 0.99."""
    try:
        from statsmodels.stats.diagnostic import lilliefors as test_of
    except ImportError:
        raise ConfigError(
            "The Lilliefors test needs statsmodels.",
            hint="Install it with: pip install 'dip-sdk[ml]'",
            code="missing_extra",
        ) from None

    def test(given: Sample) -> Found:
        statistic, p = test_of(given.values, dist="norm", pvalmethod="table")
        return {"statistic": float(statistic), "p": float(p)}

    return _of_normality(operation, _samples(operation, data, 4), test)


def dagostino(operation: asked.Dagostino, data: Data) -> Outcome:
    """K squared of D'Agostino and Pearson (1973); the part of the kurtosis wants 20 values."""
    from scipy import stats

    def test(given: Sample) -> Found:
        found = stats.normaltest(given.values)
        return {"statistic": float(found.statistic), "df": 2.0, "p": float(found.pvalue)}

    samples = _samples(operation, data, 8)
    return _of_normality(operation, samples, test, [independence("values"), _enough(samples, 20)])


def jarque_bera(operation: asked.JarqueBera, data: Data) -> Outcome:
    """n (g1^2 + g2^2 / 4) / 6 (Jarque and Bera, 1980); p is that of large samples."""
    from scipy import stats

    def test(given: Sample) -> Found:
        found = stats.jarque_bera(given.values)
        return {"statistic": float(found.statistic), "df": 2.0, "p": float(found.pvalue)}

    samples = _samples(operation, data, 3)
    return _of_normality(operation, samples, test, [independence("values"), _enough(samples, 2000)])


def skewness(operation: asked.Skewness, data: Data) -> Outcome:
    """g1 = m3 / m2^1.5, or G1 corrected for bias; z of D'Agostino (1970) from 8 values on."""
    from scipy import stats

    def test(given: Sample) -> Found:
        value = float(stats.skew(given.values, bias=operation.bias))
        found = stats.skewtest(given.values) if given.n >= 8 else None
        return {"skewness": value} | _z(found)

    rows = _rows(_samples(operation, data, 3), test)
    words = ("leans to the left", "is symmetric", "leans to the right")
    measure = f"a skewness ({_formula(operation.bias, '1')})"
    return outcome(
        rows, _told(operation, rows, "skewness", measure, words), (independence("values"),)
    )


def kurtosis(operation: asked.Kurtosis, data: Data) -> Outcome:
    """g2 = m4 / m2^2 - 3, or G2 corrected for bias; z of Anscombe and Glynn (1983) from 20 values
    on."""
    from scipy import stats

    def test(given: Sample) -> Found:
        value = float(stats.kurtosis(given.values, bias=operation.bias))
        found = stats.kurtosistest(given.values) if given.n >= 20 else None
        return {"kurtosis": value} | _z(found)

    rows = _rows(_samples(operation, data, 4), test)
    words = ("has lighter tails than the normal", "has the normal's tails",
             "has heavier tails than the normal")  # fmt: skip
    measure = f"an excess kurtosis (Fisher's, 0 for a normal; {_formula(operation.bias, '2')})"
    return outcome(
        rows, _told(operation, rows, "kurtosis", measure, words), (independence("values"),)
    )


def ks_test(operation: asked.KsTest, data: Data) -> Outcome:
    """Kolmogorov (1933), Smirnov (1939); p is exact for small samples, of two samples where it can
    be counted and else that of large ones."""
    from scipy import stats

    if operation.by is None and operation.other is None:
        given = single(data, operation.column)
        found = stats.kstest(
            given.values, "norm", args=(operation.mean, operation.std),
            alternative=operation.alternative,
        )  # fmt: skip
        row: dict[str, Any] = {"mean": operation.mean, "std": operation.std, "n": given.n}
        what = f"The values of {given.name} lie up to {num(found.statistic)} (as a share) from a "
        what += f"normal distribution of mean {num(operation.mean)} and spread {num(operation.std)}"
        looked_for, missing = "a departure from that distribution", given.missing
    else:
        args = (operation.column, operation.by, operation.other, operation.groups)
        first, second = two(data, *args, least=1)
        with warnings.catch_warnings():  # where p cannot be counted; that of large samples is near
            warnings.simplefilter("ignore", RuntimeWarning)
            found = stats.ks_2samp(first.values, second.values, alternative=operation.alternative)
        row = {"group_1": first.name, "group_2": second.name, "n_1": first.n, "n_2": second.n}
        what = f"The shares below a value differ by up to {num(found.statistic)} between "
        what += f"{first.name} (n = {first.n:,}) and {second.name} (n = {second.n:,})"
        looked_for, missing = "a difference in distribution", first.missing + second.missing
    head = {
        "statistic": float(found.statistic), "p": float(found.pvalue),
        "alternative": operation.alternative, "location": float(found.statistic_location),
        "confidence": operation.confidence, "missing": missing,
    }  # fmt: skip
    if operation.alternative != "two-sided":
        looked_for += " to the side that was asked"
    units = beside(operation, data)
    said = shows(float(found.pvalue), operation.confidence, looked_for)
    reading = f"{what}. {said}{warned(units)}"
    return outcome(head | row, reading, (independence("values"), *units))


def _samples(operation: asked.Shape, data: Data, least: int) -> tuple[Sample, ...]:
    """Each column, or each of its groups under "column, group"."""
    found: list[Sample] = []
    for column in operation.columns:
        if operation.by is None:
            found.append(single(data, column, least))
        else:
            parts = grouped(data, column, operation.by, least=least)
            found += [Sample(f"{column}, {s.name}", s.values, s.missing) for s in parts]
    varied(found)
    return tuple(found)


def _rows(samples: Sequence[Sample], test: Callable[[Sample], Found]) -> list[dict[str, Any]]:
    return [{"sample": s.name} | test(s) | {"n": s.n, "missing": s.missing} for s in samples]


def _of_normality(
    operation: asked.Shape,
    samples: Sequence[Sample],
    test: Callable[[Sample], Found],
    rests: Sequence[Assumption] = (),
) -> Outcome:
    rows = _rows(samples, test)
    if len(rows) == 1:
        (row,) = rows
        departure = f"a departure of {row['sample']} from a normal distribution"
        said = shows(row["p"], operation.confidence, departure)
        reading = f"{operation.called}: {num(row['statistic'])} over {row['n']:,} values. {said}"
    else:
        far = [row["sample"] for row in rows if row["p"] < 1 - operation.confidence]
        said = f"; {'; '.join(far[:5])}" if far else ""
        reading = (
            f"{operation.called}: {len(far):,} of {len(rows):,} samples are clearly not normal"
            f"{said}. The others may be: the data show no departure."
        )
    return outcome(rows, reading, rests or (independence("values"),))


def _told(
    operation: asked.Shape,
    rows: Sequence[dict[str, Any]],
    column: str,
    measure: str,
    words: tuple[str, ...],
) -> str:
    """Each sample's measure, and what can be said of its sign."""
    told = []
    for row in rows[:5]:
        value, p = row[column], row["p"]
        clear = p is not None and p < 1 - operation.confidence
        word = words[(value > 0) * 2] if clear else f"may well be one that {words[1]}"
        tail = f" ({p_is(p)})" if p is not None else " (too few values to test)"
        told.append(f"{row['sample']} has {measure} of {num(value)} and {word}{tail}.")
    return " ".join(told)


def _formula(bias: bool, number: str) -> str:
    return f"g{number}, not corrected for bias" if bias else f"G{number}, corrected for bias"


def _z(found: Any) -> Found:
    if found is None:
        return {"z": None, "p": None}
    return {"z": float(found.statistic), "p": float(found.pvalue)}


def _enough(samples: Sequence[Sample], least: int) -> Assumption:
    n = min(s.n for s in samples)
    holds = n >= least
    message = f"The smallest sample has {n:,} values; p is good from about {least:,} on."
    return Assumption(name="sample_size", holds=holds, message=message)


def _anderson_p(a: float) -> float:
    """D'Agostino and Stephens (1986), table 4.9, for the normal distribution, both estimated."""
    if a >= 0.6:
        return min(1.0, exp(1.2937 - 5.709 * a + 0.0186 * a * a)) if a < 13 else 0.0
    if a >= 0.34:
        return exp(0.9177 - 4.279 * a - 1.38 * a * a)
    if a >= 0.2:
        return 1 - exp(-8.318 + 42.796 * a - 59.938 * a * a)
    return 1 - exp(-13.436 + 101.14 * a - 223.73 * a * a)
