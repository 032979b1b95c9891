"""How a process of the server stops: it takes no new questions, and those that run may finish.

The first signal begins that; the second ends it at once. Only then does uvicorn hear of either,
and closes what is still open: sockets with 1012, which says "come again, somebody answers".
"""

from __future__ import annotations

import asyncio
import logging
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from types import FrameType

from .asking import ENDING, Questions
from .live import Hub

log = logging.getLogger("dip_sdk.server")
SIGNALS = (signal.SIGTERM, signal.SIGINT)
PARTING = 2.0
"""Seconds that listeners get to hear the last events."""
PAUSE = 0.05


class Stopping:
    """The end of one process."""

    def __init__(self, runs: Questions, hub: Hub, grace: float) -> None:
        self._runs = runs
        self._hub = hub
        self._grace = grace
        self._hurry = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def begun(self) -> bool:
        """Whether no more questions are taken."""
        return self._task is not None

    @property
    def _idle(self) -> bool:
        return self._runs.idle and not self._runs.places.running

    @contextmanager
    def on_signals(self) -> Iterator[None]:
        """While the block lasts, whoever wanted a signal before is told after the stop."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.getsignal(number) for number in SIGNALS}
        loop = asyncio.get_running_loop()

        def told(number: int, frame: FrameType | None) -> None:
            leave = before[signal.Signals(number)]
            if callable(leave):
                loop.call_soon_threadsafe(self.stop, partial(leave, number, frame))

        for number, handler in before.items():
            if callable(handler):
                signal.signal(number, told)
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def stop(self, leave: Callable[[], object]) -> None:
        """Begin to stop, and `leave` in the end; said again: at once."""
        if self._task is None:
            self._task = asyncio.create_task(self._stop(leave))
        else:
            self._hurry.set()

    async def _stop(self, leave: Callable[[], object]) -> None:
        log.info("The server is being stopped")
        try:
            self._runs.places.close()
            await self._until(lambda: self._idle or self._hurry.is_set(), self._grace)
            self._runs.interrupt()
            await self._until(lambda: self._idle, ENDING)
            self._hub.end()
            await self._until(lambda: not self._hub.listening, PARTING)
        except Exception:
            log.exception("The server stops in disorder")
        finally:
            leave()

    async def _until(self, is_so: Callable[[], bool], seconds: float) -> None:
        """Until that is so, or so many seconds are over."""
        deadline = time.monotonic() + seconds
        while not is_so() and time.monotonic() < deadline:
            await asyncio.sleep(PAUSE)
