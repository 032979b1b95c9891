"""The full profile of a column: computed behind an upload, in one pass."""

from __future__ import annotations

from .base import Model
from .values import Wire


class ColumnProfile(Model):
    """What is known of a column's values. None means: does not apply to this type."""

    name: str
    type: str
    rows: int
    nulls: int
    distinct: int
    """Approximate beyond a few thousand (`sampled` says when it rests on a sample)."""
    minimum: Wire = None
    maximum: Wire = None
    mean: float | None = None
    quantiles: tuple[float, ...] = ()
    """5, 25, 50, 75 and 95 per cent."""
    frequent: tuple[tuple[Wire, int], ...] = ()
    """The most frequent values with their counts, at most ten."""
    histogram: tuple[tuple[float, float, int], ...] = ()
    """(from, to, count) per bin, of numbers and dates (dates as seconds since 1970)."""
    sampled: bool = False
