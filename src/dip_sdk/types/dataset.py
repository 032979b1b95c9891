"""What the user gave (a dataset) and the queryable tables in it, with how each was read."""

from __future__ import annotations

from typing import Literal

from .base import Model
from .profile import ColumnProfile
from .values import Wire

Format = Literal["csv", "excel", "json", "ndjson", "parquet", "frame"]


class ReadOptions(Model):
    """How a file shall be read, where the reader's own decision is not wanted; None decides."""

    format: Format | None = None
    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    header: bool | None = None
    """True: the first row after `skip` names the columns; False: there is no such row."""
    skip: int | None = None
    """Lines (rows of a sheet) before the table."""
    decimal: Literal[".", ","] | None = None
    day_first: bool | None = None
    in_place: bool = False
    """Query a Parquet file where it lies instead of loading it."""


class Parsed(Model):
    """How a table was read: what was found, in the terms of `ReadOptions`, and what was decided."""

    format: Format
    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    header: bool | None = None
    skip: int = 0
    footer: int = 0
    """Trailing lines that are not part of the table."""
    sheet: str | None = None
    decimal: str | None = None
    day_first: bool | None = None
    bad_lines: bool = False
    """The table holds lines of a file that did not fit its table; asked only when it is named."""
    notes: tuple[str, ...] = ()
    """Decisions in plain words, each a sentence: "Dates in 'when' are day first (31/12/2024)"."""


class BadLine(Model):
    """One line that could not be read as the others were."""

    line: int
    """In the file, from 1 (row of the sheet for a workbook)."""
    column: str | None = None
    reason: str
    text: str = ""
    """The line itself, cut to 200 characters."""


class Problem(Model):
    """Something about a table that looked wrong: a sentence, how often, and examples."""

    code: str
    """`bad_lines`, `mixed_dates`, `encoding_replaced`, `duplicate_header`, `blank_rows`, ..."""
    message: str
    count: int = 1
    column: str | None = None
    examples: tuple[BadLine, ...] = ()


class TableColumn(Model):
    """A column of a table as questions and SQL name it."""

    name: str
    type: str
    """A wire type of `types.values`."""
    label: str = ""
    """The header as written in the file when the name had to differ from it."""
    reading_of: str | None = None
    """Set on a hidden numeric reading of the text column named here ("1,234 km" -> 1234)."""
    unit: str | None = None
    """The unit or currency a reading left out: "km", "$", "%"."""

    @property
    def hidden(self) -> bool:
        """Left out of `*`, of prompts and of the shape the user sees."""
        return self.reading_of is not None or self.name == ROW_NUMBER


ROW_NUMBER = "_row"
"""The column that holds a row's position in its source, from 0; every table has it, hidden."""


class TableReport(Model):
    """What an ingest worker tells of one table it made."""

    name: str
    """Proposed catalog name: the file's stem, or stem and sheet."""
    inner: str
    """The table's name inside the file it was written to."""
    path: str
    """The DuckDB file, or the Parquet file that stays in place."""
    store: Literal["duckdb", "parquet"] = "duckdb"
    rows: int
    columns: tuple[TableColumn, ...]
    parsed: Parsed
    problems: tuple[Problem, ...] = ()
    fingerprint: str
    """Hash of the content: equal content, equal fingerprint."""


class Table(Model):
    """One queryable table of a session."""

    name: str
    dataset_id: str
    source: str
    """What the user gave: a file name, a URL, a variable's name, or the question it came from."""
    rows: int
    columns: tuple[TableColumn, ...]
    parsed: Parsed
    problems: tuple[Problem, ...] = ()
    fingerprint: str
    path: str
    inner: str
    store: Literal["duckdb", "parquet"] = "duckdb"
    profile: tuple[ColumnProfile, ...] | None = None
    """The full profile, once computed."""

    @property
    def visible(self) -> tuple[TableColumn, ...]:
        return tuple(column for column in self.columns if not column.hidden)

    def column(self, name: str) -> TableColumn | None:
        """The column of that name, case ignored."""
        wanted = name.casefold()
        return next((c for c in self.columns if c.name.casefold() == wanted), None)


class Dataset(Model):
    """A file or frame as the user gave it, with its tables."""

    id: str
    name: str
    """The file's name, or the variable's."""
    source: str
    format: Format
    size: int
    """Bytes of the source; 0 for a frame."""
    options: ReadOptions = ReadOptions()
    """How it was asked to be read; the same options read the same file alike."""
    tables: tuple[Table, ...]


class Link(Model):
    """A likely join: `left_table.left_column = right_table.right_column`."""

    left_table: str
    left_column: str
    right_table: str
    right_column: str
    right_unique: bool
    """Each value stands at most once on the right: the join cannot multiply rows of the left."""
    overlap: float
    """Share of the left's distinct values that the right holds, 0 to 1."""


class Distinct(Model):
    """The distinct values of a column, as text, with how often each occurs; most frequent first."""

    table: str
    column: str
    values: tuple[tuple[Wire, int], ...]
    complete: bool
