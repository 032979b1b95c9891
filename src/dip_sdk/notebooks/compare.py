"""Two answers as they are kept in notebooks: whether the second says what the first said."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Literal

from ..types.base import Model
from ..types.saved import Saved
from ..types.values import Wire

TOLERANCE = 1e-9
MOST_TOLD = 5

State = Literal["same", "changed", "data changed", "not checked", "failed"]


class Finding(Model):
    """What a check found of one answer."""

    cell: int
    """Position of the cell, from 1."""
    question: str
    state: State
    """`data changed`: the files are not as they were, the answer is."""
    details: tuple[str, ...] = ()
    """Sentences: what changed, or why it was not checked."""


def compared(
    cell: int, before: Saved, after: Saved, changed_tables: tuple[str, ...] = ()
) -> Finding:
    """What is not as it was. `changed_tables` are those whose content is another."""
    differences = tuple(_differences(before, after))
    data = tuple(f"the data of {name} changed" for name in changed_tables)
    if differences:
        state: State = "changed"
    else:
        state = "data changed" if data else "same"
    return Finding(
        cell=cell, question=before.question, state=state, details=(*differences, *data)
    )  # fmt: skip


def _differences(before: Saved, after: Saved) -> Iterator[str]:
    if before.status != after.status:
        yield f"{after.status} instead of {before.status}"
        return
    if before.digest == after.digest:
        return
    old, new = ([column.name for column in saved.columns] for saved in (before, after))
    if old != new:
        yield f"columns {', '.join(new)} instead of {', '.join(old)}"
        return
    if before.row_count != after.row_count:
        yield f"{after.row_count:,} rows instead of {before.row_count:,}"
    cells = list(_cells(before, after, old))
    yield from cells[:MOST_TOLD]
    whole = len(before.preview) == before.row_count == after.row_count == len(after.preview)
    if not cells and not whole and before.row_count == after.row_count:
        yield "values changed beyond the rows that the notebook keeps"


def _cells(before: Saved, after: Saved, names: list[str]) -> Iterator[str]:
    for number, (old, new) in enumerate(zip(before.preview, after.preview, strict=False), 1):
        for name, was, now in zip(names, old, new, strict=False):
            if not _alike(was, now):
                yield f"{name}: {now} instead of {was} in row {number:,}"


def _alike(was: Wire, now: Wire) -> bool:
    if isinstance(was, float) and isinstance(now, (int, float)):
        return math.isclose(was, now, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    return was == now
