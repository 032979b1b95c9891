"""What ends a server: Ctrl-C, or a signal of whoever started it."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from contextlib import suppress


def on_signals(end: Callable[[int], object]) -> None:
    """Call `end` with the signal that came, in the event loop, in the place of an interrupt."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # Windows: Ctrl-C is an interrupt there
            loop.add_signal_handler(number, end, number)
