"""Events as they happen: written to the log in groups, then handed to everybody who listens.

The log in the database is the truth. A listener that falls behind is left to read it there; nobody
waits for a slow one. Listeners in other processes are woken, and read it there too.
"""

from __future__ import annotations

import asyncio
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from ..types.events import Event, Gap, Progress, Text
from .problems import Problem
from .store import rooms, shares
from .store.base import DatabaseAway, Store
from .wake import Alone, News, Wake

TOGETHER = 0.03
"""Seconds that events wait for others to be written with."""
BACKLOG = 256
"""Frames that a listener may be behind."""
PAGE = 200
MOST_LISTENERS = 100
"""Sockets and streams of one user, in one process."""
HEARTBEAT = 15.0
First = Callable[[AsyncSession], Awaitable[bool]]
"""What is to hold, in the same transaction, for events to be written at all."""


class Frame(NamedTuple):
    """An event on the wire; `seq` is None for a transient one."""

    seq: int | None
    text: str


class _Listener:
    """What one listener is still to be told; None: there is more in the log."""

    def __init__(self, user: uuid.UUID | None) -> None:
        self.user = user
        self._over = False
        self._queue: asyncio.Queue[Frame | None] = asyncio.Queue()
        self._nudged = False

    def tell(self, frame: Frame) -> None:
        if self._queue.qsize() < BACKLOG:
            self._queue.put_nowait(frame)
        elif frame.seq is not None:
            self.nudge()

    def nudge(self) -> None:
        if not self._nudged:
            self._nudged = True
            self._queue.put_nowait(None)

    def is_over(self) -> bool:
        """Whether it is told nothing any more."""
        return self._over

    def end(self) -> None:
        self._over = True
        self.nudge()

    async def next(self) -> Frame | None:
        async with asyncio.timeout(HEARTBEAT):  # wait_for may lose a cancellation
            found = await self._queue.get()
        self._nudged = self._nudged and found is not None
        return found


class Hub:
    """The listeners of this process, by session."""

    def __init__(self, store: Store, wake: Wake | None = None) -> None:
        self._store = store
        self._wake = wake or Alone()
        self._wake.subscribe(self._hear)
        self._listeners: dict[uuid.UUID, set[_Listener]] = defaultdict(set)
        self._told: dict[uuid.UUID, int] = {}
        """Number of the last event that listeners here were told of."""
        self._ended = False
        self._parted: list[Callable[[uuid.UUID], None]] = []

    def on_leave(self, told: Callable[[uuid.UUID], None]) -> None:
        """Call it with a session that somebody may not read any more, wherever that was said."""
        self._parted.append(told)

    @property
    def listening(self) -> int:
        """Sessions that somebody listens to here."""
        return len(self._listeners)

    def end(self) -> None:
        """Listeners are told what there is, and nothing more: this process stops."""
        self._ended = True
        for room in tuple(self._listeners):
            self._nudge(room)

    def publish(self, room: uuid.UUID, frames: Sequence[Frame]) -> None:
        """Hand frames to all listeners; one that has no room for them reads the log instead."""
        for frame in frames:
            self._tell(room, frame)
            self._wake.announce(News(room, "event", frame.text, frame.seq))

    async def write(
        self, room: uuid.UUID, events: Sequence[Event], first: First | None = None
    ) -> None:
        """Number durable events, write them to the log in one transaction, and publish them.

        With `first` in the same transaction; where it is False, nothing is written.
        """
        frames: list[tuple[int, str]] = []

        async def work(session: AsyncSession) -> bool:
            nonlocal frames
            if frames and await rooms.is_logged(session, room, *frames[0]):
                return True  # an earlier try came through, only its answer was lost
            if first is not None and not await first(session):
                return False
            frames = await rooms.log(session, room, events)
            return True

        if await self._store.insist(work):
            self.publish(room, [Frame(seq, text) for seq, text in frames])

    async def catch_up(self, session: AsyncSession) -> None:
        """Nudge listeners whose log has grown without a word of it reaching this process."""
        if not self._listeners:
            return
        await self._look_again(session)
        for room, seq in (await rooms.last_numbers(session, tuple(self._listeners))).items():
            if seq > self._told.get(room, -1):
                self._nudge(room)
                self._told[room] = seq

    @property
    def ended(self) -> bool:
        """This process stops."""
        return self._ended

    def may_listen(self, user: uuid.UUID) -> None:
        """Raises a problem (429) where the user has `MOST_LISTENERS` here already."""
        if (
            sum(one.user == user for room in self._listeners.values() for one in room)
            < MOST_LISTENERS
        ):
            return
        raise Problem(
            429, "too_many_listeners", f"You listen in {MOST_LISTENERS} places already.",
            hint="Close pages and notebooks that you do not need, then try again.", retry_after=5,
        )  # fmt: skip

    def leave(self, room: uuid.UUID, user: uuid.UUID | None = None) -> None:
        """The user, or everybody, may not listen to that session any more, wherever they do."""
        news = News(room, "left", str(user or ""))
        self._hear(news)
        self._wake.announce(news)

    def end_of(self, user: uuid.UUID) -> None:
        """Whatever let the user in here is not what it was: their listeners have to come again."""
        for listeners in self._listeners.values():
            _end(listeners, lambda listener: listener.user == user)

    async def _look_again(self, session: AsyncSession) -> None:
        """End the listeners of whom no word came that they may not read any more."""
        readers = await shares.members_of(session, tuple(self._listeners))
        for room, listeners in self._listeners.items():
            gone = {one for one in listeners if one.user and (room, one.user) not in readers}
            _end(listeners, gone.__contains__)

    async def follow(
        self, room: uuid.UUID, since: int, user: uuid.UUID | None = None
    ) -> AsyncIterator[Frame | None]:
        """Every durable event behind `since`, and transient ones as they come; None: all quiet.

        It ends when the process does, or when the user may not read the session any more.
        """
        listener = _Listener(user)
        self._listeners[room].add(listener)
        try:
            async for frame in self._logged(room, since):
                since = frame.seq or since
                yield frame
            while not self._ended and not listener.is_over():
                try:
                    found = await listener.next()
                except TimeoutError:
                    yield None
                    continue
                if listener.is_over():
                    return
                async for frame in self._in_order(room, since, found):
                    since = frame.seq or since
                    yield frame
            async for frame in self._logged(room, since):
                yield frame
        finally:
            self._listeners[room].discard(listener)
            if not self._listeners[room]:
                self._listeners.pop(room, None)
                self._told.pop(room, None)

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
        """What the log holds behind `since`; the listener waits while the database is away."""
        while True:
            page = await self._page(room, since)
            if page and page[0][0] > since + 1:
                yield _gap(room, page[0][0])
            for seq, text in page:
                since = seq
                yield Frame(seq, text)
            if len(page) < PAGE:
                return

    async def _page(self, room: uuid.UUID, since: int) -> Sequence[tuple[int, str]]:
        while True:
            with suppress(DatabaseAway):
                reading = self._store.insist(partial(_page, room=room, since=since))
                return await asyncio.shield(asyncio.ensure_future(reading))

    def _hear(self, news: News) -> None:
        if news.kind == "event":
            self._tell(news.room, Frame(news.seq, news.text))
        elif news.kind == "logged":
            self._nudge(news.room)
        elif news.kind == "account":
            self.end_of(news.room)
        elif news.kind == "left":
            for told in self._parted:
                told(news.room)
            _end(self._listeners.get(news.room, ()), lambda one: news.text in ("", str(one.user)))

    def _tell(self, room: uuid.UUID, frame: Frame) -> None:
        if room in self._listeners:
            self._told[room] = max(self._told.get(room, 0), frame.seq or 0)
            for listener in self._listeners[room]:
                listener.tell(frame)

    def _nudge(self, room: uuid.UUID) -> None:
        for listener in self._listeners.get(room, ()):
            listener.nudge()


def _gap(room: uuid.UUID, first: int) -> Frame:
    """What came before the event of that number was wanted, and is not kept any more."""
    told = Gap(session_id=str(room), at=datetime.now(UTC), first_available=first)
    return Frame(None, told.model_dump_json())


def _end(listeners: Iterable[_Listener], which: Callable[[_Listener], bool]) -> None:
    for listener in listeners:
        if which(listener):
            listener.end()


async def _page(session: AsyncSession, room: uuid.UUID, since: int) -> Sequence[tuple[int, str]]:
    return await rooms.events_after(session, room, since, PAGE)


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
            try:
                if events:
                    await self._hub.write(self._room, events)
            except DatabaseAway:
                self._waiting[:0] = events
                raise

    async def finish(self, events: Sequence[Event], first: First) -> None:
        """Write what waits, then the last events: with what they tell, or not at all."""
        await self.flush()
        async with self._lock:
            await self._hub.write(self._room, events, first)

    async def _later(self) -> None:
        await asyncio.sleep(TOGETHER)
        self._timer = None
        with suppress(DatabaseAway):  # they wait for the next ones, or for the end of the run
            await self.flush()
