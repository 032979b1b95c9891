"""Over stdin and stdout, to the process that started this one."""

from __future__ import annotations

import asyncio
import os

from mcp.server.stdio import stdio_server

from .room import Room
from .server import server
from .signals import on_signals


async def over_stdio(room: Room, privacy: str) -> None:
    """Serve until stdin is closed or a signal comes."""
    speaking = server(room, privacy)
    async with room, stdio_server() as (reading, writing):
        ending: list[asyncio.Task[None]] = []
        on_signals(lambda number: ending.append(asyncio.create_task(_end(room, number))))
        await speaking.run(reading, writing, speaking.create_initialization_options())


async def _end(room: Room, number: int) -> None:
    """A thread reads stdin, and nothing but a line wakes it: the process ends without it."""
    try:
        await room.close()
    finally:
        os._exit(128 + number)
