"""Tables of counts: two columns of categories, counted against each other."""

from __future__ import annotations

from dataclasses import dataclass

from ...types.operations import contingency as asked
from .base import Data
from .samples import Floats, Places, finite, places, refuse

MOST_CELLS = 100_000
"""Of a table of counts."""


@dataclass(frozen=True)
class Counts:
    """A table of counts without empty rows and columns."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    table: Floats
    missing: int

    @property
    def n(self) -> float:
        return float(self.table.sum())


def counts_of(operation: asked.Crossed, data: Data) -> Counts:
    """The cases of each pair of values; raises `QueryFailed` for fewer than two by two."""
    rows, row_at = places(data, operation.column)
    columns, column_at = places(data, operation.by)
    weights = weights_of(operation, data)
    counts = _crossed(rows, columns, row_at, column_at, weights)
    if min(counts.table.shape) < 2:
        one = operation.column if counts.table.shape[0] < 2 else operation.by
        raise refuse(
            f"{one!r} has fewer than two values in the rows that count.",
            "Name two columns with two or more values each, or loosen a filter.",
            "too_few_groups",
        )
    return counts


def _crossed(
    rows: list[str], columns: list[str], row_at: Places, column_at: Places, weights: Floats
) -> Counts:
    import numpy as np

    if len(rows) * len(columns) > MOST_CELLS:
        raise refuse(
            f"The table of counts would have {len(rows):,} rows and {len(columns):,} columns.",
            "Name columns with fewer values.",
            "too_many_groups",
        )
    known = (row_at >= 0) & (column_at >= 0) & ~np.isnan(weights)
    flat = row_at[known] * len(columns) + column_at[known]
    size_ = len(rows) * len(columns)
    table = np.bincount(flat, weights[known], minlength=size_).reshape(len(rows), len(columns))
    full, wide = table.sum(axis=1) > 0, table.sum(axis=0) > 0
    return Counts(
        tuple(name for name, keep in zip(rows, full, strict=True) if keep),
        tuple(name for name, keep in zip(columns, wide, strict=True) if keep),
        table[full][:, wide],
        int((~known).sum()),
    )


def weights_of(operation: asked.Crossed, data: Data) -> Floats:
    """For how many cases each row stands: 1, or its weight; raises `QueryFailed` below 0."""
    import numpy as np

    if operation.weights is None:
        return np.ones(data.table.num_rows)
    weights = finite(data, operation.weights)
    if (weights < 0).any():
        raise refuse(f"{operation.weights!r} holds negative counts.", "Counts are 0 or more.")
    return weights


def must_be_two_by_two(counts: Counts) -> None:
    """Raise `QueryFailed` for a table of another shape."""
    if counts.table.shape != (2, 2):
        shape = f"{len(counts.rows)} by {len(counts.columns)}"
        raise refuse(
            f"The table of counts is {shape}; the operation takes two by two.",
            "Keep two values of each column with a filter, or use chi_square.",
            "not_two_groups",
        )
