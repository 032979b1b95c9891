"""`/exports`: answers as files."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from fastapi import Query as Parameter
from fastapi.responses import FileResponse

from ...types.base import Model
from ...types.result import Condition, ExportFormat
from .. import metrics
from ..answers import known_conditions, known_sort
from ..deps import Asking, Audited, Database, TheExports, ThePool
from ..once import TheOnce
from ..store.access import readable
from ..store.rooms import Query
from ..store.transfers import Export

router = APIRouter(tags=["exports"])


class NewExport(Model, extra="forbid"):
    format: ExportFormat
    sort: tuple[str, ...] = ()
    """Column names in order of weight, "-name" descending."""
    where: tuple[Condition, ...] = ()


class ExportFile(Model):
    name: str
    size: int


class ExportOut(Model):
    id: uuid.UUID
    format: ExportFormat
    files: tuple[ExportFile, ...]
    expires_at: datetime


@router.post("/query/{query_id}/exports", status_code=201)
async def create(
    query_id: uuid.UUID, given: NewExport, user: Asking, database: Database, pool: ThePool,
    exports: TheExports, once: TheOnce, audit: Audited,
) -> ExportOut:  # fmt: skip
    """Write all rows of an answer; answers when they are written."""
    query = await readable(database, user.id, Query, query_id)
    session = await pool.session(query.session_id)
    columns = session.result(str(query_id)).columns
    sort, where = known_sort(given.sort, columns), known_conditions(given.where, columns)

    async def write() -> list[uuid.UUID]:
        made = await exports.write(
            query.session_id, session, str(query_id), given.format, sort, where
        )
        metrics.EXPORTS.labels(given.format).inc()
        audit.note("export_made", user.id, query=query_id, export=made.id)
        return [made.id]

    (export_id,) = await once.ids(write)
    return await show(export_id, user, database)


@router.get("/exports/{export_id}")
async def show(export_id: uuid.UUID, user: Asking, database: Database) -> ExportOut:
    """Its files, while they are kept."""
    found = await readable(database, user.id, Export, export_id)
    return ExportOut.model_validate(found, from_attributes=True)


@router.get("/exports/{export_id}/content", response_class=FileResponse)
async def content(
    export_id: uuid.UUID, user: Asking, database: Database, exports: TheExports,
    part: Annotated[int, Parameter(ge=0, le=10_000)] = 0,
) -> FileResponse:  # fmt: skip
    """One of its files, whole or in ranges."""
    path = await exports.file(await readable(database, user.id, Export, export_id), part)
    return FileResponse(path, filename=path.name)
