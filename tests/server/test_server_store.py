"""The database: times keep their zone, migrations fit the models, no update is lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, select, text

from dip_sdk.server.settings import ServerSettings
from dip_sdk.server.store import migrate, rooms
from dip_sdk.server.store.base import Base, Store
from dip_sdk.server.store.rooms import Happened, Room
from dip_sdk.server.store.users import User


@pytest.fixture
async def empty(chosen: ServerSettings) -> AsyncIterator[Store]:
    chosen.folder.mkdir(parents=True, exist_ok=True)
    store = Store(chosen.database)
    yield store
    await store.close()


@pytest.fixture
async def store(empty: Store) -> Store:
    await migrate.upgrade(empty)
    return empty


async def test_the_migrations_make_what_the_models_say(store: Store) -> None:
    def differences(connection: Connection) -> object:
        return compare_metadata(MigrationContext.configure(connection), Base.metadata)

    async with store.engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    assert await migrate.is_current(store)


async def test_a_store_closes_when_the_last_transaction_is_over(store: Store) -> None:
    begun = asyncio.Event()

    async def work() -> None:
        async with store.transaction() as session:
            await session.execute(text("SELECT 1"))
            begun.set()
            await asyncio.sleep(0.2)

    last = asyncio.create_task(work())
    await begun.wait()
    await store.close()
    assert last.done()


async def test_migrating_again_changes_nothing(store: Store) -> None:
    await migrate.upgrade(store)
    assert await migrate.is_current(store)


async def test_the_last_migration_can_be_taken_back_and_run_again(store: Store) -> None:
    def back(connection: Connection) -> None:
        config = migrate._config()
        config.attributes["connection"] = connection
        command.downgrade(config, "-1")

    async with store.engine.connect() as connection:
        await connection.run_sync(back)
        await connection.commit()
    assert not await migrate.is_current(store)
    await migrate.upgrade(store)
    assert await migrate.is_current(store)


async def test_a_database_without_tables_is_not_current(empty: Store) -> None:
    assert not await migrate.is_current(empty)


@pytest.mark.parametrize("environment", ["server"], indirect=True)
async def test_processes_that_start_together_migrate_once(
    empty: Store, chosen: ServerSettings
) -> None:
    stores = [Store(chosen.database) for _ in range(4)]
    await asyncio.gather(*map(migrate.upgrade, stores))
    assert await migrate.is_current(empty)
    for one in stores:
        await one.close()


async def test_a_time_comes_back_in_utc(store: Store) -> None:
    paris = timezone(timedelta(hours=2))
    made = datetime(2026, 7, 1, 12, tzinfo=paris)
    async with store.transaction() as session:
        session.add(User(email="a@b.c", password_hash="x", created_at=made))
    async with store.transaction() as session:
        kept = await session.scalar(select(User.created_at))
    assert kept == datetime(2026, 7, 1, 10, tzinfo=UTC)
    assert kept.tzinfo is UTC


async def test_a_time_without_a_zone_is_refused(store: Store) -> None:
    naive = datetime(2026, 7, 1, 12)
    with pytest.raises(Exception, match="without a zone"):
        async with store.transaction() as session:
            session.add(User(email="a@b.c", password_hash="x", created_at=naive))


async def test_no_update_is_lost(store: Store) -> None:
    async with store.transaction() as session:
        session.add(User(email="a@b.c", password_hash="x", version=0))

    async def ten_times() -> None:
        for _ in range(10):
            async with store.transaction() as session:
                user = (await session.scalars(select(User).with_for_update())).one()
                user.version += 1

    await asyncio.gather(*(ten_times() for _ in range(10)))
    async with store.transaction() as session:
        assert await session.scalar(select(User.version)) == 100


async def test_what_raises_leaves_nothing_behind(store: Store) -> None:
    async def half() -> None:
        async with store.transaction() as session:
            session.add(User(email="a@b.c", password_hash="x"))
            await session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await half()
    async with store.transaction() as session:
        assert await session.scalar(select(User)) is None


async def test_numbers_of_events_are_dense_whoever_writes_at_once(store: Store) -> None:
    async with store.transaction() as session:
        user = User(email="a@b.c", password_hash="x")
        session.add(user)
        await session.flush()
        room = Room(owner_id=user.id)
        session.add(room)

    async def write(count: int) -> None:
        async with store.transaction() as session:
            numbers = await rooms.next_numbers(session, room.id, count)
            await asyncio.sleep(0)
            session.add_all(Happened(session_id=room.id, seq=n, frame="{}") for n in numbers)

    await asyncio.gather(*(write(1 + n % 3) for n in range(30)))
    async with store.transaction() as session:
        kept = await session.scalars(select(Happened.seq).order_by(Happened.seq))
        assert list(kept) == list(range(1, 61))
