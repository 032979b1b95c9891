"""Questions whose end outlives a database that is away, and a process that dies."""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections.abc import Coroutine
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from ..types.errors import DipError
from ..types.events import CancelledEvent, Event, QueryResult
from .asking import Questions, _completed, _failed, _state
from .live import Hub, Journal
from .pool import Pool
from .store import rooms
from .store.base import DatabaseAway, Store
from .store.rooms import Query
from .wake import News, Wake

log = logging.getLogger("dip_sdk.server")
PAUSE = 0.2


class Runs(Questions):
    """The runs of this process, among those of others."""

    def __init__(self, store: Store, pool: Pool, hub: Hub, wake: Wake) -> None:
        super().__init__(store, pool, hub)
        self._wake = wake
        self._closing = False

    def has(self, query_id: uuid.UUID) -> bool:
        """Whether it runs, or waits, in this process."""
        return query_id in self._running

    async def wait(self, query_id: uuid.UUID, seconds: float) -> bool:
        """Whether the run is over within so many seconds, wherever it runs."""
        if query_id in self._running:
            return await super().wait(query_id, seconds)
        deadline = time.monotonic() + seconds
        while await self._goes_on(query_id):
            if time.monotonic() > deadline:
                return False
            await asyncio.sleep(PAUSE)
        return True

    def cancel(self, query_id: uuid.UUID, room: uuid.UUID) -> None:
        """Ask a run of that session to stop, wherever it runs; one that is over is no error."""
        if query_id in self._running:
            self.stop(query_id, room)
        else:
            self._soon(self._pass_on(query_id, room))

    def stop(self, query_id: uuid.UUID, room: uuid.UUID) -> None:
        """`cancel` for what runs here."""
        super().cancel(query_id, room)
        running = self._running.get(query_id)
        if running is not None and running.room == room and not self._pool.has(room):
            self._soon(self._never_begun(query_id, room))

    async def give_up(self, query: Query) -> None:
        """End a query whose process is gone."""
        error = DipError(
            "The server was stopped while it answered.", hint="Ask again.", code="interrupted"
        )
        await self._end(query.id, Journal(self._hub, query.session_id), _failed(query, error))

    def stop_all(self) -> None:
        """Stop everything, and wait for nothing."""
        for running in tuple(self._running.values()):
            running.cancel.set()

    async def close(self) -> None:
        """Stop everything, and wait for its end."""
        self._closing = True
        await super().close()

    async def _goes_on(self, query_id: uuid.UUID) -> bool:
        async with self._store.transaction() as session:
            return await rooms.state_of(session, query_id) == "running"

    async def _pass_on(self, query_id: uuid.UUID, room: uuid.UUID) -> None:
        async def work(session: AsyncSession) -> None:
            await rooms.ask_to_stop(session, query_id, room)

        await self._store.insist(work)
        self._wake.announce(News(room, "asked"))

    async def _never_begun(self, query_id: uuid.UUID, room: uuid.UUID) -> None:
        """It waits for another process to leave the session, and need not wait any longer."""
        over = CancelledEvent(session_id=str(room), query_id=str(query_id), at=datetime.now(UTC))
        await self._end(query_id, Journal(self._hub, room), over)

    async def _end(self, query_id: uuid.UUID, journal: Journal, last: Event) -> None:
        """The state and the event that says so, both or none; tried until the database is back."""
        state, error = _state(last)
        events: list[Event] = [last, _completed(last)] if isinstance(last, QueryResult) else [last]

        async def ends(session: AsyncSession) -> bool:
            return await rooms.end(session, query_id, state, error)

        while True:
            try:
                return await journal.finish(events, ends)
            except DatabaseAway:
                log.exception("A run waits for its end: the database stays away")
                if self._closing:
                    return None

    def _soon(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
