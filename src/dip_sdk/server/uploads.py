"""An upload on its way into a session: streamed to disk, hashed, then read by an ingest worker."""

from __future__ import annotations

import hashlib
import os
import re
import uuid
from pathlib import Path
from typing import IO

from fastapi import UploadFile

from ..engine.bridge import acall
from ..engine.session import Session
from ..engine.sources import Source
from ..types.dataset import Dataset
from .problems import Problem

CHUNK = 1 << 20
_UNSAFE = re.compile(r"[\x00-\x1f\x7f/\\]+")


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


def safe_name(given: str) -> str:
    """The name of a file as the user knows it, without folders and control characters."""
    name = _UNSAFE.sub(" ", given.replace("\\", "/").rsplit("/", 1)[-1]).strip(" .")
    if not name:
        raise Problem(422, "no_name", "A file needs a name.", hint="Send its filename along.")
    return name[-200:]


def _copy(source: IO[bytes], path: Path, most: int) -> tuple[int, str]:
    """Copy a chunk at a time, and have it on the disk before it is acknowledged."""
    digest, size = hashlib.sha256(), 0
    with path.open("wb") as target:
        while chunk := source.read(CHUNK):
            size += len(chunk)
            if size > most:
                raise Problem(
                    413, "too_large", f"The file is larger than {most >> 20} MB.",
                    hint="Split it, or send it compressed as Parquet.",
                )  # fmt: skip
            digest.update(chunk)
            target.write(chunk)
        target.flush()
        os.fsync(target.fileno())
    return size, digest.hexdigest()
