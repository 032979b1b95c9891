"""Where sessions live on disk, and who holds one.

    <workdir>/sessions/<id>/{sources,tables,results,scratch,session.json,session.lock}

Named sessions last, in the platform's user data folder; unnamed ones are deleted when their client
closes, in its cache folder. A given `workdir` holds both.
"""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import socket
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ..types.errors import ConfigError

PARTS = ("sources", "tables", "results", "scratch")
UNNAMED = "tmp-"
_NAME = re.compile(r"[A-Za-z0-9][\w .-]{0,99}")


@dataclass(frozen=True)
class Folder:
    """One session's folder."""

    path: Path

    @property
    def id(self) -> str:
        return self.path.name

    @property
    def sources(self) -> Path:
        return self.path / "sources"

    @property
    def tables(self) -> Path:
        return self.path / "tables"

    @property
    def results(self) -> Path:
        return self.path / "results"

    @property
    def scratch(self) -> Path:
        return self.path / "scratch"

    @property
    def state(self) -> Path:
        return self.path / "session.json"

    def make(self) -> None:
        """Make what is missing of it; raises `ConfigError` where nothing can be made."""
        try:
            for part in PARTS:
                (self.path / part).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigError(
                f"The work folder {str(self.path.parent.parent)!r} cannot be used: "
                f"{error.strerror}.",
                hint="Choose a folder that you may write in: workdir=..., or DIP_WORKDIR.",
                code="disk_full" if error.errno == errno.ENOSPC else "not_writable",
            ) from error

    def delete(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)


class Folders:
    """The folders of all sessions under one work folder."""

    def __init__(self, workdir: Path | None) -> None:
        given = workdir.expanduser().absolute() if workdir else None
        self._named = (given or _platform("user_data_path")) / "sessions"
        self._unnamed = (given or _platform("user_cache_path")) / "sessions"

    def named(self, name: str) -> Folder:
        """The folder of a named session, whether it exists or not."""
        if not _NAME.fullmatch(name) or name.startswith(UNNAMED):
            raise ConfigError(
                f"{name!r} cannot be the name of a session.",
                hint="Use letters, digits, spaces, '.', '-' and '_', at most 100, a letter first.",
                code="session_name",
            )
        return Folder(self._named / name)

    def unnamed(self) -> Folder:
        """A fresh folder for a session that ends with its client."""
        return Folder(self._unnamed / f"{UNNAMED}{uuid.uuid4().hex[:12]}")

    @property
    def plans(self) -> Path:
        """Where plans of answered questions are kept."""
        return self._unnamed.parent / "plans"

    def __iter__(self) -> Iterator[Folder]:
        """Every session folder on disk, named and left over."""
        for root in dict.fromkeys((self._named, self._unnamed)):
            if root.is_dir():
                yield from (Folder(path) for path in sorted(root.iterdir()) if path.is_dir())

    def names(self) -> tuple[str, ...]:
        return tuple(folder.id for folder in self if not folder.id.startswith(UNNAMED))


def _platform(kind: str) -> Path:
    import platformdirs

    path: Path = getattr(platformdirs, kind)("dip", appauthor=False)
    return path


class Lock:
    """Holds a session folder for one process; a second one is told who holds it."""

    def __init__(self, folder: Folder) -> None:
        self._path = folder.path / "session.lock"
        self._file: IO[str] | None = None

    def acquire(self) -> None:
        """Take the folder, or raise `ConfigError` (code `session_busy`) naming the holder."""
        file = self._path.open("a+", encoding="utf-8")
        if not _try_lock(file):
            file.seek(0)
            holder = _holder(file.read())
            file.close()
            raise ConfigError(
                f"Session {self._path.parent.name!r} is open in {holder}.",
                hint="Close it there, open it with read_only=True, or choose another name.",
                code="session_busy",
            )
        file.truncate(0)
        json.dump({"pid": os.getpid(), "host": socket.gethostname()}, file)
        file.flush()
        self._file = file

    def release(self) -> None:
        """Give the folder back; idempotent."""
        if self._file:
            self._file.close()
            self._file = None

    def free(self) -> bool:
        """Nobody holds the folder at this moment."""
        if not self._path.exists():
            return True
        with self._path.open("a+", encoding="utf-8") as file:
            return _try_lock(file)


def _holder(text: str) -> str:
    try:
        holder = json.loads(text)
        return f"process {holder['pid']} on {holder['host']}"
    except (ValueError, KeyError, TypeError):
        return "another process"


def _try_lock(file: IO[str]) -> bool:
    try:
        import fcntl
    except ImportError:  # Windows
        return _try_lock_windows(file)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _try_lock_windows(file: IO[str]) -> bool:
    import importlib

    msvcrt = importlib.import_module("msvcrt")
    try:
        file.seek(1 << 30)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    except OSError:
        return False
    return True
