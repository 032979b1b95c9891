"""Brings a database to the schema of this version, and says when it is not there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from .base import Store

FOLDER = Path(__file__).parent / "migrations"


async def upgrade(store: Store) -> None:
    """Run the migrations that are missing; several processes may try at once."""
    async with store.engine.connect() as connection:
        await connection.run_sync(_upgrade)
        await connection.commit()


async def is_current(store: Store) -> bool:
    """Whether every migration has run."""
    return await revision(store) == head()


async def revision(store: Store) -> str | None:
    """The schema that the database is at; None where it has none."""
    async with store.engine.connect() as connection:
        return await connection.run_sync(_revision)


def is_known(revision: str) -> bool:
    """Whether this version can bring a database from there up to itself."""
    return any(one.revision == revision for one in _scripts().walk_revisions())


def head() -> str | None:
    return _scripts().get_current_head()


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _upgrade(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(4477)")
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _config() -> Config:
    config = Config(attributes=dict[Any, Any]())
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
