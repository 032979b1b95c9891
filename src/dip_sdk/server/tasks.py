"""Ending tasks."""

from __future__ import annotations

import asyncio
from typing import Any

AGAIN = 1.0
"""Seconds after which a task that goes on is told again."""


async def ended(task: asyncio.Task[Any]) -> None:
    """Cancel a task and wait for its end; raises what it failed with.

    A cancellation is lost where it meets the end of a transaction, for the pool of connections
    catches it: it is said until it is heard.
    """
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=AGAIN)
    if not task.cancelled() and (error := task.exception()) is not None:
        raise error
