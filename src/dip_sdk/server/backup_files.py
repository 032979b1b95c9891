"""The files of sessions out of the server's folder or its object store, and back.

What a session's state names was there before the state, and is written once: a copy that takes the
state first, then the files, is whole. One that changes under the copy is copied again.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Protocol

from ..types.errors import ConfigError
from .manifests import SESSIONS
from .objects import NoObject, Objects, opened
from .settings import ServerSettings

TRIES = 5
STATES = ("manifest.json", "session.json")
OF_SESSION = ("sources", "tables", "results")
"""The parts of a session's folder that last."""
BESIDE = ("exports", "uploads")
ROOMS = Path("work", SESSIONS)


class Files(Protocol):
    """Where a server keeps what is not in its database."""

    kind: str

    def is_empty(self) -> bool:
        """Whether there is nothing of any session."""

    def save(self, folder: Path) -> None:
        """Copy everything into a folder."""

    def load(self, folder: Path) -> None:
        """Copy everything back out of it."""


def files_of(chosen: ServerSettings) -> Files:
    """Those of a server with these settings."""
    return InObjects(opened(chosen.objects)) if chosen.objects else InFolder(chosen.folder)


class InFolder:
    """The folder that the processes of a server share."""

    kind = "folder"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def is_empty(self) -> bool:
        places = (self._folder / ROOMS, *(self._folder / name for name in BESIDE))
        return not any(place.is_dir() and any(place.iterdir()) for place in places)

    def save(self, folder: Path) -> None:
        rooms = self._folder / ROOMS
        for room in sorted(rooms.iterdir()) if rooms.is_dir() else ():
            target = folder / ROOMS / room.name
            _insist(partial(self._save_room, room, target), target)
        for name in BESIDE:
            if (self._folder / name).is_dir():
                shutil.copytree(self._folder / name, folder / name, dirs_exist_ok=True)

    def load(self, folder: Path) -> None:
        shutil.copytree(folder, self._folder, dirs_exist_ok=True)

    def _save_room(self, room: Path, target: Path) -> None:
        state = room / "session.json"
        if not state.exists():
            return  # nothing was ever in it, or it is just being deleted
        target.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(state, target / state.name)
        for part in OF_SESSION:
            if (room / part).is_dir():
                shutil.copytree(room / part, target / part, dirs_exist_ok=True, ignore=_unfinished)


class InObjects:
    """The object store of a server."""

    kind = "objects"

    def __init__(self, objects: Objects) -> None:
        self._objects = objects

    def is_empty(self) -> bool:
        return not self._objects.folders(SESSIONS)

    def save(self, folder: Path) -> None:
        for room in self._objects.folders(SESSIONS):
            name = f"{SESSIONS}/{room}"
            _insist(partial(self._save_room, name, folder), folder / name)

    def load(self, folder: Path) -> None:
        for path in sorted(_within(folder), key=lambda path: path.name in STATES):
            self._objects.put(path.relative_to(folder).as_posix(), path)

    def _save_room(self, room: str, folder: Path) -> None:
        names = [entry.name for entry in self._objects.entries(room)]
        for name in sorted(names, key=lambda name: not name.endswith(STATES)):
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            self._objects.fetch(name, target)


def _insist(copy: Callable[[], None], target: Path) -> None:
    """Copy one session, again while something of it goes away under the copy."""
    for _ in range(TRIES):
        try:
            return copy()
        except (NoObject, FileNotFoundError, shutil.Error):
            shutil.rmtree(target, ignore_errors=True)
    raise ConfigError(
        f"The session {target.name} changes all the time.",
        hint="Make the backup when less is asked.",
        code="never_still",
    )


def _within(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def _unfinished(_folder: str, names: list[str]) -> list[str]:
    return [name for name in names if name.endswith((".part", ".wal", ".tmp"))]
