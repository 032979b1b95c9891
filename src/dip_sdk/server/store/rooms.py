"""Sessions, their files, their queries and the log of what happened in them."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import (
    JSON,
    BigInteger,
    ForeignKey,
    Index,
    String,
    Text,
    delete,
    false,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from ...types.events import Event
from .base import Base, UTCDateTime, made, new_id, now

State = Literal["running", "succeeded", "failed", "cancelled"]


def _writer(context: Any) -> uuid.UUID | None:
    process: uuid.UUID | None = context.execution_options.get("dip_process")
    return process


class Room(Base):
    """A session of a user, as the server knows it; its tables and results are the engine's."""

    __tablename__ = "sessions"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(200), default="")
    seq: Mapped[int] = mapped_column(BigInteger, default=0)
    """The number of its last event."""
    created_at: Mapped[datetime] = made()
    updated_at: Mapped[datetime] = made()
    __table_args__ = (
        Index("ix_sessions_owner_id", "owner_id"),
        Index(
            "uq_sessions_owner_id_name",
            "owner_id",
            "name",
            unique=True,
            sqlite_where=text("name <> ''"),
            postgresql_where=text("name <> ''"),
        ),
    )


class File(Base):
    """An upload, and what became of it."""

    __tablename__ = "files"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    session_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"))
    filename: Mapped[str] = mapped_column(String(255))
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    dataset_id: Mapped[str] = mapped_column(String(64))
    format: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime] = made()
    __table_args__ = (Index("ix_files_session_id", "session_id"),)


class Query(Base):
    """A question on its way, or over. The answer itself is kept by the engine, under this id."""

    __tablename__ = "queries"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    session_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"))
    question: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(20), default="running")
    process_id: Mapped[uuid.UUID | None] = mapped_column(default=_writer)
    """The process that runs it: the one that wrote it down."""
    stopping: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Somebody asked it to stop."""
    error: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    created_at: Mapped[datetime] = made()
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    __table_args__ = (
        Index("ix_queries_session_id", "session_id"),
        Index("ix_queries_state", "state"),
    )


class Happened(Base):
    """One durable event of a session, under its number."""

    __tablename__ = "events"

    session_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True
    )
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    query_id: Mapped[str | None] = mapped_column(String(64))
    frame: Mapped[str] = mapped_column(Text)
    """The event as it goes over the wire."""
    at: Mapped[datetime] = made()


class Ticket(Base):
    """Lets a page open one socket, once, within half a minute."""

    __tablename__ = "tickets"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    session_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"))
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)


async def rooms_of(
    session: AsyncSession,
    user_id: uuid.UUID,
    limit: int,
    before: datetime | None,
    name: str | None = None,
) -> list[Room]:
    """A user's sessions, or the one of that name, the latest first."""
    query = select(Room).where(Room.owner_id == user_id)
    if name is not None:
        query = query.where(Room.name == name)
    if before is not None:
        query = query.where(Room.created_at < before)
    return list(await session.scalars(query.order_by(Room.created_at.desc()).limit(limit)))


async def files_of(session: AsyncSession, room_id: uuid.UUID) -> list[File]:
    found = await session.scalars(
        select(File).where(File.session_id == room_id).order_by(File.created_at)
    )
    return list(found)


async def end(
    session: AsyncSession, query_id: uuid.UUID, state: State, error: dict[str, Any] | None = None
) -> bool:
    """Whether this ended the query: a query ends once."""
    ended = await session.scalar(
        update(Query)
        .where(Query.id == query_id, Query.state == "running")
        .values(state=state, error=error, finished_at=now())
        .returning(Query.id)
    )
    return ended is not None


async def running(session: AsyncSession) -> list[Query]:
    return list(await session.scalars(select(Query).where(Query.state == "running")))


async def next_numbers(session: AsyncSession, room_id: uuid.UUID, count: int) -> range:
    """Numbers for so many events, taken in the transaction that writes them: none is missing."""
    last = await session.scalar(
        update(Room)
        .where(Room.id == room_id)
        .values(seq=Room.seq + count, updated_at=now())
        .returning(Room.seq)
    )
    return range(0) if last is None else range(last - count + 1, last + 1)


async def log(
    session: AsyncSession, room_id: uuid.UUID, events: Sequence[Event]
) -> list[tuple[int, str]]:
    """Number events and write them down; gives (number, frame) of each."""
    numbers = await next_numbers(session, room_id, len(events))
    frames = [
        (seq, event.model_copy(update={"seq": seq}).model_dump_json())
        for seq, event in zip(numbers, events, strict=False)
    ]
    session.add_all(
        Happened(session_id=room_id, seq=seq, query_id=event.query_id, frame=frame)
        for (seq, frame), event in zip(frames, events, strict=False)
    )
    return frames


async def is_logged(session: AsyncSession, room_id: uuid.UUID, seq: int, frame: str) -> bool:
    """Whether that very event is in the log."""
    kept = await session.scalar(
        select(Happened.frame).where(Happened.session_id == room_id, Happened.seq == seq)
    )
    return kept == frame


async def last_numbers(
    session: AsyncSession, room_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, int]:
    """The number of the last event of each session."""
    rows = await session.execute(select(Room.id, Room.seq).where(Room.id.in_(room_ids)))
    return {row.id: row.seq for row in rows}


async def state_of(session: AsyncSession, query_id: uuid.UUID) -> str | None:
    return await session.scalar(select(Query.state).where(Query.id == query_id))


async def ask_to_stop(session: AsyncSession, query_id: uuid.UUID, room_id: uuid.UUID) -> None:
    """Leave word for the process that runs it."""
    await session.execute(
        update(Query)
        .where(Query.id == query_id, Query.session_id == room_id, Query.state == "running")
        .values(stopping=True)
    )


async def events_after(
    session: AsyncSession, room_id: uuid.UUID, since: int, limit: int
) -> Sequence[tuple[int, str]]:
    """Numbers and frames of the events behind one."""
    rows = await session.execute(
        select(Happened.seq, Happened.frame)
        .where(Happened.session_id == room_id, Happened.seq > since)
        .order_by(Happened.seq)
        .limit(limit)
    )
    return [(seq, frame) for seq, frame in rows]


async def redeem(session: AsyncSession, token_hash: str) -> tuple[uuid.UUID, uuid.UUID] | None:
    """(user, session) of a ticket, which is gone with that; None for one that is over."""
    rows = await session.execute(
        delete(Ticket)
        .where(Ticket.token_hash == token_hash)
        .returning(Ticket.user_id, Ticket.session_id, Ticket.expires_at)
    )
    found = rows.first()
    return (found[0], found[1]) if found is not None and found[2] > now() else None
