"""A run inside the worker: its schema in the in-memory catalog, and the steps that fill it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import duckdb

from ..types.errors import QueryFailed
from ..types.operations import Operation
from ..types.result import PREVIEW_ROWS
from ..types.sql import quoted
from ..types.values import Wire
from .instance import Instance, explained, only_row
from .rows import (
    WIDER,
    Field,
    columns,
    decode,
    fields,
    is_huge,
    reading,
    stored_names,
    stored_type,
)  # fmt: skip
from .runner import Look, Made
from .stats import Data, operate
from .stored import Stored, look_at

TAKEN = "_dip_taken"
"""The name under which computed rows enter the engine."""
STOPPING = 1.0
"""Seconds for which a run is told again and again to stop: an interrupt between two statements is
lost."""


class Run:
    """The tables of one question, on the instance it began with."""

    def __init__(self, name: str, instance: Instance) -> None:
        self.name = name
        self.instance = instance
        self.made: dict[str, Made] = {}
        self._cursors: set[duckdb.DuckDBPyConnection] = set()
        self._idle = threading.Condition()
        instance.acquire()
        with self.cursor() as cursor:
            cursor.execute(f"create schema {quoted(name)}")

    def table(self, name: str) -> str:
        """Its table of that name in SQL."""
        return f"{quoted(self.name)}.{quoted(name)}"

    def step(self, name: str, sql: str, params: Mapping[str, Wire]) -> Made:
        """Run a checked statement; its rows become the table `name`."""
        with self.cursor(sql) as cursor:
            return self._make(cursor, name, sql, params)

    def operate(self, name: str, sql: str, operation: Operation) -> Made:
        """Run a named operation on the rows of a statement; what it gives becomes `name`."""
        started = time.perf_counter()
        with self.cursor(sql) as cursor:
            data = Data(cursor.sql(sql).to_arrow_table())
            outcome = operate(operation, data)
            cursor.register(TAKEN, outcome.table)
            made = self._make(cursor, name, f"select * from {TAKEN}", {})
            cursor.unregister(TAKEN)
        self.made[name] = made.model_copy(
            update={
                "seconds": time.perf_counter() - started,
                "reading": outcome.reading,
                "assumptions": outcome.assumptions,
                "given": data.table.num_rows,
            }
        )
        return self.made[name]

    def stored(self, name: str) -> Stored:
        """A table that it made, as a result knows it."""
        with self.cursor() as cursor:
            return look_at(cursor, self.table(name), self.made[name].columns)

    def look(self, sql: str, params: Mapping[str, Wire], limit: int) -> Look:
        """The first rows of a checked statement; nothing is kept."""
        with self.cursor(sql) as cursor:
            given = _describe(cursor, sql, params)
            renamed = _named(given)
            rows = cursor.execute(
                f"select {reading(renamed, 't')} from {_source(sql, renamed)} limit {limit + 1}",
                dict(params),
            ).fetchall()
        return Look(
            columns=columns(renamed), rows=decode(renamed, rows[:limit]), more=len(rows) > limit
        )

    def stop(self) -> None:
        """Interrupt what runs now, until it has stopped or `STOPPING` seconds are over."""
        doomed = set(self._cursors)
        deadline = time.monotonic() + STOPPING
        while (left := doomed & self._cursors) and time.monotonic() < deadline:
            for cursor in left:
                cursor.interrupt()
            with self._idle:
                self._idle.wait(0.02)

    def drop(self, keep: str | None = None) -> None:
        """Forget its tables, but for the one to keep, as soon as none of its statements runs."""
        with self._idle:
            self._idle.wait_for(lambda: not self._cursors)
        doomed = [name for name in self.made if name != keep]
        with explained(self.instance.cursor()) as cursor:
            for name in doomed:
                cursor.execute(f"drop table if exists {self.table(name)}")
            if keep is None:
                cursor.execute(f"drop schema if exists {quoted(self.name)} cascade")
        if keep is None:
            self.instance.release()

    @contextmanager
    def cursor(self, sql: str = "") -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor that `stop` reaches."""
        cursor = self.instance.cursor()
        self._cursors.add(cursor)
        try:
            with explained(cursor, sql):
                yield cursor
        finally:
            with self._idle:
                self._cursors.discard(cursor)
                self._idle.notify_all()

    def _make(
        self, cursor: duckdb.DuckDBPyConnection, name: str, sql: str, params: Mapping[str, Wire]
    ) -> Made:
        started = time.perf_counter()
        stored = self._create(cursor, name, sql, params)
        table = self.table(name)
        counts = _count(cursor, table, stored)
        preview = cursor.execute(
            f"select {reading(stored, 't')} from {table} t limit {PREVIEW_ROWS}"
        ).fetchall()
        self.made[name] = Made(
            columns=columns(stored, counts[1:]),
            rows=counts[0],
            seconds=time.perf_counter() - started,
            preview=decode(stored, preview),
        )
        return self.made[name]

    def _create(
        self, cursor: duckdb.DuckDBPyConnection, name: str, sql: str, params: Mapping[str, Wire]
    ) -> tuple[Field, ...]:
        given = _describe(cursor, sql, params)
        names = stored_names(given)
        widths = WIDER if any(is_huge(field.type) for field in given) else WIDER[:1]
        for whole in widths:
            try:
                cursor.execute(self._creation(name, sql, given, names, whole), dict(params))
                break
            except (duckdb.ConversionException, duckdb.OutOfRangeException):
                if whole == widths[-1]:
                    raise
        table = cursor.execute(f"select * from {self.table(name)} limit 0")
        return fields(table.description)

    def _creation(
        self, name: str, sql: str, given: Sequence[Field], names: Sequence[str], whole: str
    ) -> str:
        items = (
            f"cast(t.c{i} as {stored_type(field.type, whole)}) as {quoted(column)}"
            for i, (field, column) in enumerate(zip(given, names, strict=True))
        )
        positions = ", ".join(f"c{i}" for i in range(len(given)))
        return (
            f"create or replace table {self.table(name)} as "
            f"select {', '.join(items)} from (\n{sql}\n) as t({positions})"
        )


def _describe(
    cursor: duckdb.DuckDBPyConnection, sql: str, params: Mapping[str, Wire]
) -> tuple[Field, ...]:
    """The columns a statement has, without running it; refused unless it is one SELECT."""
    if not _is_one_select(cursor, sql):
        raise QueryFailed("A step is one SELECT and nothing else.", code="not_a_select", sql=sql)
    cursor.execute(f"(\n{sql}\n) limit 0", dict(params))
    if not (given := fields(cursor.description)):
        raise QueryFailed("The statement has no columns.", sql=sql)
    return given


def _is_one_select(cursor: duckdb.DuckDBPyConnection, sql: str) -> bool:
    """Else it could close the parenthesis that a step is put in, and go on with anything."""
    try:
        (statement,) = cursor.extract_statements(sql)
        return statement.type == duckdb.StatementType.SELECT
    except ValueError:  # several, or one of a type that the Python client does not know
        return False


def _named(given: Sequence[Field]) -> tuple[Field, ...]:
    pairs = zip(stored_names(given), given, strict=True)
    return tuple(Field(name, field.type) for name, field in pairs)


def _source(sql: str, named: Sequence[Field]) -> str:
    return f"(\n{sql}\n) as t({', '.join(quoted(field.name) for field in named)})"


def _count(
    cursor: duckdb.DuckDBPyConnection, table: str, stored: Sequence[Field]
) -> tuple[int, ...]:
    """Rows of the table, then for each column how many values no JSON number can hold."""
    odd = (
        f"count(*) filter (where not isfinite(t.{quoted(field.name)}))"
        if str(field.type) in ("DOUBLE", "FLOAT")
        else "0"
        for field in stored
    )
    return only_row(cursor, f"select count(*), {', '.join(odd)} from {table} t")
