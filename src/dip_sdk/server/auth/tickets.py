"""Who opens a socket: a bearer in the header, or a page with a ticket as subprotocol."""

from __future__ import annotations

import uuid
from datetime import timedelta
from urllib.parse import urlsplit

from fastapi import WebSocket

from ..problems import unauthorised
from ..settings import ServerSettings
from ..store import rooms
from ..store.base import Store, now
from ..store.rooms import Ticket
from ..store.users import User
from .tokens import hashed, opaque

PROTOCOL = "dip.v1"
TICKET = "dip.ticket."
LIVES = timedelta(seconds=30)


async def new_ticket(store: Store, user: User, session_id: uuid.UUID) -> str:
    """A ticket for one socket of that session."""
    text = opaque()
    async with store.transaction() as session:
        session.add(
            Ticket(
                token_hash=hashed(text),
                user_id=user.id,
                session_id=session_id,
                expires_at=now() + LIVES,
            )
        )
    return text


async def socket_user(socket: WebSocket, session_id: uuid.UUID) -> tuple[User, str | None]:
    """The user, and the subprotocol to answer with. A page elsewhere is not let in."""
    origin = socket.headers.get("origin")
    scheme, _, token = socket.headers.get("authorization", "").partition(" ")
    if origin is not None and not _is_ours(socket, origin):
        raise unauthorised("Pages of other sites may not open a socket here.")
    if scheme.lower() == "bearer" and token:
        user: User = await socket.app.state.accounts.who(token)
        return user, None
    offered = [part.strip() for part in socket.headers.get("sec-websocket-protocol", "").split(",")]
    ticket = next((p.removeprefix(TICKET) for p in offered if p.startswith(TICKET)), "")
    if not ticket or origin is None:
        raise unauthorised()
    async with socket.app.state.store.transaction() as session:
        found = await rooms.redeem(session, hashed(ticket))
        owner = await session.get(User, found[0]) if found and found[1] == session_id else None
    if owner is None:
        raise unauthorised("The ticket is over.")
    return owner, PROTOCOL


def _is_ours(socket: WebSocket, origin: str) -> bool:
    settings: ServerSettings = socket.app.state.settings
    return origin in settings.origins or urlsplit(origin).netloc == socket.headers.get("host")
