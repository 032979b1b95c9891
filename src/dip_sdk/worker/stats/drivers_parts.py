"""Which parts of the data a change comes from.

The levels of one dimension share the whole change: what they add sums to it. For a total that is
each level's own change. For a mean it is Kitagawa's (1955) split of a difference of rates, in its
symmetric form, which leaves no interaction over: with a level's shares p, q and its means r, s on
the two sides and m the middle of both overall means,

    mix = (q - p) * ((r + s) / 2 - m)        rate = (p + q) / 2 * (s - r)

Shares sum to one on both sides, so taking m off changes no sum; it makes a level add to the mix
only as far as it differs from the whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ...types.operations.drivers import Contribution
from .base import Data
from .drivers_sides import Sides
from .samples import Floats, Places, places

MISSING = "(missing)"


@dataclass(frozen=True)
class Breakdown:
    """One dimension's levels, each an entry of the arrays; `adds` sums to the whole change."""

    dimension: str
    levels: tuple[str, ...]
    before: Floats
    """The level's total or mean; NaN for a mean of no rows."""
    after: Floats
    share_before: Floats
    """Of the rows or weights for a mean, of the total's absolute amounts else."""
    share_after: Floats
    mix: Floats
    rate: Floats

    @property
    def adds(self) -> Floats:
        return self.mix + self.rate

    @property
    def beyond(self) -> Floats:
        """How much more of the change each level makes than its share before leads to expect.

        Where every level changes alike, a level of the share p makes p of the change, and all
        entries are 0; they sum to 0 in any case. Where nothing changed they are 0 too.
        """
        change = self.adds.sum()
        return self.adds / change - self.share_before if change else self.adds * 0

    @property
    def concentration(self) -> float:
        """How far its strongest level goes beyond its share, by which dimensions are ordered.

        Only one level is looked at: the few largest of many levels that vary by chance would be
        taken for a driver, while the largest alone goes about as far by chance in a dimension of
        three levels as in one of fifty.
        """
        return float(self.beyond.max())


def broken_down(operation: Contribution, sides: Sides, name: str) -> Breakdown:
    """What each level of a dimension adds to the change."""
    labels, codes = _levels(sides, name)
    amounts = [_sums(codes, sides.amount, here, len(labels)) for here in sides.masks]
    if operation.how != "mean":
        size = [_sums(codes, abs(sides.amount), here, len(labels)) for here in sides.masks]
        shares = [part / (part.sum() or 1.0) for part in size]
        change = amounts[1] - amounts[0]
        return Breakdown(
            name, labels, amounts[0], amounts[1], shares[0], shares[1], mix=change * 0, rate=change
        )
    weights = [_sums(codes, sides.weight, here, len(labels)) for here in sides.masks]
    return _split(name, labels, amounts, weights)


def _levels(sides: Sides, name: str) -> tuple[tuple[str, ...], Places]:
    """The levels as text, a missing value among them where there is one."""
    import numpy as np

    labels, codes = places(Data(sides.table), name)
    if not (codes < 0).any():
        return tuple(labels), codes
    missing = unlike(MISSING, labels)
    return (*labels, missing), np.where(codes < 0, len(labels), codes)


def unlike(name: str, labels: Sequence[str]) -> str:
    """The name of a level that is made, in more brackets where the data have it already."""
    while name in labels:
        name = f"({name})"
    return name


def _sums(codes: Places, values: Floats, here: Any, count: int) -> Floats:
    import numpy as np

    sums = np.bincount(codes[here], values[here], minlength=count)
    return np.asarray(sums, dtype=np.float64)


def _split(
    name: str, labels: tuple[str, ...], amounts: Sequence[Floats], weights: Sequence[Floats]
) -> Breakdown:
    """Kitagawa's split. A level that one side lacks keeps the other's mean: it is all mix."""
    import numpy as np

    p, q = (part / part.sum() for part in weights)
    with np.errstate(invalid="ignore", divide="ignore"):
        before, after = (amount / weight for amount, weight in zip(amounts, weights, strict=True))
    nowhere = (weights[0] == 0) & (weights[1] == 0)
    r = np.where(weights[0] > 0, before, np.where(nowhere, 0.0, after))
    s = np.where(weights[1] > 0, after, r)
    middle = ((p * r).sum() + (q * s).sum()) / 2
    mix = (q - p) * ((r + s) / 2 - middle)
    rate = (p + q) / 2 * (s - r)
    before, after = (
        np.where(w > 0, m, np.nan) for w, m in zip(weights, (before, after), strict=True)
    )
    return Breakdown(name, labels, before, after, p, q, mix, rate)
