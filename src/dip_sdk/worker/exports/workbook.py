"""Excel workbooks from a stream of batches, a sheet after the other, without holding the rows.

Excel's numbers are doubles and its dates days since 1900. A column whose values these hold exactly
is written as such; a column with one value that they cannot hold is written as text, whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

from ...types.errors import DataError
from ...types.sql import literal
from ...types.values import SAFE_INTEGER
from .cells import EXACT, kind, text
from .source import Field, Report, Source, aliased

if TYPE_CHECKING:
    import pyarrow as pa

SHEET_ROWS = 1_048_575
"""Rows of a sheet below its header."""
SHEET_COLUMNS = 16_384
CELL_CHARACTERS = 32_767
CUT = "... [cut]"
"""Ends a text that was longer than a cell can be."""
DIGITS = 15
"""Significant digits that a spreadsheet's number holds."""
BATCH = 10_000
"""Rows read at a time."""
WIDEST = 60
"""Of a column, in characters."""


FIRST_DAY, LAST_DAY = "1900-03-01", "9999-12-31"
"""Before March 1900 Excel counts a day that never was."""
IN_RANGE = f"{{0}}::date between date '{FIRST_DAY}' and date '{LAST_DAY}'"
INSTANT = "epoch_us({0}) / 86400e6 + 25569"
"""Days since 30 December 1899, which is how Excel stores a moment."""


@dataclass(frozen=True)
class Cells:
    """How a column is written: an expression, what makes it exact, and how it is shown."""

    sql: str
    exact: str = ""
    """True of every value that the expression holds exactly; "" where all are."""
    format: str = "General"
    width: int = 12


KINDS = {
    "boolean": Cells("{0}"),
    "double": Cells("{0}::double"),
    "integer": Cells("{0}::bigint", f"{{0}} between -{SAFE_INTEGER} and {SAFE_INTEGER}"),
    "date": Cells("({0} - date '1970-01-01' + 25569)::double", IN_RANGE, "yyyy-mm-dd"),
    "time": Cells("epoch_us({0}) / 86400e6", "", "hh:mm:ss"),
    "timestamp": Cells(INSTANT, IN_RANGE, "yyyy-mm-dd hh:mm:ss", 20),
    "timestamptz": Cells(INSTANT, IN_RANGE, 'yyyy-mm-dd hh:mm:ss "UTC"', 24),
}


def write_workbook(source: Source, path: Path, report: Report) -> None:
    """A sheet, and another for each further 1,048,575 rows; texts are never formulas."""
    if len(source.names) > SHEET_COLUMNS:
        raise DataError(
            f"An Excel sheet holds {SHEET_COLUMNS:,} columns, and there are {len(source.names):,}.",
            hint="Export to Parquet or CSV instead, or ask for fewer columns.",
            file=str(path),
        )
    rows, cells = _decide(source)
    named = zip(cells, source.names, strict=True)
    select = source.select(aliased(cell.sql, name) for cell, name in named)
    with source.con.sql(select).to_arrow_reader(BATCH) as reader:
        _write(_Stream(reader, rows, report), cells, path)


def _decide(source: Source) -> tuple[int, list[Cells]]:
    """How many rows there are, and each column's cells, by one pass over the values."""
    wanted = [_cells(field) for field in source.fields]
    tests = [f"coalesce(bool_and({cell.exact or 'true'}), true)" for cell in wanted]
    rows, *exact = source.con.sql(source.select(["count(*)", *tests])).fetchall()[0]
    triples = zip(source.fields, wanted, exact, strict=True)
    return rows, [cell if fits else _as_text(field) for field, cell, fits in triples]


def _cells(field: Field) -> Cells:
    name = kind(field.type)
    if str(field.type) in EXACT:
        return Cells(f"{field.sql}::bigint")
    if name == "decimal":
        return _decimal(field)
    if name not in KINDS:
        return _as_text(field)
    cells = KINDS[name]
    return replace(cells, sql=cells.sql.format(field.sql), exact=cells.exact.format(field.sql))


def _decimal(field: Field) -> Cells:
    precision, scale = map(int, str(field.type)[len("DECIMAL(") : -1].split(","))
    exact = f"abs({field.sql}) < 1e{DIGITS - scale}" if precision > DIGITS else ""
    shown = f"0.{'0' * scale}" if scale else "0"
    return Cells(f"{field.sql}::double", exact, shown)


def _as_text(field: Field) -> Cells:
    cell = text(field.sql, field.type)
    short = f"left({cell}, {CELL_CHARACTERS - len(CUT)}) || {literal(CUT)}"
    return Cells(f"case when length({cell}) > {CELL_CHARACTERS} then {short} else {cell} end")


def _write(stream: _Stream, cells: list[Cells], path: Path) -> None:
    from rustpy_xlsxwriter import Format, write_worksheets

    sheets = {name: stream.sheet() for name in _sheet_names(stream.rows)}
    widths = [_width(name, cell) for name, cell in zip(stream.names, cells, strict=True)]
    formats = [Format().set_num_format(cell.format) for cell in cells]
    write_worksheets(
        list(sheets.items()),
        str(path),
        freeze_panes={"general": {"row": 1}},
        bold_headers=True,
        column_widths=dict.fromkeys(sheets, widths),
        column_formats=dict.fromkeys(sheets, formats),
    )


def _sheet_names(rows: int) -> list[str]:
    further = range(2, ceil(rows / SHEET_ROWS) + 1)
    return ["Result", *(f"Result {number}" for number in further)]


def _width(name: str, cell: Cells) -> float:
    return min(max(len(name) + 2, cell.width), WIDEST)


class _Stream:
    """One stream of batches, handed out as one reader a sheet, to be read in order."""

    def __init__(self, reader: pa.RecordBatchReader, rows: int, report: Report) -> None:
        self.rows = rows
        self.names: list[str] = reader.schema.names
        self._reader = reader
        self._report = report
        self._rest: pa.RecordBatch | None = None
        self._done = 0

    def sheet(self) -> pa.RecordBatchReader:
        """The next sheet's rows; nothing is read before the writer asks for it."""
        from pyarrow import RecordBatchReader

        return RecordBatchReader.from_batches(self._reader.schema, self._take(SHEET_ROWS))

    def _take(self, room: int) -> Iterator[pa.RecordBatch]:
        while room and (batch := self._next()) is not None:
            head, self._rest = batch[:room], batch[room:]
            room -= head.num_rows
            self._done += head.num_rows
            if self._report:
                self._report(self._done / self.rows)
            yield head

    def _next(self) -> pa.RecordBatch | None:
        """What the sheet before left over, or the next batch; None at the end."""
        if self._rest:
            return self._rest
        try:
            return self._reader.read_next_batch()
        except StopIteration:
            return None
