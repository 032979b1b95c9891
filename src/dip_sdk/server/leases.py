"""Which sessions this process may run steps in, where several processes share a database."""

from __future__ import annotations

import time
import uuid

from .store import processes
from .store.base import Store
from .wake import News, Wake


class Leases:
    """The leases of this process.

    They hold for as long as the others believe it to live; `believed_until` is told by whoever
    keeps that up. No question goes to the database for one that holds.
    """

    def __init__(self, store: Store, wake: Wake) -> None:
        self._store = store
        self._wake = wake
        self._held: set[uuid.UUID] = set()
        self.believed_until = 0.0
        """On the clock of `time.monotonic`."""

    async def take(self, room: uuid.UUID) -> bool:
        """Whether this process holds the session; if not, its holder knows that it is wanted."""
        if room in self._held and time.monotonic() < self.believed_until:
            return True
        async with self._store.transaction() as session:
            taken = await processes.take(session, room, self._store.process)
        (self._held.add if taken else self._held.discard)(room)
        if not taken:
            self._wake.announce(News(room, "asked"))
        return taken

    async def release(self, room: uuid.UUID) -> None:
        """Leave the session to whoever wants it."""
        self._held.discard(room)
        async with self._store.transaction() as session:
            await processes.release(session, room, self._store.process)

    def forget(self) -> None:
        """The others have given this process up: it holds nothing any more."""
        self._held.clear()
