"""CSV, JSON and Parquet by DuckDB's COPY."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING

from ...types.sql import literal
from .cells import harmless, harmless_name, kind, text, wire
from .source import Field, Report, Source, aliased

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

LOOK_SECONDS = 0.2
"""How often progress is looked up."""

INERT = {"boolean", "integer", "decimal", "double", "date", "time", "timestamp", "timestamptz"}
"""Kinds that cannot hold a formula."""


def write_csv(source: Source, path: Path, report: Report) -> None:
    """Comma-separated UTF-8 with a header; a null is empty, an empty text `""`."""
    items = [_csv_column(field, source.safe) for field in source.fields]
    _copy(source, items, path, "format csv, header true", report)


def write_json(source: Source, path: Path, report: Report) -> None:
    """An array of objects, one a row, values by the wire rules."""
    items = [aliased(wire(field.sql, field.type), field.name) for field in source.fields]
    _copy(source, items, path, "format json, array true", report)


def write_parquet(source: Source, path: Path, report: Report) -> None:
    """Parquet with the types as they are."""
    items = [aliased(field.sql, field.name) for field in source.fields]
    _copy(source, items, path, "format parquet", report)


def _csv_column(field: Field, safe: bool) -> str:
    name = harmless_name(field.name) if safe else field.name
    if kind(field.type) in INERT:
        return aliased(field.sql, name)
    cell = text(field.sql, field.type)
    return aliased(harmless(cell) if safe else cell, name)


def _copy(source: Source, items: list[str], path: Path, options: str, report: Report) -> None:
    with _watched(source.con, report) if report else nullcontext():
        source.con.execute(f"copy ({source.select(items)}) to {literal(str(path))} ({options})")


@contextmanager
def _watched(con: DuckDBPyConnection, report: Callable[[float], None]) -> Iterator[None]:
    """Report the progress of what the connection runs within, from a thread beside it."""
    report(0.0)
    con.execute("set progress_bar_time = 0")
    done = Event()
    watcher = Thread(target=_watch, args=(con, report, done), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


def _watch(con: DuckDBPyConnection, report: Callable[[float], None], done: Event) -> None:
    while not done.wait(LOOK_SECONDS):
        share = con.query_progress() / 100
        if 0 <= share < 1:
            report(share)
