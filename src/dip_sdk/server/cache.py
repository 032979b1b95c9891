"""Files of sessions by their content, kept on the disk of a machine while there is room."""

from __future__ import annotations

import hashlib
import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from ..types.base import Model


class Blob(Model):
    """A file, whatever it is called."""

    sha256: str
    size: int


class Damaged(Exception):
    """What was fetched is not what was stored."""


class Cache:
    """Each file once, under its session and its SHA-256. Processes of a machine may share it.

    A session has its own, although equal files of two would fit into one: it ends with its session,
    and nobody learns from the time it takes whether somebody else has the same file. The files are
    linked, not copied, so what an open session uses takes no room of its own.
    """

    def __init__(self, folder: Path, most: int) -> None:
        self._folder = folder
        self._most = most

    def adopt(self, room: str, path: Path) -> tuple[Blob, Path]:
        """Keep a file as it is now; gives (its identity, where it is kept)."""
        part = self._part(room)
        _link(path, part)
        with part.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        blob = Blob(sha256=digest, size=part.stat().st_size)
        kept = self._path(room, blob)
        part.replace(kept)
        part.unlink(missing_ok=True)  # two names of one file are not renamed
        return blob, kept

    def bring(self, room: str, blob: Blob, path: Path, fetch: Callable[[Path], str]) -> None:
        """Put a file at `path`: what is kept, or what `fetch` writes, whose SHA-256 it gives.

        Raises `Damaged` where that is another file.
        """
        kept = self._path(room, blob)
        with suppress(FileNotFoundError):
            os.utime(kept)  # used now
            if kept.stat().st_size == blob.size:
                _link(kept, path)
                return
        part = self._part(room)
        try:
            if fetch(part) != blob.sha256:
                raise Damaged(blob.sha256)
            _link(part, path)
            part.replace(kept)
        finally:
            part.unlink(missing_ok=True)

    def rooms(self) -> tuple[str, ...]:
        """The sessions of which something is kept."""
        return tuple(path.name for path in _in(self._folder))

    def forget(self, room: str) -> None:
        """Delete what is kept of a session."""
        shutil.rmtree(self._folder / room, ignore_errors=True)

    def trim(self) -> int:
        """Delete what was used longest ago, until the rest may be kept; gives its bytes.

        What an open session uses is not counted: it would stay on the disk all the same.
        """
        found = []
        for path in (path for room in _in(self._folder) for path in _in(room)):
            with suppress(FileNotFoundError):
                told = path.stat()
                if told.st_nlink == 1:
                    found.append((told.st_mtime_ns, told.st_size, path))
        size = sum(one[1] for one in found)
        for _, bytes_, path in sorted(found):
            if size <= self._most:
                break
            path.unlink(missing_ok=True)
            size -= bytes_
        return size

    def _path(self, room: str, blob: Blob) -> Path:
        return self._folder / room / blob.sha256

    def _part(self, room: str) -> Path:
        folder = self._folder / room
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{uuid.uuid4().hex}.part"


def _in(folder: Path) -> Iterator[Path]:
    with suppress(FileNotFoundError):
        yield from folder.iterdir()


def _link(source: Path, target: Path) -> None:
    """Another name of a file; a copy where the disk knows no such thing."""
    try:
        target.hardlink_to(source)
    except (FileNotFoundError, FileExistsError):
        raise
    except OSError:
        shutil.copyfile(source, target)
