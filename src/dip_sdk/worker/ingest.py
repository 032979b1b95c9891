"""Reads one upload into one DuckDB file: every table of it, typed, in file order, told about."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..types.dataset import Format, ReadOptions, TableReport
from ..types.errors import DataError
from ..types.values import unique_names
from .messages import IngestRequest
from .readers.base import MEMORY_MB, Job, Staged, literal

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Progress = Callable[[float, str], None]
GROUP_ROWS = 30 * 2048
"""Rows of a block that is compressed at once: half of DuckDB's, so that no thread waits long."""


def ingest(request: IngestRequest, progress: Progress) -> tuple[TableReport, ...]:
    """Write `<folder>/<dataset_id>.duckdb` with a table for each one the source holds.

    Raises `DataError` for a source that is missing, empty, damaged or no table, with the line and
    the column where they are known.
    """
    source, folder = Path(request.source), Path(request.folder)
    _readable(source, request.name)
    target = folder / f"{request.dataset_id}.duckdb"
    part = folder / f"{request.dataset_id}.part"
    scratch = folder / f"{request.dataset_id}.tmp"
    scratch.mkdir(parents=True, exist_ok=True)
    try:
        with _database(part, scratch) as con:
            job = Job(con, source, request.name, request.options, scratch, progress)
            with ThreadPoolExecutor(1) as pool:
                digest = pool.submit(_digest, source, request.options)
                reports = _stored(job, digest.result)
        if any(not report.path for report in reports):
            part.replace(target)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
        part.unlink(missing_ok=True)
    return tuple(r if r.path else r.model_copy(update={"path": str(target)}) for r in reports)


def _readable(source: Path, name: str) -> None:
    if not source.exists():
        raise DataError(
            f"There is no file '{name}'.", hint="Check the path and its spelling.", file=name
        )
    if source.is_dir():
        raise DataError(
            f"'{name}' is a folder.", hint="Give its files, for example with *.csv.", file=name
        )
    if not os.access(source, os.R_OK):
        raise DataError(f"'{name}' may not be read.", hint="Check its permissions.", file=name)
    if source.stat().st_size == 0:
        raise DataError(
            f"'{name}' is empty.", hint="Check that the export wrote its rows.", file=name
        )


@contextmanager
def _database(part: Path, scratch: Path) -> Iterator[DuckDBPyConnection]:
    """A connection with the new file attached as `store`; stages stay in memory, or spill."""
    import duckdb

    part.unlink(missing_ok=True)
    con = duckdb.connect(
        config={
            "memory_limit": f"{MEMORY_MB}MB",
            "temp_directory": str(scratch / "spill"),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
    )
    try:
        con.execute("set timezone = 'UTC'")
        con.execute(f"attach {literal(str(part))} as store (row_group_size {GROUP_ROWS})")
        yield con
        con.execute("detach store")
    finally:
        con.close()


def _digest(source: Path, options: ReadOptions) -> str:
    """The identity of a source and of how it shall be read."""
    with source.open("rb") as file:
        content = hashlib.file_digest(file, "sha256").hexdigest()
    return content + options.model_dump_json(exclude={"in_place"})


def _stored(job: Job, digest: Callable[[], str]) -> list[TableReport]:
    """The tables, with what the engine itself refuses told in our words."""
    import duckdb

    try:
        return _tables(job, digest)
    except duckdb.OutOfMemoryException as error:
        raise job.error(
            "The file needs more memory than its reader may use.",
            hint="Save it as Parquet, or split it.",
        ) from error
    except duckdb.Error as error:
        reason = str(error).partition("\n")[0]
        raise job.error(
            f"The file could not be read: {reason[:200]}", hint="Check it, or export it again."
        ) from error


def _tables(job: Job, digest: Callable[[], str]) -> list[TableReport]:
    from .readers.finish import finish

    reports: list[TableReport] = []
    job.progress(0.05, "Looking at the file")
    for reader, staged in _staged(job):
        job.progress(0.7, f"Storing table {len(reports) + 1}")
        reports.append(finish(reader, staged, digest))
    if not reports:
        raise job.error("There is no table in the file.", hint="Check that it has rows.")
    names = unique_names(report.name for report in reports)
    return [r.model_copy(update={"name": n}) for r, n in zip(reports, names, strict=True)]


def _staged(job: Job) -> Iterator[tuple[Job, Staged]]:
    """The tables of a file, of the one inside it, or of each member of an archive."""
    from .readers.archives import unpack
    from .readers.formats import packing

    packed = packing(job.path)
    if packed is None:
        yield from ((job, staged) for staged in _read(job))
        return
    job.progress(0.1, "Unpacking")
    members = unpack(job, packed)
    for path in members:
        inner = replace(job, path=path, notes=[f"Read from inside the archive: {path.name}."])
        for staged in _read(inner):
            yield inner, _of_member(staged, path) if len(members) > 1 else staged


def _of_member(staged: Staged, path: Path) -> Staged:
    """Tables of an archive's members are told apart by the members' names."""
    return replace(staged, suffix=" ".join(filter(None, (path.stem, staged.suffix))))


def _read(job: Job) -> list[Staged]:
    """The tables of a file that is not compressed, by the reader of its format."""
    from .readers.formats import detect

    return _reader(detect(job))(job)


def _reader(format: Format) -> Callable[[Job], list[Staged]]:
    if format == "csv":
        from .readers.csv import read
    elif format == "excel":
        from .readers.excel import read
    elif format == "parquet":
        from .readers.parquet import read
    elif format == "frame":
        from .readers.frame import read
    else:
        from .readers.json import read
    return read
