"""What tests rest on, looked at in the data."""

from __future__ import annotations

from collections.abc import Sequence

from ...types.operations.base import Assumption
from .samples import Sample
from .telling import num, p_is

ALPHA = 0.05
ENOUGH = 30
"""Values in each group from which on means are close to normal whatever their values are."""
MOST = 5000
"""Shapiro-Wilk's p is accurate up to so many values (Royston, 1995)."""


def normality(samples: Sequence[Sample], *, of_means: bool = True) -> Assumption:
    """Shapiro-Wilk on each sample; `of_means`: large samples bear it where it does not hold."""
    from scipy import stats

    tested = [s for s in samples if 3 <= s.n <= MOST and not s.constant]
    if not tested:
        return Assumption(name="normality", holds=None, message="It could not be tested here.")
    worst, p = min(
        ((s, float(stats.shapiro(s.values).pvalue)) for s in tested), key=lambda found: found[1]
    )
    if p >= ALPHA:
        message = f"Shapiro-Wilk finds no departure from it (lowest in {worst.name}: {p_is(p)})."
        return Assumption(name="normality", holds=True, message=message)
    message = f"Shapiro-Wilk finds {worst.name} far from normal ({p_is(p)})"
    if of_means and min(s.n for s in samples) >= ENOUGH:
        message += f"; with {ENOUGH} or more values in each sample the test bears that."
        return Assumption(name="normality", holds=None, message=message)
    message += "; a test that goes by ranks is safer." if of_means else "; the p value may mislead."
    return Assumption(name="normality", holds=False, message=message)


def equal_variances(samples: Sequence[Sample]) -> Assumption:
    """Levene's test about medians (Brown and Forsythe, 1974)."""
    from scipy import stats

    name = "equal_variances"
    if not any(s.spread_varies for s in samples):
        message = "There are too few values to compare spreads by."
        return Assumption(name=name, holds=None, message=message)
    p = float(stats.levene(*(s.values for s in samples), center="median").pvalue)
    spreads = [s.std for s in samples]
    between = f"standard deviations from {num(min(spreads))} to {num(max(spreads))}"
    if p >= ALPHA:
        said = f"Levene's test does not find them unequal ({p_is(p)}; {between})."
        return Assumption(name=name, holds=True, message=said)
    said = f"Levene's test finds them unequal ({p_is(p)}; {between})."
    return Assumption(name=name, holds=False, message=said)


def independence(what: str = "rows") -> Assumption:
    """No data can show it: it lies in how they were gathered."""
    message = f"The {what} must not depend on each other; the data cannot show that."
    return Assumption(name="independence", holds=None, message=message)
