"""Files on their way to a backend: in pieces that are sent again from where the last one ended."""

from __future__ import annotations

import time
from base64 import b64encode
from collections.abc import AsyncGenerator
from typing import IO

from ...types.dataset import Dataset, ReadOptions
from ...types.errors import ApiError, ConnectionFailed
from ..core import calls
from ..core.calls import Call
from ..core.uploads import Moved
from ..given import Source
from ..waiting import asleep
from .http import AsyncHttp

LEAST, MOST = 1 << 20, 32 << 20
"""Bytes of a piece; what a backend had of one when it broke off is not sent again."""
BRISK, SLOW = 0.2, 2.0
"""Seconds that a piece takes: below the first the next is larger, above the second smaller."""
READING = 3600.0
"""Seconds that the backend may take to read a file."""
TUS = {"Tus-Resumable": "1.0.0"}


async def send(
    http: AsyncHttp, room: str, source: Source, options: ReadOptions
) -> AsyncGenerator[Moved | Dataset]:
    """How far it is, and at last what it was read into."""
    size = source.path.stat().st_size
    place = await _place(http, room, source.name, size)
    with source.path.open("rb") as file:
        offset = failures = 0
        length = 8 * LEAST
        while offset < size:
            begun = time.monotonic()
            try:
                offset = await _piece(http, place, file, offset, length)
                length = _next_length(length, time.monotonic() - begun)
                failures = 0
            except (ConnectionFailed, ApiError) as error:
                failures += 1
                if failures > http.max_retries or not _may_go_on(error):
                    raise
                await asleep(calls.pause(failures))
                offset, length = await _offset(http, place), LEAST
            yield Moved(offset / size, f"Sending {source.name}")
    yield Moved(1.0, f"Reading {source.name}")
    asked = {"name": source.name, "options": _options(source, options)}
    reading = Call("POST", f"{place}/read", json=asked, again=False, seconds=READING)
    yield calls.read(Dataset, (await http.send(reading)).json())


async def _place(http: AsyncHttp, room: str, name: str, size: int) -> str:
    """Where the backend wants it."""
    told = f"filename {b64encode(name.encode()).decode()}"
    headers = TUS | {"Upload-Length": str(size), "Upload-Metadata": told}
    reply = await http.send(Call("POST", calls.path("sessions", room, "uploads"), headers=headers))
    return reply.headers["location"]


async def _piece(http: AsyncHttp, place: str, file: IO[bytes], offset: int, length: int) -> int:
    """Send the next piece; gives where the one after it begins."""
    file.seek(offset)
    headers = TUS | {
        "Upload-Offset": str(offset),
        "Content-Type": "application/offset+octet-stream",
    }
    call = Call("PATCH", place, content=file.read(length), headers=headers, again=False)
    return int((await http.send(call)).headers["upload-offset"])


def _next_length(length: int, seconds: float) -> int:
    """Few pieces where the way is fast, and news of each within seconds where it is slow."""
    if seconds < BRISK:
        return min(MOST, 2 * length)
    return max(LEAST, length // 2) if seconds > SLOW else length


async def _offset(http: AsyncHttp, place: str) -> int:
    return int((await http.send(Call("HEAD", place, headers=TUS))).headers["upload-offset"])


def _may_go_on(error: ConnectionFailed | ApiError) -> bool:
    """Something on the way failed, or another request has gone on."""
    return isinstance(error, ConnectionFailed) or error.status in (409, 423, *calls.AGAIN)


def _options(source: Source, options: ReadOptions) -> dict[str, object]:
    """How to read it there: nothing can stay in place, and a DataFrame is known as one."""
    chosen = options.model_copy(update={"in_place": False})
    if source.format is not None:
        chosen = chosen.model_copy(update={"format": source.format})
    return chosen.model_dump(mode="json")
