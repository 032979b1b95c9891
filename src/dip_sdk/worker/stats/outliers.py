"""Rules that flag unusual values. What is flagged is worth a look; it is not thereby wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ...types.operations import outliers as asked
from .base import Data, Outcome
from .samples import Floats, Sample, finite, refuse, sample
from .telling import num

SCALE = 0.6745
"""The 75% quantile of the normal: MAD / 0.6745 estimates its standard deviation."""


@dataclass(frozen=True)
class Bounds:
    """Where usual values of a column lie, and how far a value is from its centre."""

    centre: float
    spread: float
    low: float
    high: float

    def scores(self, values: Floats) -> Floats:
        """Distances from the centre in units of the spread."""
        return (values - self.centre) / self.spread


def z_score(operation: asked.ZScore, data: Data) -> Outcome:
    """|x - mean| / standard deviation. In n values none can lie beyond (n - 1) / sqrt(n) of them
    (Shiffler, 1988)."""

    def bounds(given: Sample) -> Bounds:
        spread = float(given.values.std(ddof=operation.ddof))
        away = operation.threshold * spread
        return Bounds(given.mean, spread, given.mean - away, given.mean + away)

    return _flagged(
        operation, data, bounds, f"by the standard deviation with ddof {operation.ddof}"
    )


def iqr(operation: asked.Iqr, data: Data) -> Outcome:
    """Tukey's fences (1977) around quartiles that interpolate linearly (type 7 of Hyndman and Fan,
    1996); the score is counted from the median in interquartile ranges."""
    import numpy as np

    def bounds(given: Sample) -> Bounds:
        q1, q3 = (float(q) for q in np.quantile(given.values, (0.25, 0.75)))
        away = operation.factor * (q3 - q1)
        return Bounds(given.median, q3 - q1, q1 - away, q3 + away)

    return _flagged(operation, data, bounds, "by quartiles that interpolate linearly")


def mad(operation: asked.Mad, data: Data) -> Outcome:
    """The modified z-score 0.6745 (x - median) / MAD (Iglewicz and Hoaglin, 1993)."""
    import numpy as np

    def bounds(given: Sample) -> Bounds:
        spread = float(np.median(np.abs(given.values - given.median))) / SCALE
        away = operation.threshold * spread
        return Bounds(given.median, spread, given.median - away, given.median + away)

    return _flagged(operation, data, bounds, "by MAD / 0.6745 around the median")


def _flagged(
    operation: asked.Outliers, data: Data, rule: Callable[[Sample], Bounds], how: str
) -> Outcome:
    import pyarrow as pa

    counts, listed = [], []
    for column in operation.columns:
        values = finite(data, column)
        given = sample(column, values)
        bounds = rule(given)
        _must_spread(column, bounds)
        counts.append(_counts(given, bounds))
        if operation.rows:
            listed.append(_listed(column, values, bounds))
    table = pa.concat_tables(listed) if operation.rows else pa.Table.from_pylist(counts)
    return Outcome(table, _reading(counts, how))


def _must_spread(column: str, bounds: Bounds) -> None:
    if bounds.spread == 0:
        raise refuse(
            f"Half of {column!r} or more is one value ({num(bounds.centre)}): there is no spread "
            "to measure by.",
            "Use z_score, or leave that value out with a filter.",
            "constant_values",
        )


def _counts(given: Sample, bounds: Bounds) -> dict[str, Any]:
    below = int((given.values < bounds.low).sum())
    above = int((given.values > bounds.high).sum())
    return {
        "column": given.name, "n": given.n, "missing": given.missing, "outliers": below + above,
        "below": below, "above": above, "share": (below + above) / given.n, "low": bounds.low,
        "high": bounds.high, "centre": bounds.centre, "spread": bounds.spread,
        "min": float(given.values.min()), "max": float(given.values.max()),
    }  # fmt: skip


def _listed(column: str, values: Floats, bounds: Bounds) -> Any:
    """The values outside, the farthest first, with their row numbers from 1."""
    import numpy as np
    import pyarrow as pa

    (at,) = np.nonzero((values < bounds.low) | (values > bounds.high))
    scores = bounds.scores(values[at])
    order = np.argsort(-np.abs(scores), kind="stable")
    at, scores = at[order], scores[order]
    return pa.table(
        {
            "column": pa.array([column] * len(at), pa.string()),
            "row": pa.array(at + 1, pa.int64()),
            "value": pa.array(values[at], pa.float64()),
            "score": pa.array(scores, pa.float64()),
        }
    )


def _reading(counts: Sequence[dict[str, Any]], how: str) -> str:
    told = [
        f"{row['column']}: {row['outliers']:,} of {row['n']:,} values "
        f"({num(100 * row['share'])}%) lie outside {num(row['low'])} to {num(row['high'])}"
        for row in counts[:5]
    ]
    found = any(row["outliers"] for row in counts)
    caution = " They are worth a look; that alone does not make them wrong." if found else ""
    return f"{'; '.join(told)}, {how}.{caution}"
