"""Result files: one DuckDB file a result, written whole or not at all, opened when read.

A file holds the table `result`, and its columns as the wire names them in the table `about`.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb
from pydantic import TypeAdapter

from ..types.errors import QueryFailed
from ..types.sql import literal
from ..types.values import Column
from .instance import Shared, attach, explained, only_row
from .stored import Stored, look_at

TABLE = "result"
MOST_OPEN = 32
SMALL = 20_000
"""Rows up to which a file is written in small blocks."""

_ID = re.compile(r"[\w-][\w.-]{0,199}")
_COLUMNS = TypeAdapter(tuple[Column, ...])


@dataclass
class _Open:
    """A file that is attached under a name."""

    alias: str
    table: Stored
    users: int = 0
    replaced: bool = False
    """The file behind it is another, or gone: it closes with its last user."""


class Files:
    """The result files of a folder, over a connection that may open files."""

    def __init__(self, folder: Path, connection: Shared) -> None:
        self._folder = folder
        self._connection = connection
        self._lock = threading.Lock()
        self._open: OrderedDict[str, _Open] = OrderedDict()
        self._made = 0
        folder.mkdir(parents=True, exist_ok=True)

    def path(self, result: str) -> Path:
        """Where the result's file is, or will be."""
        if not _ID.fullmatch(result):
            raise unknown(result)
        return self._folder / f"{result}.duckdb"

    def write(self, result: str, rows: duckdb.DuckDBPyRelation, table: Stored) -> None:
        """Stream the rows of the table into the result's file; it appears when it is complete."""
        path = self.path(result)
        part = path.with_suffix(".part")
        _remove(part)
        alias = self._alias()
        block = " (block_size 16384)" if table.rows <= SMALL else ""
        stream = rows.__arrow_c_stream__()
        with explained(self._connection.cursor()) as cursor:
            cursor.execute(f"attach {literal(str(part))} as {alias}{block}")
            try:
                cursor.register("incoming", stream)
                cursor.execute(f"create table {alias}.main.{TABLE} as from incoming")
                cursor.unregister("incoming")
                about = _COLUMNS.dump_json(table.columns).decode()
                cursor.execute(f"create table {alias}.main.about as select ? as columns", [about])
            except BaseException:
                cursor.execute(f"detach {alias}")
                _remove(part)
                raise
            cursor.execute(f"detach {alias}")
        with self._lock:
            self._let_go(result)
            part.replace(path)

    @contextmanager
    def open(self, result: str) -> Iterator[Stored]:
        """The table of a result, for as long as it is needed."""
        opened = self._acquire(result)
        try:
            yield opened.table
        finally:
            self._release(opened)

    def delete(self, result: str) -> None:
        path = self.path(result)
        with self._lock:
            self._let_go(result)
            _remove(path)
        _remove(path.with_suffix(".part"))

    def _acquire(self, result: str) -> _Open:
        path = self.path(result)
        with self._lock:
            opened = self._open.get(result)
            if opened is None:
                if not path.is_file():
                    raise unknown(result)
                opened = self._open[result] = self._attach(path)
            self._open.move_to_end(result)
            opened.users += 1
            return opened

    def _attach(self, path: Path) -> _Open:
        alias = f"result_{self._next()}"
        with explained(self._connection.cursor()) as cursor:
            attach(cursor, path, alias)
            (about,) = only_row(cursor, f"select columns from {alias}.main.about")
            columns = _COLUMNS.validate_json(about)
            return _Open(alias, look_at(cursor, f"{alias}.main.{TABLE}", columns))

    def _release(self, opened: _Open) -> None:
        with self._lock:
            opened.users -= 1
            if opened.replaced and not opened.users:
                self._detach(opened)
            idle = [result for result, other in self._open.items() if not other.users]
            for result in idle[: max(0, len(self._open) - MOST_OPEN)]:
                self._let_go(result)

    def _let_go(self, result: str) -> None:
        opened = self._open.pop(result, None)
        if opened is not None:
            opened.replaced = True
            if not opened.users:
                self._detach(opened)

    def _detach(self, opened: _Open) -> None:
        with explained(self._connection.cursor()) as cursor:
            cursor.execute(f"detach {opened.alias}")

    def _alias(self) -> str:
        with self._lock:
            return f"writing_{self._next()}"

    def _next(self) -> int:
        self._made += 1
        return self._made


def unknown(result: str) -> QueryFailed:
    return QueryFailed(
        f"There is no result {result!r} here (any more).",
        hint="Ask the question again.",
        code="unknown_result",
    )


def _remove(path: Path) -> None:
    for doomed in (path, path.with_name(f"{path.name}.wal")):
        with suppress(FileNotFoundError):
            doomed.unlink()
