"""Events as they happen: written to the log in groups, then handed to everybody who listens.

The log in the database is the truth. A listener that falls behind is left to read it there; nobody
waits for a slow one.
"""

from __future__ import annotations

import asyncio
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from typing import NamedTuple

from ..types.events import Event, Progress, Text
from .store import rooms
from .store.base import Store
from .store.rooms import Happened

TOGETHER = 0.03
"""Seconds that events wait for others to be written with."""
BACKLOG = 256
"""Frames that a listener may be behind."""
PAGE = 200
HEARTBEAT = 15.0


class Frame(NamedTuple):
    """An event on the wire; `seq` is None for a transient one."""

    seq: int | None
    text: str


class Hub:
    """The listeners of this process, by session."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._queues: dict[uuid.UUID, set[asyncio.Queue[Frame | None]]] = defaultdict(set)

    def publish(self, room: uuid.UUID, frames: Sequence[Frame]) -> None:
        """Hand frames to all listeners; one that has no room for them reads the log instead."""
        for queue in self._queues.get(room, ()):
            for frame in frames:
                if queue.qsize() < BACKLOG:
                    queue.put_nowait(frame)
                elif frame.seq is not None and queue.qsize() == BACKLOG:
                    queue.put_nowait(None)

    async def write(self, room: uuid.UUID, events: Sequence[Event]) -> None:
        """Number durable events, write them to the log in one transaction, and publish them."""
        async with self._store.transaction() as session:
            numbers = await rooms.next_numbers(session, room, len(events))
            frames = [
                Frame(seq, event.model_copy(update={"seq": seq}).model_dump_json())
                for seq, event in zip(numbers, events, strict=False)
            ]
            session.add_all(
                Happened(session_id=room, seq=frame.seq, query_id=event.query_id, frame=frame.text)
                for frame, event in zip(frames, events, strict=False)
            )
        self.publish(room, frames)

    async def follow(self, room: uuid.UUID, since: int) -> AsyncIterator[Frame | None]:
        """Every durable event behind `since`, and transient ones as they come; None: all quiet."""
        queue: asyncio.Queue[Frame | None] = asyncio.Queue()
        self._queues[room].add(queue)
        try:
            async for frame in self._logged(room, since):
                since = frame.seq or since
                yield frame
            while True:
                try:
                    found = await asyncio.wait_for(queue.get(), HEARTBEAT)
                except TimeoutError:
                    yield None
                    continue
                async for frame in self._in_order(room, since, found):
                    since = frame.seq or since
                    yield frame
        finally:
            self._queues[room].discard(queue)
            if not self._queues[room]:
                self._queues.pop(room, None)

    async def _in_order(
        self, room: uuid.UUID, since: int, found: Frame | None
    ) -> AsyncIterator[Frame]:
        """The frame, with those before it that were missed; nothing for one that was seen."""
        if (found is not None and found.seq is None) or (
            found is not None and found.seq == since + 1
        ):
            yield found
        elif found is None or found.seq is None or found.seq > since:
            async for frame in self._logged(room, since):
                yield frame

    async def _logged(self, room: uuid.UUID, since: int) -> AsyncIterator[Frame]:
        while True:
            async with self._store.transaction() as session:
                page = await rooms.events_after(session, room, since, PAGE)
            for seq, text in page:
                since = seq
                yield Frame(seq, text)
            if len(page) < PAGE:
                return


class Journal:
    """Takes the events of one run: transient ones go out at once, durable ones in groups."""

    def __init__(self, hub: Hub, room: uuid.UUID) -> None:
        self._hub = hub
        self._room = room
        self._waiting: list[Event] = []
        self._lock = asyncio.Lock()
        self._timer: asyncio.Task[None] | None = None

    async def take(self, event: Event) -> None:
        if isinstance(event, (Text, Progress)):
            self._hub.publish(self._room, [Frame(None, event.model_dump_json())])
            return
        self._waiting.append(event)
        if self._timer is None:
            self._timer = asyncio.create_task(self._later())

    async def flush(self) -> None:
        """Write what waits."""
        async with self._lock:
            events, self._waiting = self._waiting, []
            if events:
                await self._hub.write(self._room, events)

    async def _later(self) -> None:
        await asyncio.sleep(TOGETHER)
        self._timer = None
        await self.flush()
