"""Questions on their way: each runs as a task of its own, whoever asked may come and go."""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy.exc import IntegrityError

from ..engine.bridge import Cancel, aiterate
from ..types.errors import DipError, to_wire
from ..types.events import (
    CancelledEvent,
    Event,
    Failed,
    PlanReady,
    QueryCompleted,
    QueryResult,
    Status,
)
from . import metrics
from .asks import Asks
from .live import Hub, Journal
from .pool import Pool
from .problems import Problem
from .queueing import Place, Places
from .store import rooms
from .store.base import Store, new_id
from .store.rooms import Query, State

log = logging.getLogger("dip_sdk.server")

PREVIEW = 20
"""Rows that listeners of the whole session are told of."""


@dataclass
class _Running:
    room: uuid.UUID
    place: Place
    planner: str = "auto"
    """Who plans it, as far as is known."""
    since: float = field(default_factory=time.monotonic)
    cancel: Cancel = field(default_factory=Cancel)
    over: asyncio.Event = field(default_factory=asyncio.Event)


class Questions:
    """Starts, stops and ends the runs of this process."""

    def __init__(self, store: Store, pool: Pool, hub: Hub) -> None:
        self._store = store
        self._pool = pool
        self._hub = hub
        self._running: dict[uuid.UUID, _Running] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.places = Places()

    @property
    def busy(self) -> set[uuid.UUID]:
        """Sessions in which something runs."""
        return {running.room for running in self._running.values()}

    async def start(self, room: uuid.UUID, asks: Asks, user: uuid.UUID) -> uuid.UUID:
        """Begin a run as soon as its user may have one more; its session's listeners hear of it.

        Asking again under the same id begins nothing: a client that lost its connection may.
        Raises a problem (429) when too many of the user's questions wait already.
        """
        query = Query(session_id=room, question=asks.question, id=asks.query_id or new_id())
        if query.id in self._running:
            await self._known(room, query.id)
            return query.id
        place = self.places.enter(user)
        try:
            async with self._store.transaction() as session:
                session.add(query)
        except IntegrityError:
            place.leave()
            await self._known(room, query.id)
            return query.id
        except BaseException:
            place.leave()
            raise
        running = self._running[query.id] = _Running(room, place)
        task = asyncio.create_task(self._run(query.id, running, asks))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return query.id

    async def _known(self, room: uuid.UUID, query_id: uuid.UUID) -> None:
        """The id is that of a run of the same session; anybody else's is refused."""
        async with self._store.transaction() as session:
            query = await session.get(Query, query_id)
        if query is None or query.session_id != room:
            raise Problem(409, "query_id_taken", "This query id is in use.", hint="Choose another.")

    async def wait(self, query_id: uuid.UUID, seconds: float) -> bool:
        """Whether the run is over within so many seconds."""
        running = self._running.get(query_id)
        if running is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):  # wait_for may lose a cancellation
                    await running.over.wait()
        return query_id not in self._running

    def cancel(self, query_id: uuid.UUID, room: uuid.UUID) -> None:
        """Ask a run of that session to stop; one that is over is no error."""
        running = self._running.get(query_id)
        if running is not None and running.room == room:
            running.cancel.set()

    async def recover(self) -> None:
        """End what an earlier process began and did not end."""
        async with self._store.transaction() as session:
            left = await rooms.running(session)
        for query in left:
            error = DipError(
                "The server was stopped while it answered.", hint="Ask again.", code="interrupted"
            )
            await self._end(query.id, Journal(self._hub, query.session_id), _failed(query, error))

    async def close(self) -> None:
        """Stop everything, and wait for its end."""
        for running in tuple(self._running.values()):
            running.cancel.set()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _run(self, query_id: uuid.UUID, running: _Running, asks: Asks) -> None:
        journal = Journal(self._hub, running.room)
        last: Event | None = None
        try:
            if not await self._has_place(query_id, running, journal):
                last = _stopped(query_id, running)
                return
            session = await self._pool.session(running.room)
            events = aiterate(
                lambda cancel: asks.events(session, str(query_id), cancel), running.cancel
            )
            async for event in events:
                told = _of_room(event, running.room, query_id)
                running.planner = _planner(told) or running.planner
                if isinstance(told, (QueryResult, Failed, CancelledEvent)):
                    last = told
                else:
                    await journal.take(told)
        except DipError as error:
            last = self._wrong(query_id, running, error)
        except Exception:
            log.exception("A run ended in an unforeseen error")
        finally:
            unforeseen = DipError(
                "Something went wrong inside the server.", hint="Ask again.", code="internal"
            )
            last = last or self._wrong(query_id, running, unforeseen)
            running.place.leave()
            await self._end(query_id, journal, last)
            self._running.pop(query_id, None)
            running.over.set()
            admitted = running.place.admitted
            seconds = time.monotonic() - running.since if admitted else None
            metrics.query(last, running.planner, seconds)

    async def _has_place(self, query_id: uuid.UUID, running: _Running, journal: Journal) -> bool:
        """Wait for a place, and tell how many are before it; False when it was stopped meanwhile.

        One that has its place at once tells nothing.
        """
        running.cancel.on_set(running.place.give_up)
        async for before in running.place.turns():
            message = f"Waiting for a free place: {before} before you"
            told = Status(session_id=str(running.room), query_id=str(query_id),
                          at=datetime.now(UTC), message=message)  # fmt: skip
            await journal.take(told)
        running.cancel.remove(running.place.give_up)
        metrics.QUERY_WAIT.observe(time.monotonic() - running.since)
        if running.place.admitted:
            running.since = time.monotonic()
        return running.place.admitted

    async def _end(self, query_id: uuid.UUID, journal: Journal, last: Event) -> None:
        """The state first, then the event that says so: who hears it finds the answer."""
        state, error = _state(last)
        async with self._store.transaction() as session:
            ended = await rooms.end(session, query_id, state, error)
        if ended:
            await journal.take(last)
            if isinstance(last, QueryResult):
                await journal.take(_completed(last))
            await journal.flush()

    def _wrong(self, query_id: uuid.UUID, running: _Running, error: DipError) -> Failed:
        return _failed(Query(id=query_id, session_id=running.room, question=""), error)


def _stopped(query_id: uuid.UUID, running: _Running) -> CancelledEvent:
    """The end of one that never had a place."""
    return CancelledEvent(
        session_id=str(running.room), query_id=str(query_id), at=datetime.now(UTC),
        seconds=time.monotonic() - running.since,
    )  # fmt: skip


def _planner(event: Event) -> str | None:
    match event:
        case PlanReady():
            return event.plan.planner
        case QueryResult():
            return event.payload.planner
        case _:
            return None


def _of_room(event: Event, room: uuid.UUID, query_id: uuid.UUID) -> Event:
    """The event under the names that users know, not those of the engine's folders."""
    update: dict[str, object] = {"session_id": str(room), "query_id": str(query_id)}
    if isinstance(event, QueryResult):
        update["payload"] = event.payload.model_copy(update={"session_id": str(room)})
    return event.model_copy(update=update)


def _state(last: Event) -> tuple[State, dict[str, object] | None]:
    match last:
        case QueryResult():
            return "succeeded", None
        case Failed():
            return "failed", last.error
        case _:
            return "cancelled", None


def _failed(query: Query, error: DipError) -> Failed:
    return Failed(
        session_id=str(query.session_id),
        query_id=str(query.id),
        at=datetime.now(UTC),
        code=error.code,
        message=error.message,
        hint=error.hint,
        error=to_wire(error),
    )


def _completed(last: QueryResult) -> QueryCompleted:
    """What the listeners of the whole session hear: the answer in short."""
    short = last.payload.model_copy(update={"preview": last.payload.preview[:PREVIEW]})
    return QueryCompleted(
        session_id=last.session_id, query_id=last.query_id, at=last.at, result=short
    )
