"""How much the files of one user may take, in all their sessions."""

from __future__ import annotations

import asyncio
import uuid
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import func, select

from . import metrics
from .problems import Problem
from .store.base import Store
from .store.rooms import File, Room
from .store.transfers import Upload


class Quota:
    """Counts files by the sizes they came with, and uploads under way by those that were told.

    What one process takes in at the same time is counted together; two processes that begin an
    upload in the same moment may both let it in.
    """

    def __init__(self, store: Store, most_mb: int) -> None:
        self._store = store
        self._most = most_mb << 20
        self._coming: Counter[uuid.UUID] = Counter()
        self._lock = asyncio.Lock()

    @asynccontextmanager
    async def reserved(self, user: uuid.UUID, size: int) -> AsyncIterator[None]:
        """So many bytes are the user's until the block ends, when the database knows of them.

        Raises a problem (413, `quota`) where they are more than what is left.
        """
        async with self._lock:
            used = await self.used(user) + self._coming[user]
            if used + size > self._most:
                metrics.REFUSED.labels("quota").inc()
                raise _full(used, self._most, size)
            self._coming[user] += size
        try:
            yield
        finally:
            async with self._lock:
                self._coming[user] -= size
                self._coming += Counter()  # drops users of whom nothing comes

    async def used(self, user: uuid.UUID) -> int:
        """Bytes of the user's files, and of what they told that they send."""
        files = select(func.coalesce(func.sum(File.size), 0)).join(Room)
        uploads = select(func.coalesce(func.sum(Upload.size), 0)).join(Room)
        async with self._store.transaction() as session:
            kept = await session.scalar(files.where(Room.owner_id == user))
            coming = await session.scalar(
                uploads.where(Room.owner_id == user, Upload.dataset_id.is_(None))
            )
        return int(kept or 0) + int(coming or 0)


def _full(used: int, most: int, size: int) -> Problem:
    return Problem(
        413, "quota",
        f"Your files take {_mb(used)} of {_mb(most)} MB; {_mb(size)} MB more do not fit.",
        hint="Delete sessions that you do not need any more, or ask the operator for more.",
    )  # fmt: skip


def _mb(size: int) -> str:
    return f"{size / (1 << 20):,.1f}".removesuffix(".0")
