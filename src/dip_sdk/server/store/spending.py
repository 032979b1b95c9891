"""What the questions of a user cost, by day (UTC)."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import Double, ForeignKey, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, now


class Spending(Base):
    """What a model cost on one day for one user, in US dollars."""

    __tablename__ = "spending"

    user_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    day: Mapped[date] = mapped_column(primary_key=True)
    usd: Mapped[float] = mapped_column(Double)


async def add(session: AsyncSession, user_id: uuid.UUID, usd: float) -> None:
    """Count it for today; several at once lose nothing."""
    of_sqlite = session.get_bind().dialect.name == "sqlite"
    insert = sqlite.insert if of_sqlite else postgresql.insert
    row = insert(Spending).values(user_id=user_id, day=now().date(), usd=usd)
    await session.execute(
        row.on_conflict_do_update(
            index_elements=[Spending.user_id, Spending.day],
            set_={"usd": Spending.usd + row.excluded.usd},
        )
    )


async def spent(session: AsyncSession, user_id: uuid.UUID) -> float:
    """US dollars of today."""
    found = select(Spending.usd).where(Spending.user_id == user_id, Spending.day == now().date())
    return await session.scalar(found) or 0.0
