"""Pages that were asked for, kept a while: an answer never changes, so neither do its pages."""

from __future__ import annotations

import uuid
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from .kept import Kept
from .store.rooms import Query

MOST = 64 << 20
"""Bytes of all pages that are kept."""
TRUSTED = 5.0
"""Seconds for which who may read an answer is not looked up again, where no word comes of it."""


class Key(NamedTuple):
    """What makes a page the same page."""

    query_id: uuid.UUID
    offset: int
    limit: int
    sort: tuple[tuple[str, ...], tuple[str, ...]]
    """Columns and their directions."""
    filter: str


class Pages:
    """The pages of this process that were asked for last, as they go over the wire."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._size = 0
        self._kept: OrderedDict[Key, bytes] = OrderedDict()
        self._readers: Kept[tuple[uuid.UUID, uuid.UUID], Query] = Kept(TRUSTED)
        """By user and query."""

    async def query(
        self, user: uuid.UUID, id: uuid.UUID, read: Callable[[], Awaitable[Query]]
    ) -> Query:
        """The query that the user may read; looked up again after some seconds, or `leave`."""
        found = await self._readers.get((user, id), read)
        assert found is not None  # noqa: S101 - what is not there is raised
        return found

    def leave(self, room: uuid.UUID) -> None:
        """Somebody may not read that session any more."""
        self._readers.forget(lambda _, query: query.session_id == room)

    def get(self, key: Key) -> bytes | None:
        """The page, when it is still kept."""
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def keep(self, key: Key, page: bytes) -> None:
        """Keep a page, and forget those that nobody asked for longest."""
        self._size += len(page) - len(self._kept.pop(key, b""))
        self._kept[key] = page
        while self._size > self._most:
            _, gone = self._kept.popitem(last=False)
            self._size -= len(gone)
