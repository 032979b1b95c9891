"""The engine's sessions that this process has open, one for each session of a user."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Set
from contextlib import asynccontextmanager
from pathlib import Path

from ..engine.bridge import acall
from ..engine.engine import Engine
from ..engine.session import Session
from ..types.errors import ConfigError
from .leases import Leases
from .problems import Problem

IDLE = 600.0
"""Seconds after which a session that nobody asks gives its worker back."""
LONGEST_RUN = 600.0
"""Seconds that a run waits for a session in which another process is at work."""
LONGEST_VISIT = 5.0
"""Seconds that a request waits for it, before it is told to come again."""
PAUSE, LONGEST_PAUSE = 0.05, 0.5
Busy = Callable[[], Set[uuid.UUID]]
"""Sessions in which something runs."""


class Pool:
    """Opens sessions when they are asked, and closes them when they are not.

    Where several processes share the work, a session is opened under its lease only.
    """

    def __init__(self, folder: Path, leases: Leases | None = None) -> None:
        self._engine = Engine(workdir=folder / "work")
        self._leases = leases
        self._locks: defaultdict[uuid.UUID, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._used: dict[uuid.UUID, float] = {}
        self._visits: Counter[uuid.UUID] = Counter()

    @property
    def open(self) -> int:
        """How many sessions have a worker here."""
        return len(self._used)

    def has(self, room: uuid.UUID) -> bool:
        """Whether the session is open here."""
        return room in self._used

    async def session(self, room: uuid.UUID, patience: float = LONGEST_RUN) -> Session:
        """The engine's session of that id, as it was left.

        Raises a problem (503, `session_busy`) when another process does not leave it in time.
        """
        deadline, pause = time.monotonic() + patience, PAUSE
        while (opened := await self._opened(room)) is None:
            if time.monotonic() > deadline:
                raise Problem(
                    503, "session_busy", "Another process is at work in this session.",
                    hint="Try again when its question is answered.", retry_after=2,
                )  # fmt: skip
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
        return opened

    @asynccontextmanager
    async def visit(self) -> AsyncIterator[Visit]:
        """What one request works with; no session of it is given away before the block ends."""
        visit = Visit(self)
        try:
            yield visit
        finally:
            self._visits -= visit.rooms

    def enter(self, room: uuid.UUID) -> None:
        """A visit begins; `visit` ends it."""
        self._visits[room] += 1

    async def delete(self, room: uuid.UUID) -> None:
        """Delete everything that the engine keeps of it."""
        await self.session(room, LONGEST_VISIT)
        await acall(self._engine.delete, str(room))
        if self._leases is not None:
            await self._leases.release(room)
        self._used.pop(room, None)
        self._locks.pop(room, None)

    async def give(self, room: uuid.UUID, busy: Busy) -> bool:
        """Leave a session to another process, unless something goes on in it."""
        async with self._locks[room]:
            if self._visits[room] or room in busy():
                return False
            await self._close(room)
            if self._leases is not None:
                await self._leases.release(room)
        return True

    async def sweep(self, busy: Busy) -> None:
        """Close what nobody has asked for a while."""
        limit = time.monotonic() - IDLE
        for room in [room for room, used in self._used.items() if used < limit]:
            await self.give(room, busy)

    async def drop(self) -> None:
        """Close every session: the leases are lost."""
        for room in tuple(self._used):
            async with self._locks[room]:
                await self._close(room)

    async def close(self) -> None:
        await acall(self._engine.close)

    async def _opened(self, room: uuid.UUID) -> Session | None:
        async with self._locks[room]:
            if self._leases is not None and not await self._leases.take(room):
                return None
            try:
                session = await acall(self._engine.open, str(room))
            except ConfigError as error:
                if self._leases is None or error.code != "session_busy":
                    raise
                return None  # its last holder was given up, but has not let go of the folder yet
            self._used[room] = time.monotonic()
            return session

    async def _close(self, room: uuid.UUID) -> None:
        if self._used.pop(room, None) is not None:
            session = await acall(self._engine.open, str(room))
            await acall(session.close)


class Visit:
    """The sessions that one request uses."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self.rooms: Counter[uuid.UUID] = Counter()

    async def session(self, room: uuid.UUID) -> Session:
        """The engine's session of that id, kept here until the request is answered."""
        self._pool.enter(room)
        self.rooms[room] += 1
        return await self._pool.session(room, LONGEST_VISIT)

    async def delete(self, room: uuid.UUID) -> None:
        """Delete everything that the engine keeps of it."""
        await self._pool.delete(room)
