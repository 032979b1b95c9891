"""What happens in a session, as it happens: by server-sent events, and over a socket."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Literal, TypeAlias

from fastapi import APIRouter, Depends, Header, WebSocket, WebSocketDisconnect
from fastapi import Query as Parameter
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import Field, TypeAdapter, ValidationError

from ...types.base import Model
from ...types.errors import ApiError, DipError, to_wire
from ...types.events import Connected, Failed
from ..asks import Asked, Asks, Chosen, Planned
from ..auth.tickets import socket_user
from ..deps import Asking, Database, TheHub
from ..live import Frame, Hub
from ..store.access import may_change, readable
from ..store.rooms import Room
from ..store.users import User
from ..tasks import ended

router = APIRouter(tags=["events"])
sockets = APIRouter()
Number = Annotated[int, Field(ge=0, lt=1 << 63)]
"""Of an event; no log goes further."""


async def _listened(session_id: uuid.UUID, user: Asking, database: Database, hub: TheHub) -> Room:
    """Looked up before the stream begins: in it, nothing can be refused any more."""
    hub.may_listen(user.id)
    return await readable(database, user.id, Room, session_id)


@router.get("/sessions/{session_id}/events", response_class=EventSourceResponse)
async def follow(
    room: Annotated[Room, Depends(_listened)],
    user: Asking,
    hub: TheHub,
    since: Annotated[Number | None, Parameter()] = None,
    last_event_id: Annotated[Number | None, Header()] = None,
) -> AsyncIterator[ServerSentEvent]:
    """Every event behind `since` or `Last-Event-ID`, the later, and those to come; else only those.

    A `gap` stands for events that are no longer kept: 7 days, or 10,000 of a session.
    """
    given = [number for number in (since, last_event_id) if number is not None]
    behind = min(max(given, default=room.seq), room.seq)
    yield ServerSentEvent(raw_data=_connected(room.id, behind), id=str(behind))
    async for frame in hub.follow(room.id, behind, user.id):
        if frame is not None:
            yield ServerSentEvent(
                raw_data=frame.text, id=None if frame.seq is None else str(frame.seq)
            )


class Ask(Asked):
    type: Literal["query"]


class Run(Planned):
    type: Literal["run"]


class Choose(Chosen):
    type: Literal["choose"]


class Stop(Model):
    type: Literal["cancel"]
    query_id: uuid.UUID


class Hello(Model):
    type: Literal["hello"]
    since: Number = 0


Frames: TypeAlias = Ask | Run | Choose | Stop | Hello
Said = TypeAdapter[Frames](Annotated[Frames, Field(discriminator="type")])
LARGEST_FRAME = 1 << 20
NOT_LET_IN = 4401
RESTARTS = 1012
CLOSED = {404: 4404, 429: 1013, 503: 1013}
"""Status of a refusal -> code that closes the socket; 1013 is "try again later"."""


@sockets.websocket("/ws/query/{session_id}")
async def talk(
    socket: WebSocket,
    session_id: uuid.UUID,
    since: Number | None = None,
) -> None:
    """Questions in, events out. `since`, here or in a `hello`, brings back what was missed."""
    state = socket.app.state
    try:
        user, protocol = await socket_user(socket, session_id)
        socket.state.user_id = user.id
        state.hub.may_listen(user.id)
        room = await readable(state.store, user.id, Room, session_id)
    except ApiError as error:
        with suppress(OSError):
            await socket.close(CLOSED.get(error.status or 0, NOT_LET_IN), error.message)
        return
    try:
        await socket.accept(subprotocol=protocol)
    except OSError:  # who knocked is gone before the door was open
        return
    behind = room.seq if since is None else min(since, room.seq)
    hears = _Hears(socket, state.hub, session_id, user.id)
    listening = asyncio.create_task(hears.tell(behind))
    try:
        while True:
            text = await socket.receive_text()
            if hears.left:
                break
            if (said := await _understood(socket, session_id, text)) is None:
                continue
            if isinstance(said, Hello):
                await ended(listening)
                listening = asyncio.create_task(hears.tell(said.since))
            else:
                await _do(socket, room, user, said)
    except WebSocketDisconnect:
        pass
    finally:
        await ended(listening)


async def _do(socket: WebSocket, room: Room, user: User, said: Asks | Stop) -> None:
    """Begin a run, or stop one; a refusal is told."""
    try:
        may_change(room, user.id)
        if isinstance(said, Stop):
            socket.app.state.questions.cancel(said.query_id, room=room.id)
        else:
            await socket.app.state.questions.start(room.id, said, user.id)
    except DipError as error:
        if error.code == "stopping":  # another process answers who comes again
            await socket.close(RESTARTS, error.message)
            raise WebSocketDisconnect(RESTARTS) from error
        await socket.send_text(_refused(room.id, error, said.query_id).model_dump_json())


@dataclass
class _Hears:
    """What one socket is told."""

    socket: WebSocket
    hub: Hub
    room: uuid.UUID
    user: uuid.UUID
    left: bool = False
    """Its user may not listen any more."""

    async def tell(self, since: int) -> None:
        """Every event behind a number; the socket is closed when its user may hear no more."""
        with suppress(WebSocketDisconnect, RuntimeError):
            await self.socket.send_text(_connected(self.room, since))
            async for frame in self.hub.follow(self.room, since, self.user):
                told = frame.text if isinstance(frame, Frame) else '{"type":"ping"}'
                await self.socket.send_text(told)
            if not self.hub.ended:
                self.left = True
                await self.socket.close(NOT_LET_IN, "Log in, or ask for the session, again.")


async def _understood(socket: WebSocket, session_id: uuid.UUID, text: str) -> Frames | None:
    """What a frame says; one that says nothing is answered with an error, and the talk goes on."""
    try:
        if len(text) <= LARGEST_FRAME:
            return Said.validate_json(text)
        message = f"A frame of more than {LARGEST_FRAME} characters is not read."
    except ValidationError:
        message = "The frame cannot be read."
    hint = 'Send {"type": "query", "query": "..."}, {"type": "cancel", "query_id": "..."} or '
    error = DipError(message, hint=f'{hint}{{"type": "hello", "since": 0}}.', code="not_valid")
    await socket.send_text(_refused(session_id, error).model_dump_json())
    return None


def _refused(session_id: uuid.UUID, error: DipError, query_id: uuid.UUID | None = None) -> Failed:
    return Failed(
        session_id=str(session_id),
        query_id=None if query_id is None else str(query_id),
        at=datetime.now(UTC),
        code=error.code,
        message=error.message,
        hint=error.hint,
        error=to_wire(error),
    )


def _connected(session_id: uuid.UUID, since: int) -> str:
    """Heard from now on; its number is that of the last event before."""
    told = Connected(session_id=str(session_id), at=datetime.now(UTC), since=since)
    return told.model_dump_json()
