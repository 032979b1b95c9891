"""Questions on their way: each runs as a task of its own, whoever asked may come and go.

Its end outlives a database that is away, and a process that dies: whichever process finds it then
writes it down, once.
"""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

from opentelemetry import trace
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from ..engine.bridge import Cancel, aiterate
from ..types.errors import DipError
from ..types.events import CancelledEvent, Event, Failed, QueryResult, Status
from . import metrics
from .asks import Asks
from .endings import (
    failed,
    interrupted,
    last_words,
    of_room,
    planner_of,
    state_of,
    stopped,
    usage_of,
)
from .live import Hub, Journal
from .pool import Pool
from .problems import Problem
from .purse import Purse
from .queueing import Place, Places
from .store import rooms
from .store.base import DatabaseAway, Store, new_id
from .store.rooms import Query
from .tracing import Traced
from .wake import News, Wake

log = logging.getLogger("dip_sdk.server")

ENDING = 5.0
"""Seconds that what was stopped gets to end."""
PAUSE = 0.2
"""Seconds between two looks at a run of another process."""


@dataclass
class _Running:
    room: uuid.UUID
    place: Place
    planner: str = "auto"
    """Who plans it, as far as is known."""
    since: float = field(default_factory=time.monotonic)
    cancel: Cancel = field(default_factory=Cancel)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    interrupted: bool = False
    """It was stopped by this process, not by its user."""


class Questions:
    """Starts, stops and ends the runs of this process, among those of others."""

    def __init__(
        self, store: Store, pool: Pool, hub: Hub, wake: Wake, places: Places, purse: Purse
    ) -> None:
        self.places = places
        self._purse = purse
        self._store = store
        self._pool = pool
        self._hub = hub
        self._wake = wake
        self._running: dict[uuid.UUID, _Running] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False
        self.tracer: trace.Tracer = trace.NoOpTracer()

    @property
    def busy(self) -> set[uuid.UUID]:
        """Sessions in which something runs."""
        return {running.room for running in self._running.values()}

    @property
    def idle(self) -> bool:
        """Nothing runs or waits here, and every end is written down."""
        return not self._tasks

    def has(self, query_id: uuid.UUID) -> bool:
        """Whether it runs, or waits, in this process."""
        return query_id in self._running

    async def start(self, room: uuid.UUID, asks: Asks, user: uuid.UUID) -> uuid.UUID:
        """Begin a run as soon as its user may have one more; its session's listeners hear of it.

        Asking again under the same id begins nothing: a client that lost its connection may.
        Raises a problem (429) when too many of the user's questions wait already, and
        `BudgetExceeded` (`money_spent`) for one that asks a model when their day's money is gone.
        """
        query = Query(session_id=room, question=asks.question, id=asks.query_id or new_id())
        if query.id in self._running:
            await self._known(room, query.id)
            return query.id
        place = self.places.enter(user)
        try:
            async with self._store.transaction() as session:
                session.add(query)
                await session.flush()  # one that is known already is not refused
                if asks.sure_of_model:
                    await self._purse.check(session, user)
        except IntegrityError:
            place.leave()
            await self._known(room, query.id)
            return query.id
        except BaseException:
            place.leave()
            raise
        running = self._running[query.id] = _Running(room, place)
        self._soon(self._run(query.id, running, asks))
        return query.id

    async def _known(self, room: uuid.UUID, query_id: uuid.UUID) -> None:
        """The id is that of a run of the same session; anybody else's is refused."""
        async with self._store.transaction() as session:
            query = await session.get(Query, query_id)
        if query is None or query.session_id != room:
            raise Problem(409, "query_id_taken", "This query id is in use.", hint="Choose another.")

    async def wait(self, query_id: uuid.UUID, seconds: float) -> bool:
        """Whether the run is over within so many seconds, wherever it runs."""
        if (running := self._running.get(query_id)) is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):  # wait_for may lose a cancellation
                    await running.over.wait()
            return query_id not in self._running
        deadline = time.monotonic() + seconds
        while await self._goes_on(query_id):
            if time.monotonic() > deadline:
                return False
            await asyncio.sleep(PAUSE)
        return True

    async def _goes_on(self, query_id: uuid.UUID) -> bool:
        async with self._store.transaction() as session:
            return await rooms.state_of(session, query_id) == "running"

    def cancel(self, query_id: uuid.UUID, room: uuid.UUID) -> None:
        """Ask a run of that session to stop, wherever it runs; one that is over is no error."""
        if query_id in self._running:
            self.stop(query_id, room)
        else:
            self._soon(self._pass_on(query_id, room))

    async def _pass_on(self, query_id: uuid.UUID, room: uuid.UUID) -> None:
        async def work(session: AsyncSession) -> None:
            await rooms.ask_to_stop(session, query_id, room)

        await self._store.insist(work)
        self._wake.announce(News(room, "asked"))

    def stop(self, query_id: uuid.UUID, room: uuid.UUID) -> None:
        """`cancel` for what runs here."""
        running = self._running.get(query_id)
        if running is None or running.room != room:
            return
        running.cancel.set()
        if not self._pool.has(room):  # it waits for another process to leave the session
            self._soon(self._end(query_id, Journal(self._hub, room), stopped(room, query_id)))

    def stop_all(self) -> None:
        """Stop everything, and wait for nothing."""
        for running in tuple(self._running.values()):
            running.cancel.set()

    def interrupt(self) -> None:
        """Stop everything, and say of each that the server was stopped."""
        for running in self._running.values():
            running.interrupted = running.interrupted or not running.cancel.is_set()
        self.stop_all()

    async def recover(self) -> None:
        """End what an earlier process began and did not end, where there is no other."""
        async with self._store.transaction() as session:
            left = await rooms.running(session)
        for query in left:
            await self.give_up(query)

    async def give_up(self, query: Query) -> None:
        """End a query whose process is gone."""
        journal = Journal(self._hub, query.session_id)
        await self._end(query.id, journal, interrupted(query.session_id, query.id))

    async def close(self) -> None:
        """Stop everything, and wait for its end."""
        self._closing = True
        self.stop_all()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=ENDING)
        for task in tuple(self._tasks):  # such as one that waits for another process
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _run(self, query_id: uuid.UUID, running: _Running, asks: Asks) -> None:
        journal = Journal(self._hub, running.room)
        traced = Traced(self.tracer, query_id)
        last: Event | None = None
        try:
            traced.stage("wait")
            if not await self._has_place(query_id, running, journal):
                waited = time.monotonic() - running.since
                last = stopped(running.room, query_id, waited)
                return
            traced.stage("open")
            session = await self._pool.session(running.room)
            payer = running.place.user
            left = await self._store.insist(lambda reading: self._purse.left(reading, payer))
            events = aiterate(
                lambda cancel: asks.events(session, str(query_id), cancel, left), running.cancel
            )
            async for event in events:
                told = of_room(event, running.room, query_id)
                running.planner = planner_of(told) or running.planner
                traced.take(told)
                if isinstance(told, (QueryResult, Failed, CancelledEvent)):
                    last = told
                else:
                    await journal.take(told)
        except DipError as error:
            last = failed(running.room, query_id, error)
        except asyncio.CancelledError:
            last = interrupted(running.room, query_id)
        except Exception:
            log.exception("A run ended in an unforeseen error")
        finally:
            unforeseen = DipError(
                "Something went wrong inside the server.", hint="Ask again.", code="internal"
            )
            last = last or failed(running.room, query_id, unforeseen)
            if running.interrupted and isinstance(last, CancelledEvent):
                usage = last.usage
                last = interrupted(running.room, query_id).model_copy(update={"usage": usage})
            running.place.leave()
            await self._end(query_id, journal, last, running.place.user)
            self._running.pop(query_id, None)
            running.over.set()
            admitted = running.place.admitted
            seconds = time.monotonic() - running.since if admitted else None
            metrics.query(last, running.planner, seconds)
            traced.end(last, running.planner)

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

    async def _end(
        self, query_id: uuid.UUID, journal: Journal, last: Event, payer: uuid.UUID | None = None
    ) -> None:
        """The state, the event that says so and what it cost its payer, all or none.

        Tried until the database is back.
        """
        state, error = state_of(last)

        async def ends(session: AsyncSession) -> bool:
            ended = await rooms.end(session, query_id, state, error)
            if ended and payer is not None:
                await self._purse.pay(session, payer, usage_of(last).money)
            return ended

        while True:
            try:
                return await journal.finish(last_words(last), ends)
            except DatabaseAway:
                log.exception("A run waits for its end: the database stays away")
                if self._closing:
                    return None

    def _soon(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
