"""Events between processes: handed on at once, found in the log when a word of them was lost."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dip_sdk.server import live, wake
from dip_sdk.server.live import Frame, Hub
from dip_sdk.server.settings import ServerSettings
from dip_sdk.server.store import migrate
from dip_sdk.server.store.base import Store
from dip_sdk.server.store.rooms import Room
from dip_sdk.server.store.users import User
from dip_sdk.server.wake import News, RedisWake
from dip_sdk.types.errors import ConfigError
from dip_sdk.types.events import Status, Text

from .conftest import shared


@pytest.fixture
def environment(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """The server profile alone."""
    return shared(request) | {"DIP_SERVER_FOLDER": str(tmp_path / "server")}


@pytest.fixture
async def store(chosen: ServerSettings) -> AsyncIterator[Store]:
    store = Store(chosen.database)
    await migrate.upgrade(store)
    yield store
    await store.close()


@pytest.fixture
async def room(store: Store) -> uuid.UUID:
    async with store.transaction() as session:
        user = User(email="a@b.c", password_hash="x")
        session.add(user)
        await session.flush()
        made = Room(owner_id=user.id)
        session.add(made)
    return made.id


@pytest.fixture
async def wakes(chosen: ServerSettings) -> AsyncIterator[tuple[RedisWake, RedisWake]]:
    """Those of two processes."""
    pair = RedisWake(chosen.redis_url), RedisWake(chosen.redis_url)
    for one in pair:
        await one.start()
    yield pair
    for one in pair:
        await one.close()


def status(text: str) -> Status:
    return Status(session_id="", at=datetime.now(UTC), message=text)


class Listening:
    """What somebody hears who follows a session."""

    def __init__(self, hub: Hub, room: uuid.UUID) -> None:
        self.frames: list[Frame] = []
        self._task = asyncio.create_task(self._follow(hub, room))

    @property
    def numbers(self) -> list[int | None]:
        return [frame.seq for frame in self.frames]

    async def _follow(self, hub: Hub, room: uuid.UUID) -> None:
        async for frame in hub.follow(room, 0):
            if frame is not None:
                self.frames.append(frame)

    async def end(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


async def until(holds: Callable[[], bool], seconds: float = 5.0) -> None:
    async with asyncio.timeout(seconds):
        while not holds():
            await asyncio.sleep(0.01)


async def test_what_one_process_writes_is_heard_in_another(
    store: Store, room: uuid.UUID, wakes: tuple[RedisWake, RedisWake]
) -> None:
    here, there = (Hub(store, one) for one in wakes)
    heard = Listening(there, room)
    await asyncio.sleep(0.1)
    for n in range(3):
        await (here, there)[n % 2].write(room, [status("a"), status("b")])
    await until(lambda: len(heard.frames) >= 6)
    assert heard.numbers == [1, 2, 3, 4, 5, 6]
    await heard.end()


async def test_words_of_an_answer_pass_by_and_a_long_event_is_read_from_the_log(
    store: Store, room: uuid.UUID, wakes: tuple[RedisWake, RedisWake]
) -> None:
    here, there = (Hub(store, one) for one in wakes)
    heard = Listening(there, room)
    await asyncio.sleep(0.1)
    journal = live.Journal(here, room)
    told = Text(session_id="", at=datetime.now(UTC), delta="so", snapshot="so")
    await journal.take(told)
    await until(lambda: len(heard.frames) == 1)
    await here.write(room, [status("x" * (wake.LONGEST + 1))])
    await until(lambda: len(heard.frames) == 2)
    assert heard.numbers == [None, 1]
    assert len(heard.frames[1].text) > wake.LONGEST
    await heard.end()


async def test_an_event_without_a_word_is_found_by_looking(store: Store, room: uuid.UUID) -> None:
    silent, listened = Hub(store), Hub(store)
    heard = Listening(listened, room)
    await asyncio.sleep(0.1)
    await silent.write(room, [status("a")])
    await asyncio.sleep(0.1)
    assert heard.frames == []
    async with store.transaction() as session:
        await listened.catch_up(session)
    await until(lambda: heard.numbers == [1])
    await heard.end()


async def test_words_that_come_twice_or_in_another_order_change_nothing(
    store: Store, room: uuid.UUID
) -> None:
    silent, listened = Hub(store), Hub(store)
    heard = Listening(listened, room)
    await asyncio.sleep(0.1)
    await silent.write(room, [status(str(n)) for n in range(4)])
    for seq in (3, 1, 3, 4, 2, 4):
        listened.publish(room, [Frame(seq, json.dumps({"seq": seq}))])
    await until(lambda: len(heard.frames) >= 4)
    await asyncio.sleep(0.1)
    assert heard.numbers == [1, 2, 3, 4]
    await heard.end()


async def test_what_is_written_with_a_condition_is_written_whole_or_not_at_all(
    store: Store, room: uuid.UUID
) -> None:
    async def refused(_session: object) -> bool:
        return False

    hub = Hub(store)
    await hub.write(room, [status("a")], refused)
    await hub.write(room, [status("b")])
    heard = Listening(hub, room)
    await until(lambda: len(heard.frames) == 1)
    assert json.loads(heard.frames[0].text)["message"] == "b"
    await heard.end()


async def test_what_somebody_else_put_into_redis_is_passed_over(
    chosen: ServerSettings, wakes: tuple[RedisWake, RedisWake]
) -> None:
    heard: list[News] = []
    wakes[0].subscribe(heard.append)
    redis = wake.connection(chosen.redis_url)
    await asyncio.sleep(0.1)
    for entry in ({"x": "y"}, {"room": "no", "kind": "event", "text": "", "seq": ""}):
        await redis.xadd(wake.STREAM, entry)
    news = News(uuid.uuid4(), "asked")
    wakes[1].announce(news)
    await until(lambda: bool(heard))
    assert heard == [news]
    await redis.aclose()


async def test_a_redis_that_is_not_there_is_said_at_once() -> None:
    absent = RedisWake("redis://127.0.0.1:1/0")
    async with asyncio.timeout(2):
        with pytest.raises(ConfigError, match="Redis does not answer"):
            await absent.start()
    await absent.close()
