"""Pages that were asked for, kept a while: an answer never changes, so neither do its pages."""

from __future__ import annotations

import uuid
from collections import OrderedDict
from typing import NamedTuple

MOST = 64 << 20
"""Bytes of all pages that are kept."""


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
