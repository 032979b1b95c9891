"""Who lives, who holds a session, and what is done with what the dead left."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from dip_sdk.server.leases import Leases
from dip_sdk.server.parts import Parts, working
from dip_sdk.server.settings import ServerSettings
from dip_sdk.server.store import processes, rooms
from dip_sdk.server.store.base import DatabaseAway, Store, now
from dip_sdk.server.store.rooms import Query, Room
from dip_sdk.server.store.users import User
from dip_sdk.server.wake import Alone
from dip_sdk.types.events import Status

from .conftest import shared


@pytest.fixture
def environment(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """The server profile alone."""
    folder = {"DIP_SERVER_FOLDER": str(tmp_path / "server"), "DIP_LEASE_SECONDS": "2"}
    return shared(request) | folder


@pytest.fixture
async def parts(chosen: ServerSettings) -> AsyncIterator[Parts]:
    """A process that lives."""
    async with working(chosen) as made:
        yield made


@pytest.fixture
async def other(parts: Parts, chosen: ServerSettings) -> AsyncIterator[Store]:
    """The store of another process, which says that it lives when the test does."""
    store = Store(chosen.database)
    yield store
    await store.close()


@pytest.fixture
async def room(parts: Parts) -> uuid.UUID:
    async with parts.store.transaction() as session:
        user = User(email="a@b.c", password_hash="x")
        session.add(user)
        await session.flush()
        made = Room(owner_id=user.id)
        session.add(made)
    return made.id


async def lives(store: Store, seconds: float) -> bool:
    async with store.transaction() as session:
        return await processes.live_on(session, store.process, "other", seconds)


async def test_a_session_is_held_by_one_process(
    parts: Parts, other: Store, room: uuid.UUID
) -> None:
    mine, theirs = Leases(parts.store, Alone()), Leases(other, Alone())
    await lives(other, 60)
    assert await mine.take(room)
    assert not await theirs.take(room)
    async with parts.store.transaction() as session:
        assert await processes.wanted(session, parts.store.process) == [room]
    await mine.release(room)
    assert await theirs.take(room)
    assert not await mine.take(room)


async def test_of_many_that_take_a_session_at_once_one_has_it(
    parts: Parts, chosen: ServerSettings, room: uuid.UUID
) -> None:
    stores = [Store(chosen.database) for _ in range(6)]
    await asyncio.gather(*(lives(store, 60) for store in stores))
    taken = await asyncio.gather(*(Leases(store, Alone()).take(room) for store in stores))
    assert sum(taken) == 1
    for store in stores:
        await store.close()


async def test_a_process_that_is_struck_off_takes_nothing(
    parts: Parts, other: Store, room: uuid.UUID
) -> None:
    leases = Leases(other, Alone())
    assert not await leases.take(room)
    await lives(other, -1)
    assert await leases.take(room)
    async with parts.store.transaction() as session:
        assert await processes.strike_off(session) == 1
    assert not await leases.take(room)
    assert await Leases(parts.store, Alone()).take(room)
    assert not await lives(other, 60)
    assert await lives(other, 60)


async def test_a_session_that_nobody_uses_is_left_to_whoever_asks(
    parts: Parts, other: Store, room: uuid.UUID
) -> None:
    await parts.pool.session(room)
    theirs = Leases(other, Alone())
    await lives(other, 60)
    async with asyncio.timeout(5):
        while not await theirs.take(room):
            await asyncio.sleep(0.1)
    assert not parts.pool.has(room)


async def test_a_session_in_use_by_a_request_is_not_given_away(
    parts: Parts, room: uuid.UUID
) -> None:
    async with parts.pool.visit() as visit:
        await visit.session(room)
        assert not await parts.pool.give(room, set)
    assert not await parts.pool.give(room, lambda: {room})
    assert await parts.pool.give(room, set)


async def test_a_query_of_a_process_that_is_gone_ends_once_with_an_error(
    parts: Parts, other: Store, room: uuid.UUID
) -> None:
    query = Query(session_id=room, question="?")
    async with other.transaction() as session:
        session.add(query)
    assert query.process_id == other.process
    async with asyncio.timeout(5):
        while await _state(parts.store, query.id) == "running":
            await asyncio.sleep(0.05)
    await asyncio.gather(*(parts.runs.give_up(query) for _ in range(3)))
    async with parts.store.transaction() as session:
        (event,) = await rooms.events_after(session, room, 0, 10)
        kept = await session.get(Query, query.id)
    assert '"code":"interrupted"' in event[1]
    assert kept is not None
    assert (kept.state, kept.error["code"] if kept.error else "") == ("failed", "interrupted")


async def test_a_query_that_was_written_down_and_never_began_ends(
    parts: Parts, room: uuid.UUID
) -> None:
    query = Query(session_id=room, question="?")
    async with parts.store.transaction() as session:
        session.add(query)
    async with asyncio.timeout(8):
        while await _state(parts.store, query.id) == "running":
            await asyncio.sleep(0.1)
    assert await _state(parts.store, query.id) == "failed"


async def test_a_commit_whose_answer_was_lost_is_not_written_twice(
    parts: Parts, room: uuid.UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = parts.store.transaction
    lost = 0

    @asynccontextmanager
    async def forgetful() -> AsyncIterator[AsyncSession]:
        """It commits, and the first two times nobody hears of it."""
        nonlocal lost
        async with whole() as session:
            yield session
        lost += 1
        if lost <= 2:
            raise DatabaseAway

    monkeypatch.setattr(parts.store, "transaction", forgetful)
    told = Status(session_id="", at=now(), message="once")
    await parts.hub.write(room, [told, told])
    monkeypatch.undo()
    async with parts.store.transaction() as session:
        assert [seq for seq, _ in await rooms.events_after(session, room, 0, 10)] == [1, 2]


async def test_a_database_that_is_not_there_is_said_in_words() -> None:
    store = Store("postgresql+asyncpg://dip@127.0.0.1:1/dip")
    with pytest.raises(DatabaseAway) as raised:
        async with store.transaction() as session:
            await session.get(Room, uuid.uuid4())
    assert (raised.value.status, raised.value.retry_after) == (503, 1)
    await store.close()


async def _state(store: Store, query_id: uuid.UUID) -> str | None:
    async with store.transaction() as session:
        return await rooms.state_of(session, query_id)
