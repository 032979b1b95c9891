"""Which parts of the data a change comes from: the dimensions, their order and their rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...types.operations.drivers import Contribution
from .base import Data, Outcome
from .drivers_parts import Breakdown, broken_down, unlike
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
OTHER, ALL = "(other)", "(all)"


def contribution(operation: Contribution, data: Data) -> Outcome:
    """A row for the whole, then each dimension's levels, those first where few levels make most.

    `share_of_change` may be negative, or beyond 1, where levels move against each other; it is
    missing where nothing changed. Levels beyond `most` are one row, which adds what they add.
    """
    sides = sides_of(operation, data)
    found = [broken_down(operation, sides, name) for name in _dimensions(operation, sides)]
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
        rows.append(_row(operation, sides, found, unlike(OTHER, found.levels), rest))
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
