"""What the log of a session keeps: what happened lately, and at least its last event."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import and_, delete, exists, or_
from sqlalchemy.ext.asyncio import AsyncSession

from .base import now
from .rooms import Happened, Room

DAYS = 7
MOST = 10_000
"""Events of a session."""


async def forget(session: AsyncSession, days: float = DAYS, most: int = MOST) -> None:
    """Delete events that are older than so many days, or that so many came after.

    The last one of each session stays: by its number a listener hears that it missed some.
    """
    before = now() - timedelta(days=days)
    old = or_(Happened.seq <= Room.seq - most, and_(Happened.at < before, Happened.seq < Room.seq))
    await session.execute(
        delete(Happened).where(exists().where(Room.id == Happened.session_id, old)),
        execution_options={"synchronize_session": False},
    )
