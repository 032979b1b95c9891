"""An upload on its way into a session: streamed to disk, hashed, then read by an ingest worker.

It comes in one request, or in pieces that may be sent again from where the last one ended.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
import re
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import IO

from fastapi import UploadFile
from starlette.requests import ClientDisconnect

from ..engine.bridge import acall
from ..engine.session import Session
from ..engine.sources import Source
from ..types.dataset import Dataset, ReadOptions
from ..types.errors import DataError
from .exports import remove_old
from .pieces import Pieces
from .problems import Problem
from .store import transfers
from .store.base import Store, now
from .store.transfers import Upload

log = logging.getLogger("dip_sdk.server")

CHUNK = 1 << 20
KEPT = timedelta(days=1)
"""For which an upload may be on its way."""
_DISGUISE = "\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff"
"""What turns the direction of writing or ends a line, and halves of characters."""
_UNSAFE = re.compile(rf"[\x00-\x1f\x7f-\x9f/\\{_DISGUISE}]+")


async def take(session: Session, upload: UploadFile, most_mb: int) -> tuple[Dataset, int, str]:
    """(dataset, bytes, SHA-256) of one file, read into the session."""
    name = safe_name(upload.filename or "")
    path = session.sources / f"{uuid.uuid4().hex}{''.join(Path(name).suffixes[-2:])}"
    try:
        size, digest = await acall(_copy, upload.file, path, most_mb << 20)
        source = Source(path=path, name=name, origin=name)
        return await acall(session.add, source), size, digest
    finally:
        path.unlink(missing_ok=True)


class Uploads:
    """Files that come in pieces. What is acknowledged is on the disk, or in the object store."""

    def __init__(self, store: Store, folder: Path, most_mb: int, pieces: Pieces) -> None:
        self.most = most_mb << 20
        self._store = store
        self._folder = folder
        self._pieces = pieces
        self._locks: dict[uuid.UUID, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def begin(self, room: uuid.UUID, filename: str, size: int) -> Upload:
        """A file of that size is to come."""
        if size > self.most:
            raise _too_large(self.most)
        upload = Upload(session_id=room, filename=safe_name(filename), size=size)
        async with self._store.transaction() as session:
            session.add(upload)
        return upload

    async def offset(self, upload: Upload) -> int:
        """How many bytes are there."""
        return await self._pieces.size(upload)

    async def append(self, upload: Upload, offset: int, pieces: AsyncIterator[bytes]) -> int:
        """Add what comes, as far as it comes; gives the new offset."""
        lock = self._locks[upload.id]
        if lock.locked():
            raise Problem(423, "upload_busy", "Another request is sending this file.")
        async with lock:
            there = await self.offset(upload)
            if offset != there:
                raise Problem(
                    409, "wrong_offset", f"The file is {there} bytes long so far.",
                    hint="Go on from there.",
                )  # fmt: skip
            try:
                await self._pieces.add(upload, offset, _fitting(upload.size - offset, pieces))
            except ClientDisconnect:  # what came is kept; the rest is sent another time
                log.info("An upload broke off")
            return await self.offset(upload)

    async def read(
        self, upload: Upload, session: Session, name: str, options: ReadOptions
    ) -> tuple[Dataset, str]:
        """(dataset, SHA-256): what came is read into its session.

        Its bytes stay until `forget`: after a kill before that it can be read again.
        """
        there = await self.offset(upload)
        if there != upload.size:
            raise Problem(
                409, "upload_incomplete", "The file is not complete yet.",
                hint=f"{there} of {upload.size} bytes are there.",
            )  # fmt: skip
        ending = "".join(Path(upload.filename).suffixes[-2:])
        self._folder.mkdir(parents=True, exist_ok=True)
        whole = self._folder / f"{uuid.uuid4().hex}{ending}"
        try:
            await self._pieces.whole(upload, whole)
            digest = await acall(_digest, whole)
            source = Source(path=whole, name=name, origin=name)
            copied = options.model_copy(update={"in_place": False})  # the file does not stay
            return await acall(session.add, source, copied), digest
        except DataError:  # it will not be read another time either
            await self.forget(upload)
            raise
        finally:
            whole.unlink(missing_ok=True)

    async def forget(self, upload: Upload) -> None:
        """Delete what came of it."""
        await self._pieces.forget(upload.session_id, upload.id)
        self._locks.pop(upload.id, None)

    async def forget_old(self) -> None:
        """Give up what was begun a day ago and is not read yet."""
        async with self._store.transaction() as session:
            for upload_id, room in await transfers.abandoned(session, now() - KEPT):
                await self._pieces.forget(room, upload_id)  # its row goes when its bytes are gone
                self._locks.pop(upload_id, None)
        await acall(remove_old, self._folder, KEPT)


def safe_name(given: str) -> str:
    """The name of a file as the user knows it, without folders and what would disguise it."""
    name = _UNSAFE.sub(" ", given.replace("\\", "/").rsplit("/", 1)[-1]).strip(" .")
    if not name:
        raise Problem(422, "no_name", "A file needs a name.", hint="Send its filename along.")
    return name[-200:]


async def _fitting(most: int, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same bytes in blocks of about a chunk; a problem (413) where they are too many.

    What came before a cut comes before its error.
    """
    block = bytearray()
    try:
        async for piece in pieces:
            block += piece
            most -= len(piece)
            if most < 0:
                raise Problem(413, "too_large", "More bytes came than were told.")
            if len(block) >= CHUNK:
                yield bytes(block)
                block.clear()
    except ClientDisconnect:
        if block:
            yield bytes(block)
        raise
    if block:
        yield bytes(block)


def _copy(source: IO[bytes], path: Path, most: int) -> tuple[int, str]:
    """Copy a chunk at a time, and have it on the disk before it is acknowledged."""
    digest, size = hashlib.sha256(), 0
    with path.open("wb") as target:
        while chunk := source.read(CHUNK):
            size += len(chunk)
            if size > most:
                raise _too_large(most)
            digest.update(chunk)
            target.write(chunk)
        target.flush()
        os.fsync(target.fileno())
    return size, digest.hexdigest()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _too_large(most: int) -> Problem:
    return Problem(
        413, "too_large", f"The file is larger than {most >> 20} MB.",
        hint="Split it, or send it compressed as Parquet.",
    )  # fmt: skip
