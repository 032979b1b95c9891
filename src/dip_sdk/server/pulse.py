"""What a process among others does all the time: live, look, give way, clear up behind the dead.

One transaction a second. A word over the wake makes it come at once; a lost word costs a second.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import time
import uuid
from collections.abc import Sequence
from contextlib import suppress

from .asking import Questions
from .leases import Leases
from .live import Hub
from .pool import Pool
from .store import processes
from .store.base import DatabaseAway, Store
from .store.rooms import Query
from .tasks import ended
from .wake import News, Wake

log = logging.getLogger("dip_sdk.server")
TICK = 1.0
SHORTEST = 0.05
"""Seconds between two beats, however much is asked."""


class Pulse:
    """Keeps this process believed, for `seconds` at a time."""

    def __init__(
        self, store: Store, hub: Hub, pool: Pool, runs: Questions, leases: Leases, seconds: float
    ) -> None:
        self._store = store
        self._hub = hub
        self._pool = pool
        self._runs = runs
        self._leases = leases
        self._seconds = seconds
        self._asked = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._well_since = float("inf")
        self._giving: dict[uuid.UUID, asyncio.Task[None]] = {}
        self._strays: dict[uuid.UUID, float] = {}
        """Queries that are said to run here, and do not, since when."""
        self._name = f"{socket.gethostname()[:80]}:{os.getpid()}"

    async def start(self, wake: Wake) -> None:
        """Be known to the others before anything is asked here."""
        async with self._store.transaction() as session:
            await processes.live_on(session, self._store.process, self._name, self._seconds)
        wake.subscribe(self._hear)
        self._task = asyncio.create_task(self._forever())

    async def close(self) -> None:
        """End in order: what is left over is nobody's at once."""
        if self._task is not None:
            with suppress(Exception):  # it was told when it happened
                await ended(self._task)
        await asyncio.gather(*self._giving.values())
        with suppress(DatabaseAway):
            async with self._store.transaction() as session:
                await processes.leave(session, self._store.process)

    async def beat(self) -> None:
        """Once."""
        begun = time.monotonic()
        me = self._store.process
        async with self._store.transaction() as session:
            known = await processes.live_on(session, me, self._name, self._seconds)
            mine = await processes.running_here(session, me)
            wanted = await processes.wanted(session, me)
            if self._may_judge(begun):
                await processes.strike_off(session)
            left = await processes.left_behind(session)
            await self._hub.catch_up(session)
        self._leases.believed_until = begun + self._seconds
        if not known:
            await self._begin_anew()
        for query in mine:
            if query.stopping:
                self._runs.stop(query.id, query.session_id)
        for query in (*left, *self._unknown(mine, begun)):
            await self._runs.give_up(query)
        for room in wanted:
            self._give(room)

    def _give(self, room: uuid.UUID) -> None:
        """Leave a session behind the beats: that takes as long as its last files do."""
        if room not in self._giving:
            giving = asyncio.create_task(self._given(room))
            self._giving[room] = giving
            giving.add_done_callback(lambda _: self._giving.pop(room, None))

    async def _given(self, room: uuid.UUID) -> None:
        try:
            await self._pool.give(room, lambda: self._runs.busy)
        except DatabaseAway:
            log.info("A session is given away later: the database does not answer")
        except Exception:
            log.exception("A session could not be given away")

    def _may_judge(self, begun: float) -> bool:
        """After a while in which the database was there: all who live have said so again."""
        self._well_since = min(self._well_since, begun)
        return begun - self._well_since > self._seconds

    def _unknown(self, mine: Sequence[Query], begun: float) -> list[Query]:
        """What was written down, but never began: nobody heard that the commit came through."""
        strays = {query.id for query in mine if not self._runs.has(query.id)}
        self._strays = {query_id: self._strays.get(query_id, begun) for query_id in strays}
        over = begun - self._seconds
        return [query for query in mine if self._strays.get(query.id, begun) < over]

    async def _begin_anew(self) -> None:
        """The others gave this process up, and may be at work in its sessions."""
        log.warning("This process was silent for too long: it stops what it was doing")
        self._leases.forget()
        self._runs.stop_all()
        await self._pool.drop()

    async def _forever(self) -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(TICK):  # wait_for may lose a cancellation
                    await self._asked.wait()
            self._asked.clear()
            try:
                await self.beat()
            except DatabaseAway:
                self._well_since = float("inf")
            except Exception:
                log.exception("A beat failed")
            await asyncio.sleep(SHORTEST)

    def _hear(self, news: News) -> None:
        if news.kind == "asked":
            self._asked.set()
