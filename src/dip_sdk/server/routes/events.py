"""What happens in a session, as it happens: by server-sent events, and over a socket."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Header, WebSocket, WebSocketDisconnect
from fastapi import Query as Parameter
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import Field, TypeAdapter, ValidationError

from ...engine.bridge import Cancel
from ...engine.planner.base import Question
from ...engine.session import Session
from ...types.base import Model
from ...types.errors import ApiError
from ...types.events import Connected, Event, Failed
from ...types.values import Wire
from ..asking import Make
from ..auth.tickets import socket_user
from ..deps import Asking, Database, TheHub
from ..live import Frame, Hub
from ..store.rooms import Room
from .sessions import own_room

router = APIRouter(tags=["events"])
sockets = APIRouter()


async def _listened(session_id: uuid.UUID, user: Asking, database: Database) -> Room:
    """Looked up before the stream begins: in it, nothing can be refused any more."""
    return await own_room(database, user, session_id)


@router.get("/sessions/{session_id}/events", response_class=EventSourceResponse)
async def follow(
    room: Annotated[Room, Depends(_listened)],
    hub: TheHub,
    since: Annotated[int | None, Parameter(ge=0)] = None,
    last_event_id: Annotated[str | None, Header()] = None,
) -> AsyncIterator[ServerSentEvent]:
    """Every event behind `since` (or `Last-Event-ID`), and those to come; else only those."""
    if since is None:
        given = last_event_id or ""
        since = int(given) if given.isdecimal() else room.seq
    yield ServerSentEvent(raw_data=_connected(room.id), id=str(since))
    async for frame in hub.follow(room.id, since):
        if frame is not None:
            yield ServerSentEvent(
                raw_data=frame.text, id=None if frame.seq is None else str(frame.seq)
            )


class Ask(Model):
    type: Literal["query"]
    query: Annotated[str, Field(min_length=1, max_length=10_000)]
    params: dict[str, Wire] = Field(default_factory=dict)
    planner: Literal["auto", "rules", "claude"] | None = None
    on: tuple[str, ...] = ()


class Stop(Model):
    type: Literal["cancel"]
    query_id: uuid.UUID


class Hello(Model):
    type: Literal["hello"]
    since: Annotated[int, Field(ge=0)] = 0


Said = TypeAdapter[Ask | Stop | Hello](Annotated[Ask | Stop | Hello, Field(discriminator="type")])
LARGEST_FRAME = 64 << 10
NOT_LET_IN, NOT_FOUND = 4401, 4404


@sockets.websocket("/ws/query/{session_id}")
async def talk(socket: WebSocket, session_id: uuid.UUID) -> None:
    """Questions in, events out. A `hello` with `since` brings back what was missed."""
    state = socket.app.state
    try:
        user, protocol = await socket_user(socket, session_id)
        room = await own_room(state.store, user, session_id)
    except ApiError as error:
        await socket.close(NOT_FOUND if error.status == 404 else NOT_LET_IN, error.message)
        return
    await socket.accept(subprotocol=protocol)
    listening = asyncio.create_task(_tell(socket, state.hub, session_id, room.seq))
    try:
        while True:
            text = await socket.receive_text()
            if (said := await _understood(socket, session_id, text)) is None:
                continue
            if isinstance(said, Hello):
                listening.cancel()
                listening = asyncio.create_task(_tell(socket, state.hub, session_id, said.since))
            elif isinstance(said, Ask):
                await state.questions.start(session_id, said.query, _asked(said))
            else:
                state.questions.cancel(said.query_id, room=session_id)
    except WebSocketDisconnect:
        pass
    finally:
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening


def _asked(said: Ask) -> Make:
    def make(session: Session, query_id: str, cancel: Cancel) -> Iterator[Event]:
        question = Question(said.query, said.params)
        return session.ask(
            question, planner=said.planner, on=said.on, query_id=query_id, cancel=cancel
        )

    return make


async def _tell(socket: WebSocket, hub: Hub, session_id: uuid.UUID, since: int) -> None:
    with suppress(WebSocketDisconnect, RuntimeError):
        await socket.send_text(_connected(session_id))
        async for frame in hub.follow(session_id, since):
            await socket.send_text(frame.text if isinstance(frame, Frame) else '{"type":"ping"}')


async def _understood(
    socket: WebSocket, session_id: uuid.UUID, text: str
) -> Ask | Stop | Hello | None:
    """What a frame says; one that says nothing is answered with an error, and the talk goes on."""
    try:
        if len(text) <= LARGEST_FRAME:
            return Said.validate_json(text)
        message = f"A frame of more than {LARGEST_FRAME} characters is not read."
    except ValidationError:
        message = "The frame cannot be read."
    told = Failed(
        session_id=str(session_id),
        at=datetime.now(UTC),
        code="not_valid",
        message=message,
        hint='Send {"type": "query", "query": "..."}, {"type": "cancel", "query_id": "..."} '
        'or {"type": "hello", "since": 0}.',
    )
    await socket.send_text(told.model_dump_json())
    return None


def _connected(session_id: uuid.UUID) -> str:
    return Connected(session_id=str(session_id), at=datetime.now(UTC)).model_dump_json()
