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
from typing import NamedTuple

from sqlalchemy import ColumnElement, select

from .asking import Questions
from .exports import Exports
from .pool import Pool
from .problems import Problem
from .store import old, transfers
from .store.base import DatabaseAway, Store
from .store.rooms import Room
from .store.transfers import Export, Upload
from .tasks import ended
from .uploads import Uploads

log = logging.getLogger("dip_sdk.server")
TICK = 5.0
"""Seconds between two looks at idle sessions."""
EVERY = 600.0
"""Seconds between two looks at everything else."""
TOGETHER = 500


class Belongings(NamedTuple):
    """What is kept of sessions, in folders and in the object store."""

    rooms: list[uuid.UUID]
    exports: list[Export]
    uploads: list[Upload]


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

    async def belongings(self, of: ColumnElement[bool]) -> Belongings:
        """What there is of sessions: `forget` is told when the database knows them no more."""
        async with self._store.transaction() as session:
            found = list(await session.scalars(select(Room.id).where(of)))
            exports, uploads = await transfers.in_rooms(session, found)
        return Belongings(found, exports, uploads)

    async def forget(self, left: Belongings) -> None:
        """Delete what is kept of sessions that were deleted; what cannot be now, later."""
        self._gone |= {*left.rooms}
        for export in left.exports:
            await self._exports.forget(export)
        with suppress(Problem, OSError):  # an object store that is away; all goes with its session
            for upload in left.uploads:
                await self._uploads.forget(upload)
        with suppress(Problem):
            await self._forget()
        await self._store.overwrite()

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
