"""Answers as files to fetch: written once, kept for a day, gone after it.

With an object store any process gives them out: they are stored there, and a copy is kept on the
disk of whoever was asked for one.
"""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial
from pathlib import Path

from ..engine.bridge import acall
from ..engine.session import Session
from ..types.result import Condition, ExportFormat
from .manifests import SESSIONS
from .objects import NoObject, Objects
from .problems import Problem
from .store import transfers
from .store.base import Store, new_id, now
from .store.transfers import Export

KEPT = timedelta(days=1)


class Exports:
    """The folder of one server's exports, and what the object store has of them."""

    def __init__(self, store: Store, folder: Path, objects: Objects | None = None) -> None:
        self._store = store
        self._folder = folder
        self._objects = objects

    async def write(
        self,
        room: uuid.UUID,
        session: Session,
        result_id: str,
        format: ExportFormat,
        sort: Sequence[str],
        where: Sequence[Condition],
    ) -> Export:
        """Write an answer; several files where one cannot hold all rows."""
        made = await acall(session.export, result_id, format, sort, where)
        export = Export(
            id=new_id(), session_id=room, format=format, files=[], expires_at=now() + KEPT
        )
        export.files = await acall(_moved, made, self._folder / export.id.hex, format)
        if self._objects is not None:
            await acall(self._put, self._objects, export)
        async with self._store.transaction() as writing:
            writing.add(export)
        return export

    async def file(self, export: Export, part: int) -> Path:
        """The file of that number, from 0. Raises a problem (404) when it is there no more."""
        if part >= len(export.files):
            raise Problem(404, "not_found", f"This export has {len(export.files)} files.")
        name = str(export.files[part]["name"])
        found = self._folder / export.id.hex / name
        if found.is_file():
            return found
        place = _place(export.session_id, export.id, name)
        if self._objects is None or not await acall(_fetch, self._objects, place, found):
            raise gone()
        return found

    async def forget(self, export: Export) -> None:
        """Delete its files here; what the object store has of it goes with its session."""
        await acall(partial(shutil.rmtree, self._folder / export.id.hex, ignore_errors=True))

    async def forget_old(self) -> None:
        """Delete the exports whose time is over, and copies of those that are no more."""
        async with self._store.transaction() as writing:
            for export_id, room in await transfers.expired(writing):  # forgotten when it is gone
                folder = self._folder / export_id.hex
                await acall(partial(shutil.rmtree, folder, ignore_errors=True))
                if self._objects is not None:
                    await acall(self._objects.delete_all, _place(room, export_id))
        await acall(remove_old, self._folder, KEPT)

    def _put(self, objects: Objects, export: Export) -> None:
        for file in export.files:
            name = str(file["name"])
            path = self._folder / export.id.hex / name
            objects.put(_place(export.session_id, export.id, name), path)


def remove_old(folder: Path, kept: timedelta) -> None:
    """Delete what is in a folder and was not written to for so long."""
    over = (now() - kept).timestamp()
    for path in folder.iterdir() if folder.is_dir() else ():
        with suppress(FileNotFoundError):  # another process was faster
            if path.stat().st_mtime < over:
                shutil.rmtree(path) if path.is_dir() else path.unlink()


def gone() -> Problem:
    """An export that is there no more, or never was."""
    return Problem(
        404, "not_found", "There is no such export.",
        hint="Exports are kept for a day: export the answer again.",
    )  # fmt: skip


def _place(room: uuid.UUID, export_id: uuid.UUID, name: str = "") -> str:
    """Where the object store has an export, or one of its files."""
    return f"{SESSIONS}/{room}/exports/{export_id.hex}" + (f"/{name}" if name else "")


def _fetch(objects: Objects, place: str, path: Path) -> bool:
    """Whether the object store had the file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{uuid.uuid4().hex}.part")
    try:
        objects.fetch(place, part)
        part.replace(path)
    except NoObject:
        return False
    finally:
        part.unlink(missing_ok=True)
    return True


def _moved(made: Sequence[Path], folder: Path, format: str) -> list[dict[str, object]]:
    folder.mkdir(parents=True, exist_ok=True)
    told: list[dict[str, object]] = []
    for number, path in enumerate(made, 1):
        name = f"result.{format}" if len(made) == 1 else f"result-{number}.{format}"
        shutil.move(path, folder / name)
        told.append({"name": name, "size": (folder / name).stat().st_size})
    return told
