"""What a request under a key of the client came to: sent again, it comes to the same."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy import JSON, ForeignKey, String, delete, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, made, now

KEPT = timedelta(hours=24)


class Done(Base):
    """A request of a user. Of what it made only the ids are kept."""

    __tablename__ = "requests"

    user_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    """Of its route and its body."""
    process_id: Mapped[uuid.UUID]
    """Where it is being done, or was."""
    ids: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    """What it made; None while it is being done."""
    created_at: Mapped[datetime] = made()


async def kept(session: AsyncSession, user_id: uuid.UUID, key: str) -> Done | None:
    """The request under that key, if it is not over; those that are over are forgotten."""
    await session.execute(
        delete(Done).where(Done.user_id == user_id, Done.created_at < now() - KEPT)
    )
    return await session.get(Done, (user_id, key), with_for_update=True)


async def note(session: AsyncSession, user_id: uuid.UUID, key: str, ids: list[uuid.UUID]) -> None:
    """It came to this."""
    await session.execute(
        update(Done)
        .where(Done.user_id == user_id, Done.key == key)
        .values(ids=[str(one) for one in ids])
    )


async def forget(session: AsyncSession, user_id: uuid.UUID, key: str) -> None:
    """It came to nothing, and may be tried again."""
    await session.execute(delete(Done).where(Done.user_id == user_id, Done.key == key))
