"""Sessions that colleagues may read: who does, and who was invited to."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ForeignKey, Index, String, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, UTCDateTime, made, new_id, now
from .rooms import Room
from .users import User

LASTS = timedelta(days=7)
"""An invitation may be accepted so long."""


class Member(Base):
    """Somebody who may read a session of another user."""

    __tablename__ = "members"

    session_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    created_at: Mapped[datetime] = made()
    __table_args__ = (Index("ix_members_user_id", "user_id"),)


class Invitation(Base):
    """Makes the user of one e-mail a member, once; a later one for the same takes its place."""

    __tablename__ = "invitations"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    session_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"))
    email: Mapped[str] = mapped_column(String(254))
    """In lower case."""
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = made()
    __table_args__ = (Index("uq_invitations_session_id", "session_id", "email", unique=True),)


class Invited(NamedTuple):
    """Somebody who reads a session, or may when they accept."""

    id: uuid.UUID
    """Of the user, or of the invitation that waits."""
    email: str
    accepted: bool
    at: datetime


async def invite(
    session: AsyncSession, room_id: uuid.UUID, email: str, token_hash: str
) -> Invitation:
    """An invitation, in the place of one that was made for the same e-mail."""
    account = email.casefold()
    await session.execute(
        delete(Invitation).where(Invitation.session_id == room_id, Invitation.email == account)
    )
    invitation = Invitation(
        session_id=room_id, email=account, token_hash=token_hash, expires_at=now() + LASTS
    )
    session.add(invitation)
    return invitation


async def accept(session: AsyncSession, user: User, token_hash: str) -> uuid.UUID | None:
    """The session that the user may read now; None for an invitation that is not theirs or over."""
    rows = await session.execute(
        delete(Invitation)
        .where(Invitation.token_hash == token_hash, Invitation.email == user.email)
        .returning(Invitation.session_id, Invitation.expires_at)
    )
    found = rows.first()
    if found is None or found[1] <= now():
        return None
    room_id: uuid.UUID = found[0]
    if await session.get(Member, (room_id, user.id)) is None:
        session.add(Member(session_id=room_id, user_id=user.id))
    return room_id


async def invited(session: AsyncSession, room_id: uuid.UUID) -> list[Invited]:
    """Members, then the invitations that wait, each in the order they were made."""
    members = await session.execute(
        select(User.id, User.email, Member.created_at)
        .join(Member, Member.user_id == User.id)
        .where(Member.session_id == room_id)
        .order_by(Member.created_at)
    )
    waiting = await session.scalars(
        select(Invitation)
        .where(Invitation.session_id == room_id, Invitation.expires_at > now())
        .order_by(Invitation.created_at)
    )
    found = [Invited(user_id, email, True, at) for user_id, email, at in members]
    return found + [Invited(one.id, one.email, False, one.created_at) for one in waiting]


async def remove(session: AsyncSession, room_id: uuid.UUID, who: uuid.UUID) -> bool:
    """Whether there was such a member, or such an invitation; it is taken back."""
    member = delete(Member).where(Member.session_id == room_id, Member.user_id == who)
    waiting = delete(Invitation).where(Invitation.session_id == room_id, Invitation.id == who)
    gone = [await session.scalar(member.returning(Member.user_id))]
    gone.append(await session.scalar(waiting.returning(Invitation.id)))
    return any(gone)


async def shared_with(
    session: AsyncSession,
    user_id: uuid.UUID,
    limit: int,
    before: datetime | None,
    name: str | None = None,
) -> Sequence[tuple[Room, str]]:
    """Sessions that others let the user read, each with its owner's e-mail, the latest first."""
    query = (
        select(Room, User.email)
        .join(Member, Member.session_id == Room.id)
        .join(User, User.id == Room.owner_id)
        .where(Member.user_id == user_id)
    )
    if name is not None:
        query = query.where(Room.name == name)
    if before is not None:
        query = query.where(Room.created_at < before)
    rows = await session.execute(query.order_by(Room.created_at.desc()).limit(limit))
    return [(room, email) for room, email in rows]


async def members_of(
    session: AsyncSession, room_ids: Collection[uuid.UUID]
) -> set[tuple[uuid.UUID, uuid.UUID]]:
    """(session, user) of everybody who may read one of the sessions: owners and members."""
    members = await session.execute(
        select(Member.session_id, Member.user_id).where(Member.session_id.in_(room_ids))
    )
    owners = await session.execute(select(Room.id, Room.owner_id).where(Room.id.in_(room_ids)))
    return {(room, user) for room, user in [*members, *owners]}
