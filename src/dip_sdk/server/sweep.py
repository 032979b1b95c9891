"""What nobody needs any more is cleared away: idle sessions, old exports, uploads and events.

Every process does it, in both profiles. Nothing is deleted for good because the database does not
know it: it might be the wrong database. Of such sessions only copies go; the rest goes with the
request that deletes the session or the account, or soon after it.
"""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections.abc import Iterable
from contextlib import suppress

from sqlalchemy import select

from .asking import Questions
from .exports import Exports
from .pool import Pool
from .problems import Problem
from .store import old
from .store.base import DatabaseAway, Store
from .store.rooms import Room
from .tasks import ended
from .uploads import Uploads

log = logging.getLogger("dip_sdk.server")
TICK = 5.0
"""Seconds between two looks at idle sessions."""
EVERY = 600.0
"""Seconds between two looks at everything else."""
TOGETHER = 500


class Sweep:
    """Goes on behind everything, until it is closed."""

    def __init__(
        self, store: Store, pool: Pool, runs: Questions, exports: Exports, uploads: Uploads
    ) -> None:
        self._store = store
        self._pool = pool
        self._runs = runs
        self._exports = exports
        self._uploads = uploads
        self._task: asyncio.Task[None] | None = None
        self._gone: set[uuid.UUID] = set()
        """Sessions that were deleted, of which something may be left."""

    def start(self) -> None:
        self._task = asyncio.create_task(self._forever())

    async def close(self) -> None:
        if self._task is not None:
            with suppress(Exception):  # it was told when it happened
                await ended(self._task)

    async def rooms_of(self, user: uuid.UUID) -> list[uuid.UUID]:
        """The user's own sessions: what `forget` is told when the account is gone."""
        async with self._store.transaction() as session:
            return list(await session.scalars(select(Room.id).where(Room.owner_id == user)))

    async def forget(self, rooms: Iterable[uuid.UUID]) -> None:
        """Delete what is kept of sessions that were deleted; what cannot be now, later."""
        self._gone |= {*rooms}
        with suppress(Problem):
            await self._forget()

    async def once(self) -> None:
        """Delete everything whose time is over, and copies of sessions that are gone."""
        await self._exports.forget_old()
        await self._uploads.forget_old()
        async with self._store.transaction() as session:
            await old.forget(session)
        copied = await self._pool.copied()  # before the database is asked: none is newer than that
        for room in copied - await self._living(copied):
            await self._pool.uncopy(room)

    async def _forget(self) -> None:
        for room in tuple(self._gone):
            if await self._pool.forget(room):
                self._gone.discard(room)

    async def _living(self, rooms: Iterable[uuid.UUID]) -> set[uuid.UUID]:
        """Those that the database knows."""
        asked, found = sorted(rooms), set[uuid.UUID]()
        async with self._store.transaction() as session:
            for start in range(0, len(asked), TOGETHER):
                some = Room.id.in_(asked[start : start + TOGETHER])
                found.update(await session.scalars(select(Room.id).where(some)))
        return found

    async def _forever(self) -> None:
        last = 0.0
        while True:
            try:
                await self._pool.sweep(lambda: self._runs.busy)
                await self._forget()
                if time.monotonic() - last > EVERY:
                    last = time.monotonic()
                    await self.once()
            except (DatabaseAway, Problem):
                log.info("What is old is cleared away later: something does not answer")
            except Exception:
                log.exception("Clearing away failed")
            await asyncio.sleep(TICK)
