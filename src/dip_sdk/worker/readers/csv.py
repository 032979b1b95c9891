"""Delimited text: dialect, header and types are found on a sample, DuckDB does the load.

A regular file is loaded as it lies. One that turns out irregular is first made regular
(`segments`), which is slower and loses nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import duckdb

from ...types.dataset import Parsed
from . import decide, dialect, numbers
from .base import STORE, Job, Staged, column_names, literal, place, quote, sentence_list
from .cells import MINUS, NULLS
from .encoding import Text, prepare
from .header import Area, locate
from .records import Dialect, Record, records
from .segments import Segment, split

SAMPLE_BYTES = 1 << 19
SAMPLE_ROWS = 2_000
WIDE_LINES = 200
"""A sample of fewer lines is of a wide table, and gets more bytes."""
WIDE_BYTES = 16 << 20
AREA_ROWS = 300
AREA_CELLS = 200_000
MAX_COLUMNS = 10_000
BUFFER_LINE = 1 << 20
_LATE = re.compile(r"column:(\d+)")
CLEAN = Dialect(",", '"', "")


@dataclass(frozen=True)
class Layout:
    """What a sample says of a file."""

    text: Text
    dialect: Dialect
    area: Area
    sample: Sequence[Record]
    skip: int = 0
    """Lines left out before the sample, as the user asked."""
    whole: bool = False
    """The sample is the whole file: what it says of types needs no further proof."""

    def parsed(self) -> Parsed:
        """How the file is read, to be told."""
        return Parsed(
            format="csv",
            encoding=self.text.encoding,
            delimiter=self.dialect.delimiter,
            quote=self.dialect.quote,
            header=self.area.header,
            skip=self.skip + (self.sample[self.area.first].line - 1 if self.sample else 0),
            notes=self.notes(),
        )

    def notes(self) -> tuple[str, ...]:
        """What was decided about the place of the table."""
        above = [r.text for r in self.sample[: self.area.first] if r.text.strip()]
        found = [f"Lines above the table were left out: {sentence_list(above)}."] if above else []
        if not self.area.header:
            found.append("No row names the columns; they are called column_1, column_2, ...")
        if self.area.data - self.area.first > 1:
            found.append(f"{self.area.data - self.area.first} rows together name the columns.")
        if (
            beyond := self.sample[self.area.first].cells[self.area.width :]
            if self.area.header
            else []
        ):
            found.append(f"The header names columns that no row has: {sentence_list(beyond)}.")
        return tuple(found)


def read(job: Job) -> list[Staged]:
    """The tables of a delimited file, the main one first."""
    layout = _layout(job)
    if _regular(layout):
        staged = _quick(job, layout)
        if staged is not None:
            return [staged]
    return _slow(job, layout)


def _layout(job: Job) -> Layout:
    text = prepare(job)
    lines, whole = _sample(text.path, job.options.skip or 0, SAMPLE_BYTES)
    if not whole and len(lines) < WIDE_LINES:
        lines, whole = _sample(text.path, job.options.skip or 0, WIDE_BYTES)
    if not any(line.strip() for line in lines):
        raise job.error("The file is empty.", hint="Check that the export wrote its rows.")
    options = job.options
    form = dialect.detect(lines[:AREA_ROWS], options.delimiter, options.quote)
    sample = list(islice(records(lines, form), SAMPLE_ROWS))
    some = max(30, min(AREA_ROWS, AREA_CELLS // max(1, len(sample[0].cells))))
    area = locate([r.cells for r in sample[:some]], header=options.header)
    if area.width > MAX_COLUMNS:
        raise job.error(
            f"The table has {area.width} columns; at most {MAX_COLUMNS} can be read.",
            hint="Check the delimiter, or turn columns into rows.",
        )
    job.make_room(area.width)
    whole = whole and len(sample) < SAMPLE_ROWS
    return Layout(text, form, area, sample, options.skip or 0, whole)


def _sample(path: Path, skip: int, size: int) -> tuple[list[str], bool]:
    """The first lines up to a size, the last one only if it is whole; and whether that is all."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = file.readlines(size)
        return lines[skip:], not file.read(1)


def _regular(layout: Layout) -> bool:
    """Whether DuckDB can take the file as it lies, as far as the sample shows."""
    form, area, sample = layout.dialect, layout.area, layout.sample
    if not layout.text.clean or form.blanks or form.starts or area.data >= len(sample):
        return False
    data = sample[area.data :]
    if any(len(r.cells) != area.width or r.broken for r in data if r.cells):
        return False
    if area.header and any(r.cells == sample[area.data - 1].cells for r in data):
        return False
    if any(record.line != i for i, record in enumerate(sample[: area.data + 1], 1)):
        return False
    loose = f"{form.delimiter} {form.quote}"
    return not (form.quote and any(loose in record.text for record in data))


def _quick(job: Job, layout: Layout) -> Staged | None:
    """The file loaded as it lies; None when it proved irregular after all."""
    types = _types(job, layout)
    while True:
        table = _target(job, types)
        try:
            failed = _load(job, layout, types, table)
        except duckdb.Error as error:
            late = _LATE.search(str(error))
            failed = {int(late[1])} if late else None
        if failed is None:
            return None
        if not failed:
            break
        types = {i: "?" if i in failed else kind for i, kind in types.items()}
    return _account(job, layout, types, table)


def _types(job: Job, layout: Layout) -> dict[int, str]:
    """A type for each column: SQL's, "?" where all values must decide, "" where none was seen."""
    rows = [r.cells for r in layout.sample[layout.area.data :] if r.cells]
    if not layout.whole:
        rows = rows[: max(50, decide.SAMPLE_CELLS // max(1, layout.area.width))]
    columns = {i: _distinct(row[i] for row in rows) for i in range(layout.area.width)}
    names = dict.fromkeys(columns, "")
    real = {i: [v for v in values if v.lower() not in NULLS] for i, values in columns.items()}
    proposals = decide.propose(real, names, decide.decimal_of(job, layout.dialect.delimiter))
    return {p.index: _native(p, columns[p.index], real[p.index]) for p in proposals}


def _distinct(cells: Iterator[str]) -> list[str]:
    return [value for value in dict.fromkeys(cell.strip() for cell in cells) if value]


def _native(p: decide.Proposal, values: Sequence[str], real: Sequence[str]) -> str:
    if not p.any:
        return "VARCHAR" if values else ""
    if len(real) < len(values):
        return "?"
    if p.boolean:
        return "BOOLEAN"
    if p.dates:
        forms = {form for reading in p.dates for form in reading.formats}
        return _NATIVE_FORMS.get(forms.pop(), "?") if len(forms) == 1 else "?"
    plain = p.style is not None and p.style.plain
    exact = re.compile(p.style.pattern) if p.style and plain else None
    if exact is None or not all(exact.fullmatch(v) and v[0] not in ("+", MINUS) for v in real):
        return "?"
    kind = numbers.type_of(real)
    return kind if kind in ("BIGINT", "DOUBLE") else "?"


_NATIVE_FORMS = {
    "%Y-%m-%d": "DATE",
    "%H:%M:%S": "TIME",
    "%Y-%m-%d %H:%M:%S": "TIMESTAMP",
    "%Y-%m-%dT%H:%M:%S": "TIMESTAMP",
    "%Y-%m-%d %H:%M:%S.%f": "TIMESTAMP",
    "%Y-%m-%dT%H:%M:%S.%f": "TIMESTAMP",
}
_EXACT = {
    "BIGINT": "cast(try_cast({x} as BIGINT) as VARCHAR) = {x}",
    "DATE": "strlen({x}) <= 10",
    "TIMESTAMP": "(strlen({x}) <= 26 and not contains({x}, '+') and not contains({x}, 'Z')"
    " and (strlen({x}) < 20 or substr({x}, 20, 1) = '.'))",
    "BOOLEAN": "strlen({x}) >= 4",
}
"""What a text must be besides castable, since SQL's casts round, drop zones and cut times."""


def _load(job: Job, layout: Layout, types: Mapping[int, str], table: str) -> set[int] | None:
    """Load the file; columns whose values did not fit their types, None if lines did not fit."""
    names = _names(layout, types, table)
    columns = ", ".join(
        f"{_expression(i, kind, layout.whole)} as {names[i]}" for i, kind in types.items()
    )
    rejects = job.stage_name()
    temporary = "" if table.startswith(STORE) else "temp"
    job.con.execute(
        f"create {temporary} table {table} as"
        f" select {columns} from {_read_csv(layout, types, rejects)}"
    )
    found = job.con.execute(
        f"select distinct error_type, column_idx from {rejects}_errors"
    ).fetchall()
    if found:
        job.con.execute(f"drop table {table}")
    if any(kind != "CAST" for kind, _ in found):
        return None
    return {int(index) - 1 for _, index in found}


def _target(job: Job, types: Mapping[int, str]) -> str:
    """Where rows go: straight into the store, or to a stage while a type is open."""
    return job.stage_name() if "?" in types.values() else STORE + job.stored_name()


def _names(layout: Layout, types: Mapping[int, str], table: str) -> list[str]:
    if table.startswith(STORE):
        return [quote(name) for name in column_names(layout.area.labels)]
    return [place(i) for i in types]


def _expression(index: int, kind: str, proved: bool) -> str:
    """A column of the file as its type, or an error where a cast would change the value."""
    x = place(index)
    if proved or kind not in _EXACT:
        return x
    exact = _EXACT[kind].format(x=x)
    return (
        f"coalesce(case when {exact} then try_cast({x} as {kind}) end,"
        f" case when {x} is not null then error('column:{index}') end)"
    )


def _declared(kind: str, proved: bool) -> str:
    """The type that the reader itself casts to; text where more than a cast is needed."""
    open_still = kind in ("", "?") or (kind in _EXACT and not proved)
    return "VARCHAR" if open_still else kind


def _read_csv(layout: Layout, types: Mapping[int, str], rejects: str) -> str:
    form = layout.dialect
    declared = ", ".join(
        f"'{place(i)}': '{_declared(kind, layout.whole)}'" for i, kind in types.items()
    )
    longest = max(BUFFER_LINE, 2 * layout.text.longest)
    skip = layout.sample[layout.area.data].line - 1 + layout.skip
    return (
        f"read_csv({literal(str(layout.text.path))}, auto_detect=false, header=false, skip={skip},"
        f" delim={literal(form.delimiter)}, quote={literal(form.quote)},"
        f" escape={literal(form.escape or form.quote)}, columns={{{declared}}},"
        f" max_line_size={longest}, store_rejects=true, rejects_limit=1000,"
        f" rejects_table='{rejects}_errors', rejects_scan='{rejects}_scans')"
    )


def _account(job: Job, layout: Layout, types: dict[int, str], table: str) -> Staged | None:
    """The loaded table, looked over: blank rows, columns first filled after the sample."""
    names = _names(layout, types, table)
    unseen = [i for i, kind in types.items() if not kind]
    blank = " and ".join(f"{name} is null" for name in names)
    counts = [f"count(*) filter ({blank})", *(f"count({names[i]})" for i in unseen)]
    blanks, *late = job.con.execute(f"select {', '.join(counts)} from {table}").fetchone() or [0]
    if not blanks and not any(late):
        return _staged(layout, table, types)
    job.con.execute(f"drop table {table}")
    if blanks:
        return None
    again = {i: kind or "?" for i, kind in types.items()}
    stage = job.stage_name()
    _load(job, layout, again, stage)
    return _staged(layout, stage, again)


def _staged(layout: Layout, table: str, types: Mapping[int, str]) -> Staged:
    undecided = frozenset(i for i, kind in types.items() if kind == "?")
    problems = (*layout.text.problems,)
    return Staged(table, layout.area.labels, layout.parsed(), problems, undecided=undecided)


def _slow(job: Job, layout: Layout) -> list[Staged]:
    """The file made regular first, then loaded as text whose types all values decide."""
    with layout.text.path.open(encoding="utf-8-sig", newline="") as file:
        lines = islice(file, layout.skip, None)
        found = records(lines, layout.dialect)
        segments, bad = split(found, layout.area, job.scratch, job.path.stem)
    segments.sort(key=lambda segment: -segment.rows)
    staged = [_segment(job, layout, segment, i) for i, segment in enumerate(segments)]
    lost = sum(segment.lost for segment in segments)
    return [*staged, *([_bad_lines(job, layout, bad)] if lost else [])]


def _segment(job: Job, layout: Layout, segment: Segment, number: int) -> Staged:
    area = segment.area
    table = job.stage_name()
    _load_text(job, segment.path, table, area.width)
    parsed = layout.parsed()
    notes = [*(parsed.notes if number == 0 else ()), *segment.notes()]
    update = {"notes": tuple(notes), "footer": len(segment.footer), "header": area.header}
    if segment.first_line > 1 and number:
        update["skip"] = segment.first_line - 1
    problems = (*(layout.text.problems if number == 0 else ()), *segment.problems())
    return Staged(
        table,
        area.labels,
        parsed.model_copy(update=update),
        problems,
        suffix=str(number + 1) if number else "",
        undecided=frozenset(range(area.width)),
    )


def _load_text(job: Job, path: Path, table: str, width: int) -> None:
    declared = ", ".join(f"'{place(i)}': 'VARCHAR'" for i in range(width))
    with path.open("rb") as file:
        longest = max(BUFFER_LINE, 2 * max(map(len, file), default=0))
    job.con.execute(
        f"create temp table {table} as from read_csv({literal(str(path))}, auto_detect=false,"
        f" header=false, delim=',', quote='\"', escape='\"', columns={{{declared}}},"
        f" max_line_size={longest})"
    )


def _bad_lines(job: Job, layout: Layout, path: Path) -> Staged:
    table = job.stage_name()
    _load_text(job, path, table, 3)
    notes = ("Lines of the file that did not fit the table, whole.",)
    parsed = Parsed(format="csv", encoding=layout.text.encoding, bad_lines=True, notes=notes)
    labels = ("line", "reason", "text")
    return Staged(table, labels, parsed, suffix="bad_lines", undecided=frozenset({0}))
