"""Answers as files to fetch: written once, kept for a day, gone after it."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from ..engine.bridge import acall
from ..engine.session import Session
from ..types.result import Condition, ExportFormat
from .store import transfers
from .store.base import Store, new_id, now
from .store.transfers import Export

KEPT = timedelta(days=1)


class Exports:
    """The folder of one server's exports."""

    def __init__(self, store: Store, folder: Path) -> None:
        self._store = store
        self._folder = folder

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
        await self._forget()
        made = await acall(session.export, result_id, format, sort, where)
        export = Export(
            id=new_id(), session_id=room, format=format, files=[], expires_at=now() + KEPT
        )
        export.files = await acall(_moved, made, self._folder / export.id.hex, format)
        async with self._store.transaction() as writing:
            writing.add(export)
        return export

    def path(self, export: Export, part: int) -> Path | None:
        """The file of that number, from 0."""
        if part >= len(export.files):
            return None
        found = self._folder / export.id.hex / str(export.files[part]["name"])
        return found if found.is_file() else None

    async def _forget(self) -> None:
        async with self._store.transaction() as writing:
            over = await transfers.expired(writing)
        for export_id in over:
            await acall(lambda gone=export_id: shutil.rmtree(self._folder / gone.hex, True))


def _moved(made: Sequence[Path], folder: Path, format: str) -> list[dict[str, object]]:
    folder.mkdir(parents=True, exist_ok=True)
    told: list[dict[str, object]] = []
    for number, path in enumerate(made, 1):
        name = f"result.{format}" if len(made) == 1 else f"result-{number}.{format}"
        shutil.move(path, folder / name)
        told.append({"name": name, "size": (folder / name).stat().st_size})
    return told
