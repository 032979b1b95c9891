"""Where a client is at home: it may be closed, and an async one belongs to one event loop."""

from __future__ import annotations

import asyncio
import os
import threading

from ..types.errors import ConfigError

Lock = threading.Lock
AsyncLock = asyncio.Lock


class Home:
    """Open from the start, closed once, of use only in the process that made it."""

    def __init__(self) -> None:
        self.closed = False
        self._process = os.getpid()

    def enter(self) -> None:
        """Called before every use; raises `ConfigError` when that cannot go well."""
        if self.closed:
            raise ConfigError("This client is closed.", hint="Make a new one.", code="closed")
        if os.getpid() != self._process:
            raise ConfigError(
                "This client belongs to the process that this one was forked from.",
                hint="Make a Client of its own in each process.",
                code="forked",
            )


class AsyncHome(Home):
    """The event loop of the first use is the only one."""

    def __init__(self) -> None:
        super().__init__()
        self._loop: asyncio.AbstractEventLoop | None = None

    def enter(self) -> None:
        super().enter()
        loop = asyncio.get_running_loop()
        self._loop = self._loop or loop
        if self._loop is not loop:
            raise ConfigError(
                "This AsyncClient was first used in another event loop.",
                hint="Make one client inside each asyncio.run(...), or use Client.",
                code="other_loop",
            )
