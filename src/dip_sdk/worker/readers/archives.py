"""Compressed uploads, inflated in a stream under a budget of bytes and of ratio."""

from __future__ import annotations

import gzip
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import IO

from .base import Job
from .formats import Packing, packing

BLOCK = 1 << 20
RATIO = 200
"""Text rarely shrinks more than this; a bomb does."""
FREE = 64 << 20
"""So much may come out whatever the ratio."""
TOTAL = 20 << 30
MEMBERS = 1_000
SKIPPED = ("thumbs.db", "desktop.ini")


def unpack(job: Job, kind: Packing) -> list[Path]:
    """The files inside a compressed one, in its order, inflated into the job's scratch folder."""
    if kind == "zip":
        return _members(job)
    target = job.scratch / _inner_name(job, kind)
    opener = _gzip if kind == "gz" else _zstd
    try:
        with opener(job.path) as source:
            _inflate(job, source, target, job.path.stat().st_size)
    except (EOFError, OSError, zlib.error) as error:
        raise _broken(job) from error
    if packing(target):
        raise job.error("The file is compressed twice.", hint="Unpack it once and try again.")
    return [target]


def _inner_name(job: Job, kind: Packing) -> str:
    name = PurePath(job.name).name
    stem = re.sub(rf"(?i)\.(?:{kind}|gzip|zstd)$", "", name) or "content"
    return PurePath(stem).name[-100:]


def _broken(job: Job) -> Exception:
    return job.error("The compressed file is damaged.", hint="Fetch or compress it again.")


@contextmanager
def _gzip(path: Path) -> Iterator[IO[bytes]]:
    with gzip.open(path, "rb") as file:
        yield file  # type: ignore[misc]


@contextmanager
def _zstd(path: Path) -> Iterator[IO[bytes]]:
    import pyarrow as pa

    with pa.OSFile(str(path), "rb") as raw, pa.CompressedInputStream(raw, "zstd") as stream:
        yield stream


def _inflate(job: Job, source: IO[bytes], target: Path, packed: int) -> int:
    """Write what comes out, counting while it does. Raises `DataError` beyond the budget."""
    budget = min(TOTAL, max(FREE, RATIO * packed))
    size = 0
    with target.open("wb") as out:
        while block := source.read(BLOCK):
            size += len(block)
            if size > budget:
                raise too_large(job, budget)
            out.write(block)
    return size


def too_large(job: Job, budget: int) -> Exception:
    """What is said of a file that grows beyond its budget."""
    return job.error(
        f"The compressed file grows beyond {budget >> 20} MB, {RATIO} times its size.",
        hint="If this is meant, unpack it first and give the file inside.",
    )


def _members(job: Job) -> list[Path]:
    try:
        with zipfile.ZipFile(job.path) as archive:
            wanted = [m for m in archive.infolist() if not m.is_dir() and not _skipped(m.filename)]
            if not wanted:
                raise job.error("The archive is empty.", hint="Check how it was made.")
            if len(wanted) > MEMBERS:
                message = f"The archive holds {len(wanted)} files; at most {MEMBERS} are read."
                raise job.error(message, hint="Give the files that matter.")
            return [_member(job, archive, m, i) for i, m in enumerate(wanted)]
    except (zipfile.BadZipFile, EOFError, OSError, zlib.error, NotImplementedError) as error:
        raise _broken(job) from error


def _skipped(name: str) -> bool:
    """What file managers add."""
    path = PurePath(name)
    hidden = path.name.startswith(".") or path.name.lower() in SKIPPED
    return hidden or "__MACOSX" in path.parts


def _member(job: Job, archive: zipfile.ZipFile, member: zipfile.ZipInfo, number: int) -> Path:
    if member.flag_bits & 1:
        raise job.error(
            "The archive is protected by a password.", hint="Unpack it and give the files inside."
        )
    folder = job.scratch / f"member_{number}"
    folder.mkdir()
    target = folder / (PurePath(member.filename).name[-100:] or "content")
    with archive.open(member) as source:
        _inflate(job, source, target, max(1, member.compress_size))
    return target
