"""Letting time pass, in both colours."""

from __future__ import annotations

import asyncio
import time

sleep = time.sleep


async def asleep(seconds: float) -> None:
    await asyncio.sleep(seconds)
