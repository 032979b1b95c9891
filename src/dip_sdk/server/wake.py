"""How the processes of a server wake each other: through Redis, or not at all where there is one.

Only speed depends on it. What is announced stands in the database too, where every process looks
once a second, so nothing is lost with a message. Events travel as copies of what was committed, or
forty listeners would read each from the database; their numbers tell what is missing or doubled.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Literal, NamedTuple, Protocol, TypeAlias, cast, get_args

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from ..types.errors import ConfigError
from .tasks import ended

log = logging.getLogger("dip_sdk.server")

Kind: TypeAlias = Literal["event", "logged", "asked", "account", "left"]
STREAM = "dip:wake"
KEPT = 2_000
"""Announcements that Redis keeps: as many as a process may miss in a short break."""
WAITING = 2_000
"""Announcements that wait to be sent; more are dropped."""
LONGEST = 16 << 10
"""Characters of an event that travels; a longer one is read from the log."""
TOGETHER = 100
BLOCK_MS = 1_000
AWAY = 0.5
"""Seconds until Redis is tried again, and that a connection to it may take."""
ANSWER = 2.0
"""Seconds that it has for an answer. Nobody waits for one but the tasks here."""


class News(NamedTuple):
    """Something happened in a session, or to a user.

    `event`: `text`, which has the number `seq` in its log, or none there. `logged`: its log has
    new events. `asked`: somebody wants the session, or wants a query of it stopped. `account`: what
    lets the user in, whose id is in the place of the session's, is not what it was. `left`: the
    user whose id is the text may not read it any more; without a text, nobody may.
    """

    room: uuid.UUID
    kind: Kind
    text: str = ""
    seq: int | None = None


Hear: TypeAlias = Callable[[News], None]


class Wake(Protocol):
    """Tells the other processes, and hears them."""

    @property
    def away(self) -> bool:
        """Announcements do not travel now."""

    def announce(self, news: News) -> None:
        """Tell the others, soon; never waits, and may be lost."""

    def subscribe(self, hear: Hear) -> None:
        """Call `hear` in the event loop with what others announce."""

    async def start(self) -> None:
        """Begin; raises `ConfigError` for what cannot work."""

    async def close(self) -> None: ...


class Alone:
    """There is no other process."""

    away = False

    def announce(self, news: News) -> None:
        """Nobody is there to be told."""

    def subscribe(self, hear: Hear) -> None:
        """Nobody is there to be heard."""

    async def start(self) -> None:
        """There is nothing to begin."""

    async def close(self) -> None:
        """There is nothing to end."""


class RedisWake:
    """Announcements in one stream of Redis, which a reader can go on with after a short break."""

    def __init__(self, url: str) -> None:
        self.away = False
        self._me = uuid.uuid4().hex
        self._redis = connection(url)
        self._hearers: list[Hear] = []
        self._outgoing: asyncio.Queue[News] = asyncio.Queue(WAITING)
        self._tasks: tuple[asyncio.Task[None], ...] = ()

    def announce(self, news: News) -> None:
        if len(news.text) > LONGEST:
            if news.seq is None:
                return
            news = News(news.room, "logged")
        if not self._outgoing.full():
            self._outgoing.put_nowait(news)

    def subscribe(self, hear: Hear) -> None:
        self._hearers.append(hear)

    async def start(self) -> None:
        await must_answer(self._redis)
        self._tasks = (asyncio.create_task(self._send()), asyncio.create_task(self._read()))

    async def close(self) -> None:
        for task in self._tasks:
            with suppress(Exception):  # it was told when it happened
                await ended(task)
        await self._redis.aclose()

    async def _send(self) -> None:
        while True:
            news = [await self._outgoing.get()]
            while not self._outgoing.empty() and len(news) < TOGETHER:
                news.append(self._outgoing.get_nowait())
            if self.away:
                continue
            try:
                await self._add(news)
            except (RedisError, OSError):
                log.debug("Announcements were lost: Redis does not answer")

    async def _add(self, news: Sequence[News]) -> None:
        async with self._redis.pipeline(transaction=False) as pipe:
            for one in news:
                fields: Any = {
                    "by": self._me, "room": one.room.hex, "kind": one.kind, "text": one.text,
                    "seq": "" if one.seq is None else one.seq,
                }  # fmt: skip
                pipe.xadd(STREAM, fields, maxlen=KEPT, approximate=True)
            await pipe.execute()

    async def _read(self) -> None:
        last = ""
        while True:
            try:
                last = last or await self._last()
                found: Any = await self._redis.xread({STREAM: last}, count=TOGETHER, block=BLOCK_MS)
            except (RedisError, OSError):
                self._now(away=True)
                await asyncio.sleep(AWAY)
                continue
            self._now(away=False)
            for number, fields in found[0][1] if found else ():
                last = number
                self._tell(fields)

    async def _last(self) -> str:
        """Where the stream ends now: "$" would mean its end at each call anew."""
        newest = await self._redis.xrevrange(STREAM, count=1)
        return str(newest[0][0]) if newest else "0-0"

    def _now(self, *, away: bool) -> None:
        if away != self.away:
            log.warning("Redis is away: events are polled for" if away else "Redis is back")
            self.away = away

    def _tell(self, fields: dict[str, str]) -> None:
        if fields.get("by") != self._me and (news := _read(fields)) is not None:
            for hear in self._hearers:
                hear(news)


def _read(fields: dict[str, str]) -> News | None:
    """What an entry says; one that cannot be read was not ours."""
    try:
        kind, seq = fields["kind"], fields["seq"]
        if kind not in get_args(Kind):
            return None
        room = uuid.UUID(fields["room"])
        return News(room, cast("Kind", kind), fields["text"], int(seq) if seq else None)
    except (KeyError, ValueError):
        return None


def connection(url: str) -> Redis:
    """A client that says at once that Redis is away, where the usual one waits for seconds."""
    try:
        return Redis.from_url(
            url,
            decode_responses=True,
            retry=Retry(NoBackoff(), 0),
            socket_connect_timeout=AWAY,
            socket_timeout=ANSWER + BLOCK_MS / 1000,
        )
    except ValueError:
        raise ConfigError(
            "DIP_REDIS_URL cannot be used.",
            hint="Set it like redis://host:6379/0.",
            code="redis_url",
        ) from None


async def must_answer(redis: Redis) -> None:
    """Raises `ConfigError` when Redis cannot be worked with."""
    try:
        await redis.exists(STREAM)
    except (RedisError, OSError) as error:
        raise ConfigError(
            f"Redis does not answer: {type(error).__name__}.",
            hint="Start it, or set DIP_REDIS_URL to where it listens.",
            code="redis_away",
        ) from error
