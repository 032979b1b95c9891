"""Descriptive statistics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...types.operations.describe import Describe
from .base import Data, Outcome

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

QUANTILES = {"q1": 0.25, "median": 0.5, "q3": 0.75}


def describe(operation: Describe, data: Data) -> Outcome:
    """A row for each column; quantiles interpolate linearly (type 7 of Hyndman and Fan, 1996)."""
    import pyarrow as pa

    rows = [
        {"column": name} | _summary(data.numbers(name))
        for name in operation.columns or _numeric(data)
    ]
    return Outcome(table=pa.Table.from_pylist(rows))


def _numeric(data: Data) -> list[str]:
    import pyarrow as pa

    return [
        field.name
        for field in data.table.schema
        if pa.types.is_integer(field.type)
        or pa.types.is_floating(field.type)
        or pa.types.is_decimal(field.type)
    ]


def _summary(values: NDArray[np.float64]) -> dict[str, float | int | None]:
    import numpy as np

    known = values[~np.isnan(values)]
    counts: dict[str, float | int | None] = {"n": len(known), "missing": len(values) - len(known)}
    if not len(known):
        return counts | dict.fromkeys(["mean", "std", "min", *QUANTILES, "max"])
    return counts | {
        "mean": float(known.mean()),
        "std": float(known.std(ddof=1)) if len(known) > 1 else None,
        "min": float(known.min()),
        **{name: float(np.quantile(known, share)) for name, share in QUANTILES.items()},
        "max": float(known.max()),
    }
