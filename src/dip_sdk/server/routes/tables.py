"""`/sessions/{id}/...`: its tables, and what it knows and assumes."""

from __future__ import annotations

import uuid
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import AfterValidator

from ...engine.bridge import acall
from ...engine.session import Session
from ...types.base import Model
from ...types.dataset import Dataset, Link, Table
from ...types.glossary import Glossary
from ...types.session import Settings, Turn
from ..deps import Asking, Database, ThePool
from ..given import sendable
from ..store.access import owned, readable
from ..store.rooms import Room
from .sessions import Named, hidden_place

router = APIRouter(prefix="/sessions/{session_id}", tags=["tables"])


class Undone(Model):
    undone: str | None
    """What was taken back; None when there was nothing."""


async def _read(session_id: uuid.UUID, user: Asking, database: Database, pool: ThePool) -> Session:
    await readable(database, user.id, Room, session_id)
    return await pool.session(session_id)


async def _changed(
    session_id: uuid.UUID, user: Asking, database: Database, pool: ThePool
) -> Session:
    await owned(database, user.id, Room, session_id)
    return await pool.session(session_id)


Read = Annotated[Session, Depends(_read)]
"""The engine's session of the path, when the user may read it."""
Changed = Annotated[Session, Depends(_changed)]
"""The same, when the user may change it."""


@router.get("/datasets")
async def datasets(session: Read) -> list[Dataset]:
    """What was uploaded or derived, each with its tables."""
    return [hidden_places(dataset) for dataset in await acall(session.datasets)]


@router.get("/tables")
async def tables(session: Read) -> list[Table]:
    """Everything that can be asked about."""
    return [hidden_place(table) for table in await acall(session.tables)]


@router.get("/tables/{table:path}")
async def profile(table: str, session: Read) -> Table:
    """A table with the full profile of its columns."""
    return hidden_place(await acall(session.profile, table))


@router.patch("/tables/{table:path}")
async def rename(table: str, given: Named, session: Changed) -> Table:
    """Give it another name."""
    return hidden_place(await acall(session.rename, table, given.name))


@router.delete("/tables/{table:path}", status_code=204)
async def remove(table: str, session: Changed) -> None:
    """Take it out; `undo` brings it back."""
    await acall(session.remove, table)


@router.post("/undo")
async def undo(session: Changed) -> Undone:
    """Take back the last change of the tables."""
    return Undone(undone=await acall(session.undo))


@router.get("/links")
async def links(session: Read) -> list[Link]:
    """Likely joins between the tables."""
    return list(await acall(session.links))


@router.get("/history")
async def history(session: Read) -> list[Turn]:
    """Earlier questions, oldest first."""
    return list(await acall(session.history))


@router.get("/settings")
async def settings(session: Read) -> Settings:
    """What is assumed where data and question leave it open."""
    return session.settings


@router.put("/settings")
async def configure(
    given: Annotated[Settings, AfterValidator(sendable)], session: Changed
) -> Settings:
    """Assume this from now on."""
    await acall(setattr, session, "settings", given)
    return session.settings


@router.get("/glossary")
async def glossary(session: Read) -> Glossary:
    """The words of the session's users."""
    return session.glossary


@router.put("/glossary")
async def define(
    given: Annotated[Glossary, AfterValidator(sendable)], session: Changed
) -> Glossary:
    """These are the words from now on."""
    await acall(setattr, session, "glossary", given)
    return session.glossary


def hidden_places(dataset: Dataset) -> Dataset:
    """A dataset without where the server keeps it."""
    return dataset.model_copy(update={"tables": tuple(map(hidden_place, dataset.tables))})
