"""What happens in a session, as it happens: by server-sent events, and over a socket."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import suppress
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
from ..store.rooms import Room
from ..tasks import ended
from .sessions import own_room

router = APIRouter(tags=["events"])
sockets = APIRouter()
Number = Annotated[int, Field(ge=0, lt=1 << 63)]
"""Of an event; no log goes further."""


async def _listened(session_id: uuid.UUID, user: Asking, database: Database) -> Room:
    """Looked up before the stream begins: in it, nothing can be refused any more."""
    return await own_room(database, user, session_id)


@router.get("/sessions/{session_id}/events", response_class=EventSourceResponse)
async def follow(
    room: Annotated[Room, Depends(_listened)],
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
    async for frame in hub.follow(room.id, behind):
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
CLOSED = {404: 4404, 503: 1013}
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
        room = await own_room(state.store, user, session_id)
    except ApiError as error:
        await socket.close(CLOSED.get(error.status or 0, NOT_LET_IN), error.message)
        return
    await socket.accept(subprotocol=protocol)
    behind = room.seq if since is None else min(since, room.seq)
    listening = asyncio.create_task(_tell(socket, state.hub, session_id, behind))
    try:
        while True:
            text = await socket.receive_text()
            if (said := await _understood(socket, session_id, text)) is None:
                continue
            if isinstance(said, Hello):
                await ended(listening)
                listening = asyncio.create_task(_tell(socket, state.hub, session_id, said.since))
            elif isinstance(said, Stop):
                state.questions.cancel(said.query_id, room=session_id)
            else:
                await _begin(socket, room, said)
    except WebSocketDisconnect:
        pass
    finally:
        await ended(listening)


async def _begin(socket: WebSocket, room: Room, asks: Asks) -> None:
    try:
        await socket.app.state.questions.start(room.id, asks, room.owner_id)
    except DipError as error:
        if error.code == "stopping":  # another process answers who comes again
            await socket.close(RESTARTS, error.message)
            raise WebSocketDisconnect(RESTARTS) from error
        await socket.send_text(_refused(room.id, error, asks.query_id).model_dump_json())


async def _tell(socket: WebSocket, hub: Hub, session_id: uuid.UUID, since: int) -> None:
    with suppress(WebSocketDisconnect, RuntimeError):
        await socket.send_text(_connected(session_id, since))
        async for frame in hub.follow(session_id, since):
            await socket.send_text(frame.text if isinstance(frame, Frame) else '{"type":"ping"}')


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
