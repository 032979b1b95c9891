"""`/sessions`: conversations of a user."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from fastapi import Query as Parameter
from pydantic import AfterValidator, Field, StringConstraints
from sqlalchemy.exc import IntegrityError

from ...types.base import Model
from ...types.dataset import Table
from ..deps import Asking, Audited, Database, TheHub, TheParts, ThePool
from ..given import Moment, Words, words
from ..once import TheOnce
from ..problems import Problem, not_found
from ..store import rooms, shares
from ..store.access import owned, readable
from ..store.base import Store
from ..store.rooms import Room
from ..store.users import User

router = APIRouter(prefix="/sessions", tags=["sessions"])

Name = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=200), AfterValidator(words)
]


class NewSession(Model, extra="forbid"):
    name: Name = ""


class Named(Model, extra="forbid"):
    name: Annotated[Name, Field(min_length=1)]


class SessionOut(Model):
    id: uuid.UUID
    name: str
    created_at: datetime
    updated_at: datetime
    shared_by: str | None = None
    """The e-mail of the owner who lets the user read it; None for a session of the user's own."""


class SessionPage(Model):
    items: tuple[SessionOut, ...]
    next: datetime | None = None
    """Given as `before`, it leads on; None at the end."""


@router.post("", status_code=201)
async def create(given: NewSession, user: Asking, database: Database, once: TheOnce) -> SessionOut:
    """A fresh session. A name is given once: 409 where the user has a session that bears it."""

    async def make() -> list[uuid.UUID]:
        return [(await new_room(database, user, given.name)).id]

    (made,) = await once.ids(make)
    return _told(await owned(database, user.id, Room, made))


@router.get("")
async def index(
    user: Asking,
    database: Database,
    limit: Annotated[int, Parameter(ge=1, le=200)] = 50,
    before: Moment | None = None,
    name: Words | None = None,
    shared: bool = False,
) -> SessionPage:
    """The user's sessions, the latest first; by its name there is at most one.

    With `shared`, those that others let the user read instead.
    """
    async with database.transaction() as session:
        if shared:
            others = await shares.shared_with(session, user.id, limit + 1, before, name)
            found = [_told(room, owner) for room, owner in others]
        else:
            own = await rooms.rooms_of(session, user.id, limit + 1, before, name)
            found = [_told(room) for room in own]
    more = found[limit - 1].created_at if len(found) > limit else None
    return SessionPage(items=tuple(found[:limit]), next=more)


@router.get("/{session_id}")
async def show(session_id: uuid.UUID, user: Asking, database: Database) -> SessionOut:
    return await told_to(database, user, await readable(database, user.id, Room, session_id))


@router.patch("/{session_id}")
async def rename(
    session_id: uuid.UUID, given: NewSession, user: Asking, database: Database
) -> SessionOut:
    """Give it another name."""
    await owned(database, user.id, Room, session_id)
    async with _name_once(given.name), database.transaction() as session:
        if (room := await session.get(Room, session_id)) is None:
            raise not_found("session")
        room.name = given.name
    return _told(room)


@router.delete("/{session_id}", status_code=204)
async def delete(
    session_id: uuid.UUID, user: Asking, database: Database, pool: ThePool, hub: TheHub,
    parts: TheParts, audit: Audited,
) -> None:  # fmt: skip
    """Delete it with its files, results and events."""
    await owned(database, user.id, Room, session_id)
    left = await parts.sweep.belongings(Room.id == session_id)
    await pool.delete(session_id)
    async with database.transaction() as session:
        if room := await session.get(Room, session_id):
            await session.delete(room)
    hub.leave(session_id)
    await parts.sweep.forget(left)
    audit.note("session_deleted", user.id, session=session_id)


async def new_room(database: Store, user: User, name: str = "") -> Room:
    room = Room(owner_id=user.id, name=name, seq=0)
    async with _name_once(name), database.transaction() as session:
        session.add(room)
    return room


@asynccontextmanager
async def _name_once(name: str) -> AsyncIterator[None]:
    """Two sessions of a user never bear the same name."""
    try:
        yield
    except IntegrityError:
        raise Problem(
            409, "name_taken", f"You have a session {name!r} already.", hint="Choose another name."
        ) from None


def hidden_place(table: Table) -> Table:
    """A table without where the server keeps it."""
    return table.model_copy(update={"path": "", "inner": ""})


async def told_to(database: Store, user: User, room: Room) -> SessionOut:
    """A session, as somebody who may read it is told of it."""
    if room.owner_id == user.id:
        return _told(room)
    async with database.transaction() as session:
        owner = await session.get_one(User, room.owner_id)
    return _told(room, owner.email)


def _told(room: Room, owner: str | None = None) -> SessionOut:
    told = SessionOut.model_validate(room, from_attributes=True)
    return told.model_copy(update={"shared_by": owner})
