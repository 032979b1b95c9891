"""The DuckDB runner: checked SQL over a session's tables, in locked in-memory instances."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from ..types.dataset import ROW_NUMBER, Distinct, TableColumn
from ..types.errors import QueryFailed
from ..types.operations import Operation
from ..types.profile import ColumnProfile
from ..types.result import Condition, ExportFormat, Page
from ..types.session import Limits
from ..types.sql import quoted
from ..types.values import Wire, encode
from .instance import Instance, Resources, explained
from .messages import LIMITS, Executed
from .results import InMemory, Results
from .rows import Field, columns, fields
from .runner import Look, Made, TableFile
from .runs import Run
from .sandbox import memory_mb

FOR_QUERIES, FOR_RESULTS = 0.7, 0.3
"""How the memory is shared between checked SQL and our own."""


class DuckDBRunner:
    """The `Runner` over DuckDB, in the process where it is made: normally a sandboxed worker.

    `in_place` says that files outside the session's folder are read-only to this process, so that
    a Parquet file may be queried where it lies; else it is copied into memory.
    """

    def __init__(self, folder: Path, limits: Limits = LIMITS, *, in_place: bool = False) -> None:
        spill = folder / "scratch" / f"spill-{os.getpid()}"
        spill.mkdir(parents=True, exist_ok=True)
        memory = memory_mb(limits)
        self._resources = Resources(
            memory_mb=int(memory * FOR_QUERIES),
            threads=limits.threads,
            disk_mb=limits.disk_mb,
            spill=str(spill / "queries"),
        )
        ours = {"memory_mb": int(memory * FOR_RESULTS), "spill": str(spill / "results")}
        self._results = Results(folder, self._resources.model_copy(update=ours))
        self._in_place = in_place
        self._lock = threading.RLock()
        self._runs: dict[str, Run] = {}
        self._instance: Instance | None = None

    def use(self, tables: Sequence[TableFile]) -> None:
        for table in tables:
            self._results.finish_file(Path(table.path))
        with self._lock:
            if self._instance is not None and self._instance.tables == tuple(tables):
                return
            fresh = self._open(tables)
            if self._instance is not None:
                self._instance.retire()
            self._instance = fresh

    def step(self, run: str, name: str, sql: str, params: Mapping[str, Wire]) -> Made:
        return self._run(run).step(name, sql, params)

    def operate(self, run: str, name: str, sql: str, operation: Operation) -> Made:
        return self._run(run).operate(name, sql, operation)

    def look(self, run: str, sql: str, params: Mapping[str, Wire], limit: int) -> Look:
        return self._run(run).look(sql, params, limit)

    def keep(self, run: str, name: str, result: str) -> None:
        kept = self._run(run)
        if name not in kept.made:
            raise QueryFailed(f"The question made no table {name!r}.", code="unknown_table")
        with self._lock:
            self._runs.pop(run)
        kept.drop(keep=name)
        self._results.keep(result, InMemory(kept.instance, kept.stored(name), kept.drop))

    def drop(self, run: str) -> None:
        with self._lock:
            dropped = self._runs.pop(run, None)
        if dropped is not None:
            dropped.stop()
            dropped.drop()

    def restore(self, run: str, tables: Sequence[TableFile], steps: Sequence[Executed]) -> None:
        """Make a run of a lost worker again: its tables, then its executed steps, in order."""
        with self._lock:
            instance = self._instance
            if instance is None or instance.tables != tuple(tables):
                instance = self._open(tables)
            self._runs[run] = Run(run, instance)
            if instance is not self._instance:
                instance.retire()
        for step in steps:
            if step.operation is None:
                self.step(run, step.name, step.sql, step.params)
            else:
                self.operate(run, step.name, step.sql, step.operation)

    def page(
        self,
        result: str,
        offset: int,
        limit: int,
        sort: Sequence[str] = (),
        where: Sequence[Condition] = (),
    ) -> Page:
        return self._results.page(result, offset, limit, sort, where)

    def arrow(self, result: str, sort: Sequence[str] = (), where: Sequence[Condition] = ()) -> str:
        return self._results.arrow(result, sort, where)

    def export(
        self,
        result: str,
        format: ExportFormat,
        sort: Sequence[str] = (),
        where: Sequence[Condition] = (),
        on_progress: Callable[[float], None] | None = None,
    ) -> tuple[str, ...]:
        return self._results.export(result, format, sort, where, on_progress)

    def finish(self, result: str) -> None:
        """Return when the result's file is there; raises what kept it from being written."""
        self._results.finish(result)

    def forget(self, result: str) -> None:
        self._results.forget(result)

    def distinct(self, table: str, column: str, limit: int) -> Distinct:
        name = quoted(column)
        with self._reading() as cursor:
            rows = cursor.execute(
                f"select cast({name} as varchar) as value, count(*) as times "
                f"from main.{quoted(table)} where {name} is not null "
                f"group by 1 order by times desc, value limit {limit + 1}"
            ).fetchall()
        values = tuple((encode(value), times) for value, times in rows[:limit])
        return Distinct(table=table, column=column, values=values, complete=len(rows) <= limit)

    def profile(self, table: str) -> tuple[ColumnProfile, ...]:
        from .profile import profile

        with self._reading() as cursor:
            shown = columns(_shown(cursor, table))
            told = [TableColumn(name=column.name, type=column.type) for column in shown]
            return profile(cursor, f"main.{quoted(table)}", told)

    def cancel(self, run: str) -> None:
        with self._lock:
            stopped = self._runs.get(run)
        if stopped is not None:
            stopped.stop()

    def close(self) -> None:
        """Finish the files of all results, then end."""
        self._results.close()
        with self._lock:
            if self._instance is not None:
                self._instance.retire()
            self._instance = None

    def _open(self, tables: Sequence[TableFile]) -> Instance:
        """A fresh instance; while the one before it has runs, the two share the memory."""
        share = 2 if self._instance is not None and self._instance.busy else 1
        resources = self._resources.model_copy(
            update={"memory_mb": self._resources.memory_mb // share}
        )
        return Instance(tables, resources, in_place=self._in_place)

    def _current(self) -> Instance:
        if self._instance is None:
            self._instance = self._open(())
        return self._instance

    def _run(self, run: str) -> Run:
        with self._lock:
            if run not in self._runs:
                self._runs[run] = Run(run, self._current())
            return self._runs[run]

    @contextmanager
    def _reading(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor on the current tables, for our own statements."""
        with self._lock:
            instance = self._current()
            instance.acquire()
        try:
            with explained(instance.cursor()) as cursor:
                yield cursor
        finally:
            instance.release()


def _shown(cursor: duckdb.DuckDBPyConnection, table: str) -> list[Field]:
    cursor.execute(f"select * from main.{quoted(table)} limit 0")
    return [field for field in fields(cursor.description) if field.name != ROW_NUMBER]
