"""Users, and what lets them in: refresh tokens in families, tokens for scripts, tickets."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, UTCDateTime, made, new_id, now


class User(Base):
    """Somebody with an account."""

    __tablename__ = "users"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    """In lower case."""
    password_hash: Mapped[str] = mapped_column(String(255))
    version: Mapped[int] = mapped_column(default=1)
    """Raised when the password changes: access tokens made before are refused."""
    created_at: Mapped[datetime] = made()


class RefreshToken(Base):
    """One of a family that began with a login; used once, each use makes the next."""

    __tablename__ = "refresh_tokens"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    family: Mapped[uuid.UUID]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = made()
    __table_args__ = (Index("ix_refresh_tokens_family", "family"),)


class ApiToken(Base):
    """A token for scripts, shown once when it is made."""

    __tablename__ = "api_tokens"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(100))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    ending: Mapped[str] = mapped_column(String(4))
    """Its last characters, to tell it from others."""
    created_at: Mapped[datetime] = made()
    last_used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


async def user_by_email(session: AsyncSession, email: str) -> User | None:
    return await session.scalar(select(User).where(User.email == email.casefold()))


async def take(session: AsyncSession, token_hash: str) -> RefreshToken | None:
    """The refresh token, locked until the transaction ends."""
    return await session.scalar(
        select(RefreshToken).where(RefreshToken.token_hash == token_hash).with_for_update()
    )


async def end_family(session: AsyncSession, family: uuid.UUID) -> None:
    await session.execute(delete(RefreshToken).where(RefreshToken.family == family))


async def end_all(session: AsyncSession, user_id: uuid.UUID) -> None:
    """Log a user out everywhere."""
    await session.execute(delete(RefreshToken).where(RefreshToken.user_id == user_id))


async def token_owner(session: AsyncSession, token_hash: str) -> User | None:
    """The user of a token for scripts; the use is noted."""
    token = await session.scalar(select(ApiToken).where(ApiToken.token_hash == token_hash))
    if token is None:
        return None
    await session.execute(
        update(ApiToken).where(ApiToken.id == token.id).values(last_used_at=now())
    )
    return await session.get(User, token.user_id)


async def api_tokens(session: AsyncSession, user_id: uuid.UUID) -> list[ApiToken]:
    found = await session.scalars(
        select(ApiToken).where(ApiToken.user_id == user_id).order_by(ApiToken.created_at)
    )
    return list(found)


async def drop_api_token(session: AsyncSession, user_id: uuid.UUID, token_id: uuid.UUID) -> bool:
    """Whether the user had such a token."""
    dropped = await session.scalar(
        delete(ApiToken)
        .where(ApiToken.id == token_id, ApiToken.user_id == user_id)
        .returning(ApiToken.id)
    )
    return dropped is not None
