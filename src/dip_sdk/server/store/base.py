"""The tables' base, times in UTC, and sessions that lose no update on either database."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import DateTime, Dialect, MetaData, TypeDecorator, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.pool import QueuePool

from ..problems import Problem

T = TypeVar("T")
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
"""Constraints have names, so that a migration can speak of them on every database."""
BUSY = 10.0
"""Seconds a writer of SQLite waits for another."""
WAITS = 2.0
"""Seconds that a request waits for a connection to PostgreSQL that is free."""
PATIENCE = 30.0
"""Seconds for which what must be written is tried again while the database is away."""
PAUSE = 0.25
"""Seconds between two tries."""
LAST = 2.0
"""Seconds that transactions on their way are given when the process ends."""
COMES_BACK = ("57", "53", "40", "08")
"""SQLSTATE classes of a PostgreSQL that is stopped, full, in a deadlock or cut off: try again."""


class UTCDateTime(TypeDecorator[datetime]):
    """An aware time, kept and given back in UTC; SQLite would forget its zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        aware = value.astimezone(UTC)
        return aware.replace(tzinfo=None) if dialect.name == "sqlite" else aware

    def process_result_value(
        self,
        value: datetime | None,
        dialect: Dialect,  # noqa: ARG002 - the interface gives it
    ) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Every table has an id that sorts by the time it was made."""

    metadata = MetaData(naming_convention=NAMES)


def now() -> datetime:
    return datetime.now(UTC)


def made() -> Mapped[datetime]:
    """A column with the time its row was made."""
    return mapped_column(UTCDateTime, default=now)


def new_id() -> uuid.UUID:
    return uuid.uuid4()


class DatabaseAway(Problem):
    """The database does not answer now. Nobody knows whether a commit on its way came through."""

    def __init__(self) -> None:
        super().__init__(
            503, "database_away", "The database does not answer.",
            hint="Try again in a moment.", retry_after=1,
        )  # fmt: skip


class Store:
    """The database of one process. Made once; `close` when the process ends."""

    def __init__(self, url: str) -> None:
        self.process = new_id()
        """Who this process is to the others; what it writes may be signed with it."""
        self.engine = _engine(url).execution_options(dip_process=self.process)
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """A session that commits when the block ends, and takes all back when it raises.

        Raises `DatabaseAway` when the database cannot be reached or is lost on the way.
        """
        try:
            async with self._sessions() as session, session.begin():
                yield session
        except (OSError, PoolTimeout, DBAPIError) as error:
            if self.engine.dialect.name == "postgresql" and _is_away(error):
                raise DatabaseAway from error
            raise

    async def insist(self, work: Callable[[AsyncSession], Awaitable[T]]) -> T:
        """`work` in a transaction, tried again while the database is away.

        A commit whose answer was lost is tried again too, so the work has to stand that. Raises
        `DatabaseAway` after `PATIENCE` seconds.
        """
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                async with self.transaction() as session:
                    return await work(session)
            except DatabaseAway:
                if time.monotonic() > deadline:
                    raise
            await asyncio.sleep(PAUSE)

    async def overwrite(self) -> None:
        """What was deleted is in no file of SQLite any more; PostgreSQL reuses its place itself."""
        if self.engine.dialect.name != "sqlite":
            return
        async with self.engine.connect() as connection:
            raw = await connection.get_raw_connection()
            if raw.driver_connection is not None:
                await raw.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    async def close(self) -> None:
        """Close every connection, those of transactions on their way when they have come back.

        A pool forgets the connections that are out when it is closed: a request that was cut off
        may still be taking back what it began, and its connection would never be closed.
        """
        deadline = time.monotonic() + LAST
        while _out(self.engine) and time.monotonic() < deadline:
            await asyncio.sleep(LAST / 100)
        await self.engine.dispose()


def _out(engine: AsyncEngine) -> int:
    """Connections that somebody has now."""
    return engine.pool.checkedout() if isinstance(engine.pool, QueuePool) else 0


def _is_away(error: OSError | PoolTimeout | DBAPIError) -> bool:
    if not isinstance(error, DBAPIError) or error.connection_invalidated:
        return True
    state = getattr(error.orig, "sqlstate", None)
    return str(state).startswith(COMES_BACK) if state else "connection" in str(error.orig)


def _engine(url: str) -> AsyncEngine:
    if not url.startswith("sqlite"):
        return create_async_engine(
            url,
            pool_pre_ping=True,
            pool_timeout=WAITS,
            pool_size=10,
            max_overflow=10,
            connect_args={"timeout": 5, "command_timeout": 30},
        )
    engine = create_async_engine(url, connect_args={"timeout": BUSY})
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_at_once)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    """Transactions are begun by us, and foreign keys hold."""
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.close()


def _begin_at_once(connection: Any) -> None:
    """Take the lock before reading: two that read, then write, would lose one of the writes."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")
