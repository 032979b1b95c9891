"""How two numeric columns go together."""

from __future__ import annotations

from itertools import combinations
from math import sqrt
from typing import Any

from ...types.operations import correlation as asked
from ...types.operations.base import Assumption
from .assumptions import independence
from .base import Data, Outcome
from .describe import numeric
from .effects import fisher_interval
from .samples import Floats, complete, refuse, varied
from .telling import counted, level, num, outcome, p_is, shows, sided, size

MOST_COLUMNS = 200
LOOKED_AT = 100_000
"""Rows that the look at linearity takes."""
_LETTERS = {"spearman": "rho", "kendall": "tau"}
"""What a coefficient is called, where it is not r."""


def pearson(operation: asked.Pearson, data: Data) -> Outcome:
    """r with Student's t and Fisher's interval (1921)."""
    first, second = _pair(operation, data)
    r, p = _correlation("pearson", first, second, operation.alternative)
    n = len(first)
    df = n - 2
    row = _row(operation, data, r, p, n, fisher_interval(r, n, operation.confidence))
    row["df"] = df
    row["t"] = r * sqrt(df / (1 - r * r)) if abs(r) < 1 else None
    return outcome(row, _reading(operation, row, "Pearson's r"), (_linear(first, second, r),))


def spearman(operation: asked.Spearman, data: Data) -> Outcome:
    """rho, r of the ranks; the interval is Fisher's with the variance of Bonett and Wright (2000),
    (1 + rho^2 / 2) / (n - 3)."""
    first, second = _pair(operation, data)
    rho, p = _correlation("spearman", first, second, operation.alternative)
    n = len(first)
    bounds = fisher_interval(rho, n, operation.confidence, 1 + rho * rho / 2)
    row = _row(operation, data, rho, p, n, bounds)
    return outcome(row, _reading(operation, row, "Spearman's rho"), (independence(),))


def kendall(operation: asked.Kendall, data: Data) -> Outcome:
    """tau-b; p is exact for small samples without ties. The interval is Fisher's with the variance
    0.437 / (n - 4) of Fieller, Hartley and Pearson (1957)."""
    first, second = _pair(operation, data)
    tau, p = _correlation("kendall", first, second, operation.alternative)
    n = len(first)
    spread = 0.437 * (n - 3) / (n - 4) if n > 4 else float("nan")
    row = _row(operation, data, tau, p, n, fisher_interval(tau, n, operation.confidence, spread))
    return outcome(row, _reading(operation, row, "Kendall's tau"), (independence(),))


def partial_correlation(operation: asked.PartialCorrelation, data: Data) -> Outcome:
    """r of what is left of both columns after least squares on the controls; n - 2 - k degrees of
    freedom (Fisher, 1924)."""
    import numpy as np
    from scipy.stats import t

    k = len(operation.controls)
    names = (operation.column, operation.other, *operation.controls)
    samples = complete(data, names, least=k + 4)
    varied(samples)
    held = np.column_stack([np.ones(samples[0].n), *(s.values - s.mean for s in samples[2:])])
    left = [s.values - held @ np.linalg.lstsq(held, s.values, rcond=None)[0] for s in samples[:2]]
    if any(np.allclose(rest, 0, atol=1e-9 * s.std) for rest, s in zip(left, samples, strict=False)):
        raise refuse(
            "The columns held fixed explain one of the two altogether: nothing is left.",
            "Hold fewer columns fixed.",
            "constant_values",
        )
    n = samples[0].n
    r, df = float(np.corrcoef(*left)[0, 1]), n - 2 - k
    statistic = r * sqrt(df / (1 - r * r)) if abs(r) < 1 else float("inf")
    tails = {"less": t.cdf(statistic, df), "greater": t.sf(statistic, df)}
    p = float(tails.get(operation.alternative, 2 * t.sf(abs(statistic), df)))
    bounds = fisher_interval(r, n - k, operation.confidence)
    row = _row(operation, data, r, p, n, bounds) | {"df": df, "missing": samples[0].missing}
    return outcome(row, _reading(operation, row, "The partial correlation"), (independence(),))


def correlation_matrix(operation: asked.CorrelationMatrix, data: Data) -> Outcome:
    """Each pair over the rows where both are known; adjusted by Holm (1979)."""
    names = operation.columns or numeric(data)
    if not 2 <= len(names) <= MOST_COLUMNS:
        raise refuse(
            f"Correlations are of 2 to {MOST_COLUMNS} numeric columns; here are {len(names)}.",
            "Name the columns.",
            "column_count",
        )
    rows = [_of_pair(operation.method, data, *pair) for pair in combinations(names, 2)]
    _adjust([row for row in rows if row["p"] is not None])
    known = [row for row in rows if row["effect"] is not None]
    return outcome(rows, _strongest(operation.method, known, len(rows)), (independence(),))


def _of_pair(method: str, data: Data, column: str, other: str) -> dict[str, Any]:
    """A pair that has no correlation (too few rows, constant) is a row without numbers."""
    row: dict[str, Any] = {"column": column, "other": other, "method": method}
    first, second = complete(data, (column, other), least=0)
    if first.n < 3 or first.constant or second.constant:
        return row | dict.fromkeys(("effect", "p", "p_adjusted")) | {"n": first.n}
    r, p = _correlation(method, first.values, second.values, "two-sided")
    return row | {"effect": r, "p": p, "p_adjusted": p, "n": first.n}


def _adjust(rows: list[dict[str, Any]]) -> None:
    least = 0.0
    for place, row in enumerate(sorted(rows, key=lambda row: row["p"])):
        least = max(least, min(1.0, row["p"] * (len(rows) - place)))
        row["p_adjusted"] = least


def _strongest(method: str, rows: list[dict[str, Any]], pairs: int) -> str:
    if not rows:
        return "No pair of columns has a correlation: too few rows, or constant columns."
    best = max(rows, key=lambda row: abs(row["effect"]))
    clear = sum(row["p_adjusted"] < 0.05 for row in rows)
    return (
        f"Of {pairs:,} pairs, {best['column']} and {best['other']} go together most closely "
        f"({method} {num(best['effect'])}, {p_is(best['p_adjusted'])} after Holm's adjustment, "
        f"n = {best['n']:,}); {clear:,} are clear at the 5% level. A correlation is no cause."
    )


def _pair(operation: asked.Pair, data: Data) -> tuple[Floats, Floats]:
    first, second = complete(data, (operation.column, operation.other))
    varied([first, second])
    return first.values, second.values


def _correlation(method: str, a: Floats, b: Floats, alternative: str) -> tuple[float, float]:
    from scipy import stats

    function = {
        "pearson": stats.pearsonr, "spearman": stats.spearmanr, "kendall": stats.kendalltau,
    }[method]  # fmt: skip
    found = function(a, b, alternative=alternative)
    return float(found.statistic), float(found.pvalue)


def _row(
    operation: asked.Pair, data: Data, r: float, p: float, n: int, bounds: tuple[float, float]
) -> dict[str, Any]:
    low, high = bounds
    return {
        "statistic": r, "p": p, "effect": r, "low": low, "high": high,
        "effect_name": _LETTERS.get(operation.op, "r"),
        "confidence": operation.confidence, "n": n, "missing": data.table.num_rows - n,
        "alternative": operation.alternative,
    }  # fmt: skip


def _reading(operation: asked.Pair, row: dict[str, Any], name: str) -> str:
    between = (
        f" ({level(operation.confidence)} interval {num(row['low'])} to {num(row['high'])})"
        if row["low"] == row["low"]
        else ""
    )
    missing = row["missing"]
    left = f"; {counted(missing, 'row')} with a missing value left out" if missing else ""
    looked_for = sided(
        operation.alternative,
        two="a correlation",
        greater="a positive correlation",
        less="a negative correlation",
    )
    return (
        f"{name} of {operation.column} and {operation.other} is {num(row['effect'])}{between} over "
        f"{row['n']:,} rows{left}. {shows(row['p'], operation.confidence, looked_for)} "
        f"{size(row['effect'], 'r').split(', ')[1].capitalize()} A correlation is no cause."
    )


def _linear(a: Floats, b: Floats, r: float) -> Assumption:
    """Ranks that go together much more closely than values speak of a bent line or outliers.

    Of many rows some, evenly spaced, are looked at, for ranks take long.
    """
    every = max(1, len(a) // LOOKED_AT)
    if every > 1 and not (_constant(a[::every]) or _constant(b[::every])):
        a, b = a[::every], b[::every]
        r, _ = _correlation("pearson", a, b, "two-sided")
    rho, _ = _correlation("spearman", a, b, "two-sided")
    said = f"Pearson's r is {num(r)}, Spearman's rho {num(rho)}"
    if abs(rho - r) <= 0.2:
        return Assumption(name="linearity", holds=True, message=f"{said}: close to each other.")
    message = f"{said}: a bent line or outliers; look at a scatter, or use spearman."
    return Assumption(name="linearity", holds=False, message=message)


def _constant(values: Floats) -> bool:
    return bool(values.min() == values.max())
