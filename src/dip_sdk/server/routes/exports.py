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
from ..exports import gone
from ..store import transfers
from ..store.base import Store
from ..store.transfers import Export
from ..store.users import User
from .queries import own_query

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
    exports: TheExports, audit: Audited,
) -> ExportOut:  # fmt: skip
    """Write all rows of an answer; answers when they are written."""
    query = await own_query(database, user, query_id)
    session = await pool.session(query.session_id)
    columns = session.result(str(query_id)).columns
    made = await exports.write(
        query.session_id,
        session,
        str(query_id),
        given.format,
        known_sort(given.sort, columns),
        known_conditions(given.where, columns),
    )
    metrics.EXPORTS.labels(given.format).inc()
    audit.note("export_made", user.id, query=query_id, export=made.id)
    return ExportOut.model_validate(made, from_attributes=True)


@router.get("/exports/{export_id}")
async def show(export_id: uuid.UUID, user: Asking, database: Database) -> ExportOut:
    """Its files, while they are kept."""
    return ExportOut.model_validate(
        await _own_export(database, user, export_id), from_attributes=True
    )


@router.get("/exports/{export_id}/content", response_class=FileResponse)
async def content(
    export_id: uuid.UUID, user: Asking, database: Database, exports: TheExports,
    part: Annotated[int, Parameter(ge=0, le=10_000)] = 0,
) -> FileResponse:  # fmt: skip
    """One of its files, whole or in ranges."""
    path = await exports.file(await _own_export(database, user, export_id), part)
    return FileResponse(path, filename=path.name)


async def _own_export(database: Store, user: User, export_id: uuid.UUID) -> Export:
    async with database.transaction() as session:
        export = await transfers.owned_export(session, user.id, export_id)
    if export is None:
        raise gone()
    return export
