"""Who may do what, decided in one place: an owner everything, a member read, nobody else anything.

What is not the user's to read is not there (404), whether it exists or not; what a member may not
change is refused as such (403), for they know that it exists.
"""

from __future__ import annotations

import uuid
from typing import TypeVar

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from ..problems import Problem, not_found
from .base import Store, now
from .rooms import File, Query, Room
from .shares import Member
from .transfers import Export, Upload

T = TypeVar("T", Room, File, Query, Upload, Export)
WHAT = {Room: "session", File: "file", Query: "query", Upload: "upload", Export: "export"}
HINTS: dict[type[object], str] = {Export: "Exports are kept for a day: export the answer again."}


async def readable(database: Store, user_id: uuid.UUID, kind: type[T], id: uuid.UUID) -> T:
    """A session, or what belongs to one, that the user owns or was let read. Raises 404."""
    async with database.transaction() as session:
        found, _ = await _found(session, user_id, kind, id)
    return found


async def owned(database: Store, user_id: uuid.UUID, kind: type[T], id: uuid.UUID) -> T:
    """The same where the user may change it too. Raises 404, or 403 (`read_only`) to a member."""
    async with database.transaction() as session:
        found, room = await _found(session, user_id, kind, id)
    may_change(room, user_id)
    return found


def may_change(room: Room, user_id: uuid.UUID) -> None:
    """Raises 403 (`read_only`) to somebody who may read the session, and no more."""
    if room.owner_id != user_id:
        raise Problem(
            403, "read_only", "This session is shared with you to read.",
            hint="Ask its owner to do that, or upload the files to a session of your own.",
        )  # fmt: skip


async def _found(
    session: AsyncSession, user_id: uuid.UUID, kind: type[T], id: uuid.UUID
) -> tuple[T, Room]:
    """The thing, and the session that it belongs to."""
    query = select(Room, Room) if kind is Room else select(kind, Room).join(Room)
    query = query.where(kind.id == id, _seen_by(user_id))
    if kind is Export:
        query = query.where(Export.expires_at > now())
    row = (await session.execute(query)).first()
    if row is None:
        raise not_found(WHAT[kind], HINTS.get(kind, ""))
    return row[0], row[1]


def _seen_by(user_id: uuid.UUID) -> ColumnElement[bool]:
    shared = select(Member.session_id).where(Member.user_id == user_id)
    return or_(Room.owner_id == user_id, Room.id.in_(shared))
