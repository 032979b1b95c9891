"""`/sessions/{id}/members` and `/invitations`: colleagues who read a session of somebody else.

No mail is sent: the owner is shown the token of an invitation once, and passes it on.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from ...types.base import Model
from ..auth.tokens import hashed, opaque
from ..deps import Asking, Audited, Database, TheHub
from ..given import Words
from ..problems import Problem, not_found
from ..store import shares
from ..store.access import owned, readable
from ..store.rooms import Room
from .auth import Email
from .sessions import SessionOut, told_to

router = APIRouter(tags=["sharing"])

PREFIX = "inv_"
MOST = 100
"""Members and invitations of one session."""


class NewInvitation(Model, extra="forbid"):
    email: Email


class InvitationOut(Model):
    id: uuid.UUID
    email: str
    expires_at: datetime
    token: str
    """Shown this once. Only the user with that e-mail can accept it, once."""


class Acceptance(Model, extra="forbid"):
    token: Annotated[Words, Field(max_length=200)]


class MemberOut(Model):
    id: uuid.UUID
    """Of the user, or of the invitation that waits."""
    email: str
    accepted: bool
    at: datetime


@router.post("/sessions/{session_id}/invitations", status_code=201)
async def invite(
    session_id: uuid.UUID, given: NewInvitation, user: Asking, database: Database, audit: Audited
) -> InvitationOut:
    """Let somebody read the session, when they accept within 7 days."""
    await owned(database, user.id, Room, session_id)
    if given.email.casefold() == user.email:
        raise Problem(422, "own_email", "This is your own e-mail.", hint="Name a colleague's.")
    token = opaque(PREFIX)
    async with database.transaction() as session:
        if len(await shares.invited(session, session_id)) >= MOST:
            raise Problem(
                409, "too_many_members", f"A session is shared with {MOST} people at most.",
                hint="Remove members that do not need it any more.",
            )  # fmt: skip
        made = await shares.invite(session, session_id, given.email, hashed(token))
    audit.note("invited", user.id, session=session_id, invitation=made.id)
    return InvitationOut(id=made.id, email=made.email, expires_at=made.expires_at, token=token)


@router.post("/invitations/accept")
async def accept(given: Acceptance, user: Asking, database: Database, audit: Audited) -> SessionOut:
    """Read the session that its owner invited this user to."""
    async with database.transaction() as session:
        room_id = await shares.accept(session, user, hashed(given.token))
    if room_id is None:
        raise Problem(
            404, "no_invitation", "There is no such invitation for your e-mail.",
            hint="It can be accepted once, within 7 days, by the account of the e-mail it was made "
            "for. Ask for another.",
        )  # fmt: skip
    audit.note("invitation_accepted", user.id, session=room_id)
    return await told_to(database, user, await readable(database, user.id, Room, room_id))


@router.get("/sessions/{session_id}/members")
async def members(session_id: uuid.UUID, user: Asking, database: Database) -> list[MemberOut]:
    """Who may read the session, and who was invited to; only its owner is told."""
    await owned(database, user.id, Room, session_id)
    async with database.transaction() as session:
        found = await shares.invited(session, session_id)
    return [MemberOut.model_validate(one, from_attributes=True) for one in found]


@router.delete("/sessions/{session_id}/members/{member_id}", status_code=204)
async def remove(
    session_id: uuid.UUID, member_id: uuid.UUID, user: Asking, database: Database, hub: TheHub,
    audit: Audited,
) -> None:  # fmt: skip
    """Take it back, from now on: what listens for the member ends. Members may leave themselves."""
    allowed = readable if member_id == user.id else owned
    await allowed(database, user.id, Room, session_id)
    async with database.transaction() as session:
        if not await shares.remove(session, session_id, member_id):
            raise not_found("member")
    hub.leave(session_id, member_id)
    audit.note("member_removed", user.id, session=session_id, member=member_id)
