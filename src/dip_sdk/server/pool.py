"""The engine's sessions that this process has open, one for each session of a user."""

from __future__ import annotations

import asyncio
import time
import uuid
from pathlib import Path

from ..engine.bridge import acall
from ..engine.engine import Engine
from ..engine.session import Session

IDLE = 600.0
"""Seconds after which a session that nobody asks gives its worker back."""


class Pool:
    """Opens sessions when they are asked, and closes them when they are not."""

    def __init__(self, folder: Path) -> None:
        self._engine = Engine(workdir=folder / "work")
        self._locks: dict[uuid.UUID, asyncio.Lock] = {}
        self._used: dict[uuid.UUID, float] = {}

    async def session(self, room: uuid.UUID) -> Session:
        """The engine's session of that id, as it was left."""
        lock = self._locks.setdefault(room, asyncio.Lock())
        async with lock:
            self._used[room] = time.monotonic()
            return await acall(self._engine.open, str(room))

    async def delete(self, room: uuid.UUID) -> None:
        """Delete everything that the engine keeps of it."""
        await self.session(room)
        await acall(self._engine.delete, str(room))
        self._used.pop(room, None)
        self._locks.pop(room, None)

    async def sweep(self, busy: set[uuid.UUID]) -> None:
        """Close what nobody has asked for a while, but for what is busy."""
        limit = time.monotonic() - IDLE
        for room in [room for room, used in self._used.items() if used < limit]:
            if room not in busy:
                session = await self.session(room)
                self._used.pop(room, None)
                await acall(session.close)

    async def close(self) -> None:
        await acall(self._engine.close)
