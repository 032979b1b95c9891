"""The engine's sessions that this process has open, one for each session of a user."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Set
from contextlib import asynccontextmanager
from pathlib import Path
from shutil import rmtree
from typing import TypeVar

from ..engine.bridge import acall
from ..engine.engine import Engine
from ..engine.planner.settings import ModelSettings
from ..engine.session import Session
from ..types.errors import ConfigError
from .leases import Leases
from .mirror import Mirror
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
T = TypeVar("T")


class Pool:
    """Opens sessions when they are asked, and closes them when they are not.

    Where several processes share the work, a session is opened under its lease only; with a mirror
    it is brought from the object store then, and everything that changes in it goes there.
    """

    def __init__(
        self, folder: Path, leases: Leases | None = None, mirror: Mirror | None = None
    ) -> None:
        self._mirror = mirror
        self._engine = Engine(
            workdir=folder / "work" if mirror is None else mirror.work,
            model=ModelSettings(keep=False),  # kept plans would be one user's words for another
            on_change=mirror.push if mirror is not None else None,
        )
        rmtree(folder / "work" / "plans", ignore_errors=True)  # of a version that kept them
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
        return await self._insist(lambda: self._opened(room), patience)

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
        await self._insist(lambda: self._deleted(room), LONGEST_VISIT)
        self._locks.pop(room, None)

    async def forget(self, room: uuid.UUID) -> bool:
        """Delete everything of a session that the database does not know any more.

        False: another process has its folder open still.
        """
        async with self._locks[room]:
            try:
                await self._erase(room)
            except ConfigError as error:
                if error.code != "session_busy":
                    raise
                return False
        self._locks.pop(room, None)
        return True

    async def copied(self) -> set[uuid.UUID]:
        """Sessions of which there is a copy on this machine, that the object store has."""
        names = await acall(self._mirror.copied) if self._mirror is not None else ()
        return {room for name in names if (room := _id(name)) is not None}

    async def uncopy(self, room: uuid.UUID) -> None:
        """Delete the copy, whoever is at work in it here."""
        async with self._locks[room]:
            await self._drop(room)
            if self._mirror is not None:
                await acall(self._mirror.uncopy, room)

    async def give(self, room: uuid.UUID, busy: Busy) -> bool:
        """Leave a session to another process, unless something goes on in it."""
        async with self._locks[room]:
            if self._visits[room] or room in busy():
                return False
            if self._mirror is not None and not await acall(self._mirror.settle, room):
                return False  # what nobody else has is not let go of
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
                await self._drop(room)

    async def close(self) -> None:
        open_, self._used = self._used, {}  # nobody gives away what is being closed
        await acall(self._engine.close)
        for room in open_:
            if self._mirror is not None:
                await acall(self._mirror.leave, room)

    async def _insist(self, attempt: Callable[[], Awaitable[T | None]], patience: float) -> T:
        """What the attempt gives, once the session's holder leaves it; `session_busy` if not."""
        deadline, pause = time.monotonic() + patience, PAUSE
        while (found := await attempt()) is None:
            if time.monotonic() > deadline:
                raise Problem(
                    503, "session_busy", "Another process is at work in this session.",
                    hint="Try again when its question is answered.", retry_after=2,
                )  # fmt: skip
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
        return found

    async def _opened(self, room: uuid.UUID) -> Session | None:
        async with self._locks[room]:
            if self._leases is not None and not await self._leases.take(room):
                return None
            if self._mirror is not None and self._mirror.lost(room):
                await self._drop(room)
            try:
                session = await acall(self._open, room)
            except ConfigError as error:
                if self._leases is None or error.code != "session_busy":
                    raise
                return None  # its last holder was given up, but has not let go of the folder yet
            self._used[room] = time.monotonic()
            return session

    def _open(self, room: uuid.UUID) -> Session:
        if self._mirror is not None:
            self._mirror.bring(room)
        return self._engine.open(str(room))

    async def _deleted(self, room: uuid.UUID) -> bool | None:
        async with self._locks[room]:
            if self._leases is not None and not await self._leases.take(room):
                return None
            try:
                await self._erase(room)
            except ConfigError as error:
                if error.code != "session_busy":
                    raise
                return None
            if self._leases is not None:
                await self._leases.release(room)
            return True

    async def _erase(self, room: uuid.UUID) -> None:
        self._used.pop(room, None)
        if str(room) in await acall(self._engine.sessions):
            await acall(self._engine.delete, str(room))
        if self._mirror is not None:
            await acall(self._mirror.delete, room)

    async def _close(self, room: uuid.UUID) -> None:
        if await self._ended(room) and self._mirror is not None:
            await acall(self._mirror.leave, room)

    async def _drop(self, room: uuid.UUID) -> None:
        """Close it as one that is another process' now."""
        if await self._ended(room) and self._mirror is not None:
            await acall(self._mirror.drop, room)

    async def _ended(self, room: uuid.UUID) -> bool:
        """Whether it was open here."""
        if self._used.pop(room, None) is None:
            return False
        session = await acall(self._engine.open, str(room))
        await acall(session.close)
        return True


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


def _id(name: str) -> uuid.UUID | None:
    """The session that a folder is of; other folders are no business of ours."""
    try:
        return uuid.UUID(name)
    except ValueError:
        return None
