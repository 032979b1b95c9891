"""What is on its way in or out: uploads that may be resumed, and exports that may be fetched."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, UTCDateTime, made, new_id, now


class Upload(Base):
    """A file that comes in pieces; how much of it is there, its bytes on the disk say."""

    __tablename__ = "uploads"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    session_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"))
    filename: Mapped[str] = mapped_column(String(255))
    size: Mapped[int] = mapped_column(BigInteger)
    dataset_id: Mapped[str | None] = mapped_column(String(64))
    """What it was read into."""
    created_at: Mapped[datetime] = made()
    __table_args__ = (Index("ix_uploads_session_id", "session_id"),)


class Export(Base):
    """An answer written as files, kept for a while."""

    __tablename__ = "exports"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    session_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"))
    format: Mapped[str] = mapped_column(String(20))
    files: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """Name and bytes of each."""
    created_at: Mapped[datetime] = made()
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    __table_args__ = (
        Index("ix_exports_session_id", "session_id"),
        Index("ix_exports_expires_at", "expires_at"),
    )


async def in_rooms(
    session: AsyncSession, room_ids: Collection[uuid.UUID]
) -> tuple[list[Export], list[Upload]]:
    """Everything that is on its way in or out of these sessions."""
    exports = await session.scalars(select(Export).where(Export.session_id.in_(room_ids)))
    uploads = await session.scalars(select(Upload).where(Upload.session_id.in_(room_ids)))
    return list(exports), list(uploads)


async def expired(session: AsyncSession) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """(id, session) of the exports whose time is over; they are forgotten with that."""
    over = delete(Export).where(Export.expires_at <= now())
    found = await session.execute(over.returning(Export.id, Export.session_id))
    return [(row.id, row.session_id) for row in found]


async def abandoned(session: AsyncSession, before: datetime) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """(id, session) of the uploads that began before that and were never read; forgotten too."""
    left = delete(Upload).where(Upload.dataset_id.is_(None), Upload.created_at <= before)
    found = await session.execute(left.returning(Upload.id, Upload.session_id))
    return [(row.id, row.session_id) for row in found]
