"""Who may run: so many questions at once, so many of one user; the others wait, users in turn."""

from __future__ import annotations

import asyncio
import uuid
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from . import metrics
from .problems import Problem

MOST_WAITING = 20
"""Questions that one user may have waiting."""
TOLD_EVERY = 2.0
"""Seconds between two words about how many are before it."""
COME_AGAIN = 5.0


class Places:
    """The places of one process.

    A place that becomes free goes to the user who has waited for a turn the longest, whatever
    others have asked meanwhile: nobody is starved by somebody who asks much.
    """

    def __init__(self, total: int = 8, each: int = 4) -> None:
        self._total = total
        self._each = each
        self._running: Counter[uuid.UUID] = Counter()
        self._waiting: OrderedDict[uuid.UUID, deque[Place]] = OrderedDict()
        """By user, in the order of their turns."""
        self._closed = False

    @property
    def running(self) -> int:
        """How many have a place."""
        return self._running.total()

    @property
    def waiting(self) -> int:
        """How many wait for one."""
        return sum(map(len, self._waiting.values()))

    def enter(self, user: uuid.UUID) -> Place:
        """A place for a question of that user, or one to wait for; `leave` gives it back.

        Raises a problem (429, `too_many_questions`) when too many of theirs wait already, and
        (503, `stopping`) after `close`.
        """
        if self._closed:
            raise Problem(
                503, "stopping", "The server is being stopped.",
                hint="Ask again in a moment.", retry_after=COME_AGAIN,
            )  # fmt: skip
        own = self._waiting.get(user, ())
        if len(own) >= MOST_WAITING:
            metrics.REFUSED.labels("questions").inc()
            raise Problem(
                429, "too_many_questions", f"{len(own)} of your questions wait for an answer.",
                hint="Wait for some of them, or stop them.", retry_after=COME_AGAIN,
            )  # fmt: skip
        place = Place(self, user)
        self._waiting.setdefault(user, deque()).append(place)
        self._admit()
        return place

    def close(self) -> None:
        """Take nobody new; who has a place, or waits for one, stays."""
        self._closed = True

    @asynccontextmanager
    async def held(self, user: uuid.UUID) -> AsyncIterator[None]:
        """A place for the length of the block, waited for without a word."""
        place = self.enter(user)
        try:
            async for _ in place.turns():
                pass
            yield
        finally:
            place.leave()

    def leave(self, place: Place) -> None:
        """It is over, or does not wait any longer. Leaving again is no error."""
        if place.admitted and not place.left:
            self._running[place.user] -= 1
            self._running += Counter()  # drops users who have none
        elif place in self._waiting.get(place.user, ()):
            self._waiting[place.user].remove(place)
            self._forget_idle(place.user)
        place.left = True
        place.moved.set()
        self._admit()

    def before(self, place: Place) -> int:
        """How many get a place before this one, when nobody else comes and none is stopped."""
        if place.admitted or place.left:
            return 0
        users = list(self._waiting)
        turn = users.index(place.user)
        own = self._waiting[place.user].index(place)
        return sum(
            own if user == place.user else min(len(waiting), own + (number < turn))
            for number, (user, waiting) in enumerate(self._waiting.items())
        )

    def _admit(self) -> None:
        """Give what is free to those whose turn it is."""
        while self.running < self._total and (user := self._next()) is not None:
            place = self._waiting[user].popleft()
            self._waiting.move_to_end(user)
            self._forget_idle(user)
            self._running[user] += 1
            place.admitted = True
            place.moved.set()
        metrics.RUNNING.set(self.running)
        metrics.WAITING.set(self.waiting)

    def _next(self) -> uuid.UUID | None:
        return next((user for user in self._waiting if self._running[user] < self._each), None)

    def _forget_idle(self, user: uuid.UUID) -> None:
        if not self._waiting[user]:
            del self._waiting[user]


class Place:
    """What a question holds, or waits for."""

    def __init__(self, places: Places, user: uuid.UUID) -> None:
        self.user = user
        self.admitted = False
        self.left = False
        self.moved = asyncio.Event()
        self._places = places

    async def turns(self) -> AsyncIterator[int]:
        """How many are before it, now and when that changes; ends when it has a place or left."""
        told = None
        while not (self.admitted or self.left):
            if (before := self._places.before(self)) != told:
                told = before
                yield before
            with suppress(TimeoutError):
                async with asyncio.timeout(TOLD_EVERY):  # wait_for may lose a cancellation
                    await self.moved.wait()

    def leave(self) -> None:
        """Give it back, or wait no longer."""
        self._places.leave(self)

    def give_up(self) -> None:
        """Wait no longer; a place that it has it keeps until its end."""
        if not self.admitted:
            self.leave()
