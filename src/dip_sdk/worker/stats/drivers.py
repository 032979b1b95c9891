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
from typing import TYPE_CHECKING, Any

from ...types.operations.drivers import Contribution
from .base import Data, Outcome
from .drivers_sides import Sides, sides_of
from .drivers_telling import Shown, reading
from .samples import Floats, Places, places
from .telling import outcome

if TYPE_CHECKING:
    import pyarrow as pa

FEWEST, MANY = 2, 50
"""Levels of a column that is taken as a dimension where none is named."""
LOOKED_AT = 10_000
"""Rows whose values tell that a column has too many; only where they do not are all looked at."""
MOST_DIMENSIONS = 20
MISSING, OTHER, ALL = "(missing)", "(other)", "(all)"


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


def contribution(operation: Contribution, data: Data) -> Outcome:
    """A row for the whole, then each dimension's levels, those first where few levels make most.

    `share_of_change` may be negative, or beyond 1, where levels move against each other; it is
    missing where nothing changed. Levels beyond `most` are one row, which adds what they add.
    """
    sides = sides_of(operation, data)
    found = [_breakdown(operation, sides, name) for name in _dimensions(operation, sides)]
    # equal concentrations stay in the order of the columns
    found.sort(key=lambda each: -round(each.concentration, 9))
    rows = [_whole(operation, sides)]
    shown = [_shown(operation, sides, each) for each in found[:MOST_DIMENSIONS]]
    rows += [row for part in shown for row in part.rows]
    told = reading(operation, sides, shown[0] if shown else None)
    return outcome(rows, told, sides.assumptions)


def _dimensions(operation: Contribution, sides: Sides) -> list[str]:
    """Those that are named, or the columns of categories that both sides have levels in common.

    A column whose levels belong to one side each (the month of the date) repeats the question.
    """
    if operation.dimensions:
        return list(operation.dimensions)
    taken = {name.casefold() for name in (operation.column, operation.weight, operation.across)
             if name}  # fmt: skip
    return [
        field.name
        for field in sides.table.schema
        if field.name.casefold() not in taken and _categories(field.type)
        if _tells(sides, field.name)
    ]


def _categories(kind: pa.DataType) -> bool:
    import pyarrow as pa

    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return any(
        is_(kind)
        for is_ in (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view,
                    pa.types.is_boolean)
    )  # fmt: skip


def _tells(sides: Sides, name: str) -> bool:
    import numpy as np

    first = sides.table.column(name).slice(0, LOOKED_AT)
    if len(first.unique()) > MANY + 1:  # a missing value is no level
        return False
    labels, codes = places(Data(sides.table), name)
    both = np.intersect1d(codes[sides.after], codes[~sides.after])
    return FEWEST <= len(labels) <= MANY and bool((both >= 0).any())


def _breakdown(operation: Contribution, sides: Sides, name: str) -> Breakdown:
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
    missing = _unlike(MISSING, labels)
    return (*labels, missing), np.where(codes < 0, len(labels), codes)


def _unlike(name: str, labels: Sequence[str]) -> str:
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


def _whole(operation: Contribution, sides: Sides) -> dict[str, Any]:
    before, after = sides.values
    row = {
        "dimension": ALL, "level": ALL, "before": before, "after": after,
        "change": after - before, "relative_change": _relative(before, after),
    }  # fmt: skip
    if operation.how == "mean":
        row |= {"share_before": 1.0, "share_after": 1.0, "mix_effect": None, "rate_effect": None,
                "contribution": after - before}  # fmt: skip
    return row | {"share_of_change": 1.0 if sides.changed else None}


def _shown(operation: Contribution, sides: Sides, found: Breakdown) -> Shown:
    """The levels that add most, then all others as one."""
    import numpy as np

    order = np.argsort(-np.abs(found.adds), kind="stable")
    some = order[np.nonzero((found.share_before + found.share_after + abs(found.adds))[order])]
    kept, rest = some[: operation.most], some[operation.most :]
    if len(rest) == 1:  # one level takes no more room than the others together
        kept, rest = some, rest[:0]
    rows = [_row(operation, sides, found, found.levels[i], np.array([i])) for i in kept]
    if len(rest):
        rows.append(_row(operation, sides, found, _unlike(OTHER, found.levels), rest))
    outstanding = found.levels[int(found.beyond.argmax())]
    return Shown(tuple(rows), len(kept), found.concentration, outstanding)


def _row(
    operation: Contribution, sides: Sides, found: Breakdown, level: str, at: Places
) -> dict[str, Any]:
    """Levels together: what they add is summed, the mean of several is by their shares."""
    shares = found.share_before[at], found.share_after[at]
    both = (found.before[at], found.after[at])
    if operation.how == "mean":
        before, after = (_mean(m, share) for m, share in zip(both, shares, strict=True))
    else:
        before, after = (float(part.sum()) for part in both)
    row: dict[str, Any] = {
        "dimension": found.dimension, "level": level, "before": before, "after": after,
        "change": after - before, "relative_change": _relative(before, after),
    }  # fmt: skip
    adds = float(found.adds[at].sum())
    if operation.how == "mean":
        row |= {
            "share_before": float(shares[0].sum()), "share_after": float(shares[1].sum()),
            "mix_effect": float(found.mix[at].sum()), "rate_effect": float(found.rate[at].sum()),
            "contribution": adds,
        }  # fmt: skip
    return row | {"share_of_change": adds / sides.change if sides.changed else None}


def _mean(means: Floats, shares: Floats) -> float:
    import numpy as np

    known = shares > 0
    if not known.any():
        return float("nan")
    return float(np.average(means[known], weights=shares[known]))


def _relative(before: float, after: float) -> float | None:
    """The change as a part of what was before; missing from nothing or from a negative amount."""
    return (after - before) / before if before > 0 else None
