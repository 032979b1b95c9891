"""What executes steps: a Protocol of few verbs. DuckDB is its first runner; no caller names it.

The same verbs are spoken twice: by a runner inside the worker process (`worker/duckdb.py`), and by
`worker/process.py`, which passes each over the pipe and gives back the same models, so the engine
can be tested over either. A *run* is one question being answered; its intermediate tables live in
the worker until `keep` or `drop`. A *result* is a kept table with an id, read page by page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, Protocol

from ..types.base import Model
from ..types.dataset import Distinct
from ..types.operations import Operation
from ..types.operations.base import Assumption
from ..types.profile import ColumnProfile
from ..types.result import Condition, ExportFormat, Page
from ..types.values import Column, Row, Wire


class TableFile(Model):
    """Where a queryable table is stored, and the name questions use for it."""

    name: str
    path: str
    inner: str = ""
    """The table's name inside a DuckDB file."""
    store: Literal["duckdb", "parquet"] = "duckdb"


class Made(Model):
    """A table of a run, as a step made it."""

    columns: tuple[Column, ...]
    rows: int
    seconds: float
    preview: tuple[Row, ...]
    """The first rows, at most `PREVIEW_ROWS`."""
    reading: str = ""
    """What a named operation says of them in plain words."""
    assumptions: tuple[Assumption, ...] = ()
    """What a named operation rests on."""
    given: int = 0
    """Rows that a named operation was given."""


class Look(Model):
    """Rows of a bounded read that keeps nothing."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    more: bool
    """There were rows beyond the limit."""


class Runner(Protocol):
    """Tables in, step, look, keep, page, export, cancel, close. Thread-safe: many runs at once.

    Every verb raises the errors of `types.errors`: `QueryFailed` for a statement that fails,
    `Cancelled` after `cancel`, `WorkerLost` when the process behind it died.
    """

    def use(self, tables: Sequence[TableFile]) -> None:
        """These are the tables from now on, each under its name; running runs keep the old ones."""

    def step(self, run: str, name: str, sql: str, params: Mapping[str, Wire]) -> Made:
        """Run checked SQL as a step: its rows become the run's table `name`."""

    def operate(self, run: str, name: str, sql: str, operation: Operation) -> Made:
        """Run a named operation on the rows of checked SQL; what it gives becomes `name`."""

    def look(self, run: str, sql: str, params: Mapping[str, Wire], limit: int) -> Look:
        """Run checked SQL and give its first `limit` rows; nothing is kept."""

    def keep(self, run: str, name: str, result: str) -> None:
        """The run's table `name` becomes the result `result`, on disk too; the run is over."""

    def drop(self, run: str) -> None:
        """Forget a run and its tables. A run that is not known is no error."""

    def page(
        self,
        result: str,
        offset: int,
        limit: int,
        sort: Sequence[str] = (),
        where: Sequence[Condition] = (),
    ) -> Page:
        """Rows of a result; `sort`: column names, "-name" descending, nulls last, ties by row."""

    def arrow(self, result: str, sort: Sequence[str] = (), where: Sequence[Condition] = ()) -> str:
        """Path of an Arrow IPC file of the whole result, in the session's scratch folder."""

    def export(
        self,
        result: str,
        format: ExportFormat,
        sort: Sequence[str] = (),
        where: Sequence[Condition] = (),
        on_progress: Callable[[float], None] | None = None,
    ) -> tuple[str, ...]:
        """Paths of the exported file(s) in the session's scratch folder; the caller moves them."""

    def forget(self, result: str) -> None:
        """Delete a result and its files."""

    def distinct(self, table: str, column: str, limit: int) -> Distinct:
        """Distinct values of a column of a table, most frequent first, with their counts."""

    def profile(self, table: str) -> tuple[ColumnProfile, ...]:
        """The full profile of a table: every column, readings too, but for the row number."""

    def cancel(self, run: str) -> None:
        """Stop a run: its pending verb raises `Cancelled` at once; nothing else is disturbed."""

    def close(self) -> None:
        """End; idempotent."""
