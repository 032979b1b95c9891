"""An answer as it is kept in a notebook's file: its plan and origins, its rows only as a digest."""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from ..types.dataset import Dataset, Table
from ..types.result import ResultFacts
from ..types.saved import Origin, Saved
from ..types.values import Row, Wire
from .safe import cut

PREVIEW_BYTES = 3_000
PLAN_BYTES = 18_000
COLUMNS_KEPT = 40
MOST_UP = 2
"""Folders above the working directory through which a path may lead."""
_CELL = 60
_DIGITS = 9
"""Significant digits of a floating number that count: parallel sums differ in the last bits."""


def saved(facts: ResultFacts, datasets: Sequence[Dataset] = ()) -> Saved:
    """What `dip check` needs of an answer; paths are relative to the working directory."""
    plan = facts.plan if facts.status == "answered" else None
    if plan and len(plan.model_dump_json()) > PLAN_BYTES:
        plan = None
    return Saved(
        question=cut(facts.question, 2_000),
        status=facts.status,
        planner=facts.planner,
        plan=plan,
        origins=tuple(_origins(facts, datasets)),
        columns=facts.columns[:COLUMNS_KEPT],
        row_count=facts.row_count,
        digest=digest(facts) if facts.status == "answered" else "",
        preview=tuple(_preview(facts.preview)),
    )


def digest(facts: ResultFacts) -> str:
    """A hash of the columns' names, the number of rows and the first rows."""
    rows = [[_rounded(value) for value in row] for row in facts.preview]
    names = [column.name for column in facts.columns]
    content = json.dumps([names, facts.row_count, rows], separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()


def short(row: Row) -> Row:
    """A row as a preview keeps it: the first columns, long texts cut."""
    return tuple(_cut(value) for value in row[:COLUMNS_KEPT])


def _rounded(value: Wire) -> Wire:
    if isinstance(value, float) and math.isfinite(value):
        return float(f"{value:.{_DIGITS}g}") + 0.0  # a negative zero becomes a plain one
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    return value


def _preview(rows: Sequence[Row]) -> Iterator[Row]:
    size = 0
    for row in map(short, rows):
        size += len(json.dumps(row))
        if size > PREVIEW_BYTES:
            return
        yield row


def _cut(value: Wire) -> Wire:
    if isinstance(value, str):
        return cut(value, _CELL)
    return cut(json.dumps(value), _CELL) if isinstance(value, (list, dict)) else value


def _origins(facts: ResultFacts, datasets: Sequence[Dataset]) -> Iterator[Origin]:
    read = set(facts.plan.tables) if facts.plan else set()
    for dataset in datasets:
        tables = [table for table in dataset.tables if table.name in read]
        if tables:
            yield _origin(dataset, tables)


def _origin(dataset: Dataset, tables: Sequence[Table]) -> Origin:
    names = tuple(table.name for table in tables)
    if dataset.format == "frame":
        return Origin(kind="frame", name=dataset.name, tables=names)
    if "://" in dataset.source:
        address = dataset.source.partition("?")[0]  # what follows may sign the request
        return Origin(kind="address", name=dataset.name, path=address, tables=names)
    return Origin(
        kind="file",
        name=dataset.name,
        path=_relative(dataset.source),
        options=dataset.options,
        tables=names,
    )


def _relative(source: str) -> str:
    """A path as seen from here; a file in no folder near keeps only its name."""
    if not Path(source).is_absolute():
        return source
    here = Path.cwd()
    shared = Path(os.path.commonpath([here, source]))
    near = len(here.parts) - len(shared.parts) <= MOST_UP and shared != Path(shared.anchor)
    return Path(os.path.relpath(source)).as_posix() if near else Path(source).name
