"""What was read a moment ago, and need not be read again for each request."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
MOST = 10_000


class Kept(Generic[K, V]):
    """Values by their keys, each for so many seconds; those asked for longest ago go first."""

    def __init__(self, seconds: float, most: int = MOST) -> None:
        self._seconds = seconds
        self._most = most
        self._kept: OrderedDict[K, tuple[float, V]] = OrderedDict()
        self._forgotten = 0
        """How often something was to be forgotten."""

    async def get(self, key: K, read: Callable[[], Awaitable[V | None]]) -> V | None:
        """The value that is kept, else the one that is read; None is not kept.

        Nor is what was read while something was to be forgotten: it may be from before.
        """
        until, value = self._kept.get(key, (0.0, None))
        if value is not None and time.monotonic() < until:
            self._kept.move_to_end(key)
            return value
        forgotten, begun = self._forgotten, time.monotonic()
        found = await read()
        if found is not None and forgotten == self._forgotten:
            self._kept[key] = (begun + self._seconds, found)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return found

    def forget(self, which: Callable[[K, V], bool]) -> None:
        """Read anew what `which` is true of."""
        self._forgotten += 1
        gone = [key for key, (_, value) in self._kept.items() if which(key, value)]
        for key in gone:
            del self._kept[key]
