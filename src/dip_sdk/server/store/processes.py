"""The processes that share a database: who lives, who holds which session, what the dead left.

A process says that it lives by moving its time on; one whose time is over is struck off, with its
leases. All times are the database's: clocks of machines differ.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, UTCDateTime, made, now
from .rooms import Query


class Process(Base):
    """A process that serves, and until when it is believed to live."""

    __tablename__ = "processes"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    """Host and number, for whoever looks."""
    until: Mapped[datetime] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = made()


class Lease(Base):
    """One process runs the steps of a session; it goes with the process."""

    __tablename__ = "leases"

    session_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True
    )
    process_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("processes.id", ondelete="CASCADE"), index=True
    )
    wanted: Mapped[bool] = mapped_column(default=False)
    """Another process waits for it."""


async def clock(session: AsyncSession) -> datetime:
    """The time by which processes live and die."""
    if session.get_bind().dialect.name != "postgresql":
        return now()
    told = await session.scalar(select(func.clock_timestamp()))
    assert isinstance(told, datetime)  # noqa: S101 - the function's type
    return told


async def live_on(session: AsyncSession, me: uuid.UUID, name: str, seconds: float) -> bool:
    """Be believed to live so much longer. False: the others had given this process up."""
    until = await clock(session) + timedelta(seconds=seconds)
    known = await session.scalar(
        update(Process).where(Process.id == me).values(until=until).returning(Process.id)
    )
    if known is None:
        session.add(Process(id=me, name=name, until=until))
    return known is not None


async def leave(session: AsyncSession, me: uuid.UUID) -> None:
    """This process ends in order; its leases end with it."""
    await session.execute(delete(Process).where(Process.id == me))


async def strike_off(session: AsyncSession) -> int:
    """How many processes are dead now that were believed to live.

    A row that somebody else holds is of one that lives on or is being struck off: two that waited
    for each other's row would be a deadlock.
    """
    over = select(Process.id).where(Process.until < await clock(session))
    dead = await session.scalars(
        delete(Process)
        .where(Process.id.in_(over.with_for_update(skip_locked=True)))
        .returning(Process.id)
    )
    return len(dead.all())


async def living(session: AsyncSession) -> int:
    return await session.scalar(select(func.count()).select_from(Process)) or 0


async def left_behind(session: AsyncSession) -> Sequence[Query]:
    """Queries that run in no process that lives."""
    lives = select(Process.id).where(Process.id == Query.process_id).exists()
    return (await session.scalars(select(Query).where(Query.state == "running", ~lives))).all()


async def running_here(session: AsyncSession, me: uuid.UUID) -> Sequence[Query]:
    """Queries of this process that are not over, as far as the database knows."""
    found = await session.scalars(
        select(Query).where(Query.process_id == me, Query.state == "running")
    )
    return found.all()


async def take(session: AsyncSession, room_id: uuid.UUID, me: uuid.UUID) -> bool:
    """Whether this process holds the session now; if not, its holder is told that one waits."""
    taking = insert(Lease).values(session_id=room_id, process_id=me, wanted=False)
    taken = taking.on_conflict_do_update(
        index_elements=[Lease.session_id],
        set_={"wanted": Lease.wanted | (Lease.process_id != me)},
    ).returning(Lease.process_id)
    try:
        async with session.begin_nested():
            holder = await session.scalar(taken)
    except IntegrityError:  # the session was deleted, or this process is struck off
        return False
    return holder == me


async def wanted(session: AsyncSession, me: uuid.UUID) -> Sequence[uuid.UUID]:
    """Sessions of this process that others wait for."""
    found = await session.scalars(
        select(Lease.session_id).where(Lease.process_id == me, Lease.wanted)
    )
    return found.all()


async def release(session: AsyncSession, room_id: uuid.UUID, me: uuid.UUID) -> None:
    await session.execute(delete(Lease).where(Lease.session_id == room_id, Lease.process_id == me))
