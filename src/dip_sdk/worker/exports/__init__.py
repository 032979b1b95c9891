"""Writes the rows of a select as a CSV, Excel, JSON or Parquet file, in constant memory.

CSV, JSON and Parquet are DuckDB's own COPY over prepared columns; Excel is written from a stream.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ...types.result import ExportFormat
from ...types.values import Column
from .files import write_csv, write_json, write_parquet
from .source import Report, Source
from .workbook import write_workbook

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

WRITERS: dict[ExportFormat, Callable[[Source, Path, Report], None]] = {
    "csv": write_csv,
    "xlsx": write_workbook,
    "json": write_json,
    "parquet": write_parquet,
}


def export(
    con: DuckDBPyConnection,
    source: str,
    columns: Sequence[Column],
    stem: Path,
    format: ExportFormat,
    on_progress: Report = None,
    *,
    safe: bool = True,
) -> tuple[Path, ...]:
    """Write the rows of the select `source` to `stem` with the format's ending; give the paths.

    `columns` name the columns of `source` in order; `con` must be allowed to write files.
    `on_progress` is told the share that is done, from 0 to 1. `safe` puts a `'` before every text
    and header of a CSV that a spreadsheet would run as a formula. When it fails, or is stopped by
    the connection's `interrupt`, no file is left and the error of DuckDB or the writer is raised;
    `DataError` says that the rows do not fit the format.
    """
    path = stem.with_name(f"{stem.name}.{format}")
    prepared = Source(con, source, tuple(column.name for column in columns), safe)
    con.execute("set enable_progress_bar = true")  # which by itself draws on stdout, so
    con.execute("set enable_progress_bar_print = false")  # in this order
    try:
        WRITERS[format](prepared, path, on_progress)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    if on_progress:
        on_progress(1.0)
    return (path,)
