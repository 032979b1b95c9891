"""The database: times keep their zone, migrations fit the models, no update is lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, select

from dip_sdk.server.store import migrate
from dip_sdk.server.store.base import Base, Store
from dip_sdk.server.store.users import User


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = Store(f"sqlite+aiosqlite:///{tmp_path / 'dip.db'}")
    await migrate.upgrade(store)
    yield store
    await store.close()


async def test_the_migrations_make_what_the_models_say(store: Store) -> None:
    def differences(connection: Connection) -> object:
        return compare_metadata(MigrationContext.configure(connection), Base.metadata)

    async with store.engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    assert await migrate.is_current(store)


async def test_migrating_again_changes_nothing(store: Store) -> None:
    await migrate.upgrade(store)
    assert await migrate.is_current(store)


async def test_a_database_without_tables_is_not_current(tmp_path: Path) -> None:
    store = Store(f"sqlite+aiosqlite:///{tmp_path / 'new.db'}")
    assert not await migrate.is_current(store)
    await store.close()


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
