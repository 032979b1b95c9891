"""`/files`: uploads, and what was read from them."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Form, UploadFile
from fastapi import Query as Parameter

from ...engine.bridge import acall
from ...types.base import Model
from ...types.dataset import Dataset, Table
from ...types.events import FileProcessed
from .. import metrics
from ..deps import Asking, Database, Settings, TheHub, ThePool, TheQuota
from ..live import Hub
from ..once import TheOnce
from ..problems import Problem, not_found
from ..store import rooms
from ..store.access import owned, readable
from ..store.base import Store
from ..store.rooms import File, Room
from ..store.transfers import Upload
from ..store.users import User
from ..uploads import take
from .sessions import hidden_place, new_room

router = APIRouter(prefix="/files", tags=["files"])
of_session = APIRouter(prefix="/sessions", tags=["files"])

MOST_FILES = 50


class FileOut(Model):
    id: uuid.UUID
    filename: str
    size: int
    format: str
    status: str = "ready"
    tables: tuple[Table, ...] = ()


class Uploaded(Model):
    session_id: uuid.UUID
    files: tuple[FileOut, ...]
    total_files: int
    total_size: int


def uploading(most_mb: int) -> APIRouter:
    """The route that takes files: its bodies may be larger than those of all others."""
    taking = APIRouter(prefix="/files", tags=["files"])
    most = (most_mb << 20) * MOST_FILES
    taking.add_api_route("/upload", upload, methods=["POST"], max_body_size=most)
    return taking


async def upload(
    files: list[UploadFile],
    user: Asking,
    database: Database,
    pool: ThePool,
    hub: TheHub,
    settings: Settings,
    quota: TheQuota,
    once: TheOnce,
    session_id: Annotated[uuid.UUID | None, Form()] = None,
    session: Annotated[uuid.UUID | None, Parameter(alias="session_id")] = None,
) -> Uploaded:
    """Read files into a session, a fresh one where none is named; answers when they are read."""
    if not files or len(files) > MOST_FILES:
        raise Problem(422, "no_files", f"Send 1 to {MOST_FILES} files as `files`.")
    wanted = session_id or session
    await once.holds(str(wanted or "").encode())
    await once.holds(files)
    read: dict[str, Dataset] = {}
    """By id: of two with the same name the session keeps the later one only."""

    async def work() -> list[uuid.UUID]:
        room = await (
            owned(database, user.id, Room, wanted) if wanted else new_room(database, user)
        )
        opened = await pool.session(room.id)
        kept = []
        async with quota.reserved(user.id, sum(given.size or 0 for given in files)):
            for given in files:
                dataset, size, digest = await take(opened, given, settings.upload_mb)
                kept.append(await keep(database, hub, room.id, dataset, size, digest))
                read[dataset.id] = dataset
        return [room.id, *(file.id for file in kept)]

    room_id, *made = await once.ids(work)
    known = read or {one.id: one for one in (await pool.session(room_id)).datasets()}
    kept = [await readable(database, user.id, File, file) for file in made]
    told = [_told(file, known.get(file.dataset_id)) for file in kept]
    total = sum(file.size for file in told)
    return Uploaded(session_id=room_id, files=tuple(told), total_files=len(told), total_size=total)


@of_session.get("/{session_id}/files")
async def index(
    session_id: uuid.UUID, user: Asking, database: Database, pool: ThePool
) -> list[FileOut]:
    """The files of a session."""
    await readable(database, user.id, Room, session_id)
    async with database.transaction() as session:
        found = await rooms.files_of(session, session_id)
    datasets = {dataset.id: dataset for dataset in (await pool.session(session_id)).datasets()}
    return [_told(file, datasets[file.dataset_id]) for file in found if file.dataset_id in datasets]


@router.get("/{file_id}")
async def show(file_id: uuid.UUID, user: Asking, database: Database, pool: ThePool) -> FileOut:
    """A file with its tables."""
    file, dataset = await _read_file(database, pool, user, file_id)
    return _told(file, dataset)


@router.get("/{file_id}/profile")
async def profile(
    file_id: uuid.UUID, user: Asking, database: Database, pool: ThePool
) -> list[Table]:
    """Its tables with the full profile of their columns."""
    file, dataset = await _read_file(database, pool, user, file_id)
    opened = await pool.session(file.session_id)
    return [hidden_place(await acall(opened.profile, table.name)) for table in dataset.tables]


async def _read_file(
    database: Store, pool: ThePool, user: User, file_id: uuid.UUID
) -> tuple[File, Dataset]:
    file = await readable(database, user.id, File, file_id)
    for dataset in (await pool.session(file.session_id)).datasets():
        if dataset.id == file.dataset_id:
            return file, dataset
    raise not_found("file")


async def keep(
    database: Store, hub: Hub, room_id: uuid.UUID, dataset: Dataset, size: int, digest: str,
    upload: Upload | None = None,
) -> File:  # fmt: skip
    """Write down that a file was read, with what is known of its upload; tell the listeners."""
    file = File(
        session_id=room_id,
        filename=dataset.name,
        size=size,
        sha256=digest,
        dataset_id=dataset.id,
        format=dataset.format,
    )
    async with database.transaction() as session:
        session.add(file)
        if upload is not None:
            await session.merge(upload)
    metrics.uploaded(dataset.format, size)
    told = FileProcessed(
        session_id=str(room_id),
        at=datetime.now(UTC),
        file=dataset.name,
        tables=tuple(table.name for table in dataset.tables),
    )
    await hub.write(room_id, [told])
    return file


def _told(file: File, dataset: Dataset | None) -> FileOut:
    """A file that another took the place of has no tables any more."""
    return FileOut(
        id=file.id,
        filename=file.filename,
        size=file.size,
        format=file.format,
        tables=tuple(map(hidden_place, dataset.tables if dataset else ())),
    )
