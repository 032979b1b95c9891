"""Where the pieces of an upload lie until it is whole: on this disk, or in the object store.

In the store any process can go on with an upload that another one began.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import IO, Protocol

from ..engine.bridge import acall
from .manifests import SESSIONS
from .objects import Newer, Objects
from .problems import Problem
from .store.transfers import Upload

PIECE = 8 << 20
"""Bytes of an object; a request may bring less, and more makes several."""


class Pieces(Protocol):
    """Keeps what came. Raises a problem (409) for what does not go on where the rest ends."""

    async def size(self, upload: Upload) -> int:
        """How many bytes are there, without a gap."""

    async def add(self, upload: Upload, offset: int, blocks: AsyncIterator[bytes]) -> None:
        """Keep blocks as they come; what came is kept when the rest does not come any more."""

    async def whole(self, upload: Upload, path: Path) -> None:
        """Make one file of them."""

    async def forget(self, room: uuid.UUID, upload_id: uuid.UUID) -> None:
        """Delete what is there; nothing there is no error."""


class OnDisk:
    """A file for each upload."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def size(self, upload: Upload) -> int:
        path = self._path(upload.id)
        return path.stat().st_size if path.exists() else 0

    async def add(self, upload: Upload, offset: int, blocks: AsyncIterator[bytes]) -> None:  # noqa: ARG002 - the file knows
        self._folder.mkdir(parents=True, exist_ok=True)
        with self._path(upload.id).open("ab", buffering=0) as target:
            try:
                async for block in blocks:
                    await asyncio.to_thread(_write_all, target, block)
            finally:
                await asyncio.to_thread(os.fsync, target.fileno())

    async def whole(self, upload: Upload, path: Path) -> None:
        await asyncio.to_thread(_linked, self._path(upload.id), path)

    async def forget(self, room: uuid.UUID, upload_id: uuid.UUID) -> None:  # noqa: ARG002 - the store's way
        self._path(upload_id).unlink(missing_ok=True)

    def _path(self, upload_id: uuid.UUID) -> Path:
        return self._folder / upload_id.hex


class InStore:
    """Objects for each upload, named by where they begin. Nobody can write one a second time."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects

    async def size(self, upload: Upload) -> int:
        return await acall(lambda: sum(size for _, size in self._pieces(upload)))

    async def add(self, upload: Upload, offset: int, blocks: AsyncIterator[bytes]) -> None:
        held = bytearray()
        try:
            async for block in blocks:
                held += block
                if len(held) >= PIECE:
                    offset = await self._put(upload, offset, held)
        finally:
            if held:
                await self._put(upload, offset, held)

    async def whole(self, upload: Upload, path: Path) -> None:
        await acall(self._join, upload, path)

    async def forget(self, room: uuid.UUID, upload_id: uuid.UUID) -> None:
        await acall(self._objects.delete_all, _place(room, upload_id))

    async def _put(self, upload: Upload, offset: int, held: bytearray) -> int:
        piece = bytes(held)
        held.clear()
        name = f"{_place(upload.session_id, upload.id)}/{offset:015d}"
        try:
            await acall(self._objects.add, name, piece)
        except Newer:
            raise Problem(
                409, "wrong_offset", "Another request has sent this piece.",
                hint="Ask how much is there, and go on from there.",
            ) from None  # fmt: skip
        return offset + len(piece)

    def _pieces(self, upload: Upload) -> Iterator[tuple[str, int]]:
        """(name, bytes) of the pieces, each beginning where the one before it ends."""
        end = 0
        for entry in sorted(self._objects.entries(_place(upload.session_id, upload.id))):
            if int(entry.name.rpartition("/")[2]) != end:
                return
            end += entry.size
            yield entry.name, entry.size

    def _join(self, upload: Upload, path: Path) -> None:
        with path.open("wb") as target:
            for name, _ in self._pieces(upload):
                for chunk in self._objects.chunks(name):
                    target.write(chunk)


def _linked(source: Path, target: Path) -> None:
    """The same bytes under another name too: who is killed while they are read finds them again."""
    source.touch()
    try:
        os.link(source, target)
    except OSError:  # a file system without links
        shutil.copyfile(source, target)


def _place(room: uuid.UUID, upload_id: uuid.UUID) -> str:
    return f"{SESSIONS}/{room}/uploads/{upload_id.hex}"


def _write_all(target: IO[bytes], block: bytes) -> None:
    """Every byte of it; a file without a buffer may take fewer at a time."""
    rest = memoryview(block)
    while rest:
        rest = rest[target.write(rest) :]
