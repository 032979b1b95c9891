"""DuckDB instances: the locked one that runs checked SQL, and the settings of all of ours.

Everything is set with SET GLOBAL, for a plain SET is not inherited by cursors. After the lock no
file, extension, setting or Python variable can be reached; what the locked instance still allows
(ATTACH ':memory:', DETACH, catalog views, `query()`) the guard refuses.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from ..types.base import Model
from ..types.dataset import ROW_NUMBER
from ..types.errors import DataError
from ..types.sql import literal, quoted
from .failures import explain
from .rows import fields
from .runner import TableFile


class Resources(Model):
    """What one instance may use."""

    memory_mb: int
    threads: int
    """0: as many as there are processors."""
    disk_mb: int
    spill: str
    """Folder of its temporary files."""


CLOSED = {
    "enable_external_access": False,
    "lock_configuration": True,
}
"""Set last, in this order."""


def settings(resources: Resources) -> dict[str, object]:
    """The settings of every instance of ours."""
    wanted: dict[str, object] = {
        "memory_limit": f"{resources.memory_mb}MiB",
        "temp_directory": resources.spill,
        "max_temp_directory_size": f"{resources.disk_mb}MiB",
        "TimeZone": "UTC",
        "preserve_insertion_order": True,
        "python_enable_replacements": False,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "allow_community_extensions": False,
        "allow_persistent_secrets": False,
        "enable_external_file_cache": False,
    }
    return wanted | ({"threads": resources.threads} if resources.threads else {})


def connect(resources: Resources) -> duckdb.DuckDBPyConnection:
    """An in-memory instance, not locked: for our own statements only."""
    connection = duckdb.connect()
    for name, value in settings(resources).items():
        _set(connection, name, value)
    return connection


class Shared:
    """A connection of many threads: it gives out cursors, for two calls at once are refused."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._lock = threading.Lock()

    def cursor(self) -> duckdb.DuckDBPyConnection:
        with self._lock:
            return self._connection.cursor()

    def close(self) -> None:
        """End it and its cursors, none of which may be in use."""
        with self._lock:
            self._connection.close()


class Instance:
    """A locked in-memory instance over the tables of a moment, alive until its users end."""

    def __init__(
        self, tables: Sequence[TableFile], resources: Resources, *, in_place: bool = False
    ) -> None:
        self.tables = tuple(tables)
        self._lock = threading.Lock()
        self._users = 0
        self._retired = False
        self._connection = connect(resources)
        try:
            self._open(in_place)
        except duckdb.Error as error:
            self._connection.close()
            raise DataError(
                "The session's tables could not be opened.",
                hint="Upload the file again.",
                code="tables_unreadable",
            ) from explain(error)
        self._shared = Shared(self._connection)

    def cursor(self) -> duckdb.DuckDBPyConnection:
        return self._shared.cursor()

    @property
    def busy(self) -> bool:
        return self._users > 0

    def acquire(self) -> None:
        """One more run, or one more writer, lives on this instance."""
        with self._lock:
            self._users += 1

    def release(self) -> None:
        with self._lock:
            self._users -= 1
        self._end_if_unused()

    def retire(self) -> None:
        """Another took its place: it ends with the last of its users."""
        self._retired = True
        self._end_if_unused()

    def _end_if_unused(self) -> None:
        with self._lock:
            if self._retired and not self._users:
                self._shared.close()

    def _open(self, in_place: bool) -> None:
        attached: dict[str, str] = {}
        for table in self.tables:
            if table.store == "parquet":
                self._open_parquet(table, in_place)
            else:
                alias = attached.get(table.path) or f"file_{len(attached)}"
                if table.path not in attached:
                    attach(self._connection, Path(table.path), alias)
                    attached[table.path] = alias
                self._view(table.name, f"{alias}.main.{quoted(table.inner)}", "rowid")
        places = [t.path for t in self.tables if t.store == "parquet"] if in_place else []
        self._connection.execute(f"set global allowed_paths = [{', '.join(map(literal, places))}]")
        for name, value in CLOSED.items():
            _set(self._connection, name, value)

    def _open_parquet(self, table: TableFile, in_place: bool) -> None:
        """In place only where the sandbox makes the file read-only: `allowed_paths` does not."""
        source = f"read_parquet({literal(table.path)})"
        if not in_place:
            copy = f"memory.main.{quoted('parquet ' + table.name)}"
            self._connection.execute(f"create table {copy} as from {source}")
            self._view(table.name, copy, "rowid")
            return
        self._view(table.name, source, "file_row_number")

    def _view(self, name: str, source: str, row_number: str) -> None:
        probe = self._connection.execute(f"select * from {source} limit 0")
        names = [field.name for field in fields(probe.description)]
        shown = ", ".join(quoted(name) for name in names if name.casefold() != ROW_NUMBER)
        self._connection.execute(
            f"create view main.{quoted(name)} as "
            f"select {shown}, {row_number} as {quoted(ROW_NUMBER)} from {source}"
        )


def attach(connection: duckdb.DuckDBPyConnection, file: Path, alias: str) -> None:
    """Open a DuckDB file read-only under a name."""
    connection.execute(f"attach {literal(str(file))} as {alias} (read_only)")


@contextmanager
def explained(
    cursor: duckdb.DuckDBPyConnection, sql: str = ""
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The cursor, closed in the end; DuckDB's errors become ours."""
    try:
        yield cursor
    except duckdb.Error as error:
        raise explain(error, sql) from None
    finally:
        cursor.close()


def only_row(
    cursor: duckdb.DuckDBPyConnection, sql: str, params: Sequence[object] = ()
) -> tuple[Any, ...]:
    """The one row of a statement. Read to its end, or its transaction would stay open."""
    ((*values,),) = cursor.execute(sql, list(params)).fetchall()
    return tuple(values)


def _set(connection: duckdb.DuckDBPyConnection, name: str, value: object) -> None:
    written = str(value).lower() if isinstance(value, (bool, int)) else literal(str(value))
    connection.execute(f"set global {name} = {written}")
