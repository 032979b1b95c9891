"""Computing an answer again, and saying what is not as it was."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping

from ..types.errors import DipError, from_wire
from ..types.events import CancelledEvent, Event, Failed, QueryResult
from ..types.result import Replay, ResultFacts
from ..types.values import Row, Wire
from ..worker.runner import Runner

TOLERANCE = 1e-9
"""Relative: parallel sums differ in their last bits."""
BLOCK = 10_000
MOST_ROWS = 1_000_000
MOST_TOLD = 5


def last(events: Iterable[Event]) -> ResultFacts:
    """The result that ends these events; an end without one is raised as its error."""
    for event in events:
        if isinstance(event, QueryResult):
            return event.payload
        if isinstance(event, Failed):
            raise from_wire(event.error)
        if isinstance(event, CancelledEvent):
            raise from_wire({"error": "Cancelled", "message": "Stopped on request."})
    raise DipError("The run ended without a result.", code="internal")


def compare(
    before: ResultFacts, after: ResultFacts, prints: Mapping[str, str], runner: Runner
) -> Replay:
    """Whether two answers hold the same rows, in order, and which tables changed in between."""
    used = before.plan.tables if before.plan else {}
    changed = tuple(name for name, print_ in used.items() if prints.get(name) != print_)
    differences = tuple(_differences(before, after, runner))
    return Replay(same=not differences, changed_tables=changed, differences=differences)


def _differences(before: ResultFacts, after: ResultFacts, runner: Runner) -> Iterator[str]:
    names = [column.name for column in before.columns]
    if names != [column.name for column in after.columns]:
        yield f"columns {_listed(after)} instead of {_listed(before)}"
        return
    if before.row_count != after.row_count:
        yield f"{after.row_count:,} rows instead of {before.row_count:,}"
    told = 0
    for number, (old, new) in enumerate(_pairs(before, after, runner), start=1):
        for name, was, is_ in zip(names, old, new, strict=True):
            if not _alike(was, is_):
                told += 1
                yield f"{name}: {is_} instead of {was} in row {number:,}"
            if told == MOST_TOLD:
                return
    if min(before.row_count, after.row_count) > MOST_ROWS:
        yield f"only the first {MOST_ROWS:,} rows were compared"


def _pairs(before: ResultFacts, after: ResultFacts, runner: Runner) -> Iterator[tuple[Row, Row]]:
    rows = min(before.row_count, after.row_count, MOST_ROWS)
    for offset in range(0, rows, BLOCK):
        size = min(BLOCK, rows - offset)
        old = runner.page(before.id, offset, size).rows
        new = runner.page(after.id, offset, size).rows
        yield from zip(old, new, strict=True)


def _alike(was: Wire, is_: Wire) -> bool:
    if isinstance(was, float) and isinstance(is_, float):
        return math.isclose(was, is_, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    return was == is_


def _listed(facts: ResultFacts) -> str:
    return ", ".join(column.name for column in facts.columns)
