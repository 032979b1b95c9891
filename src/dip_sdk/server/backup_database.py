"""The database in one file, and back: SQLite by its online backup, PostgreSQL by its programs."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, Connection, delete, inspect, make_url

from ..types.errors import ConfigError
from .store import migrate
from .store.base import Store
from .store.processes import Process

SQLITE, POSTGRES = "sqlite", "postgresql"
FILE = {SQLITE: "database.sqlite", POSTGRES: "database.dump"}
"""Kind of database -> its file in a backup."""


def kind(url: str) -> str:
    """Which database that is."""
    return make_url(url).get_backend_name()


async def revision(url: str) -> str | None:
    """The schema that the database is at; None where it has none."""
    store = Store(url)
    try:
        return await migrate.revision(store)
    finally:
        await store.close()


async def is_empty(url: str) -> bool:
    """Whether nothing is in it."""
    if kind(url) == SQLITE:
        return not _file(url).exists() or _file(url).stat().st_size == 0
    store = Store(url)
    try:
        async with store.engine.connect() as connection:
            return not await connection.run_sync(_tables)
    finally:
        await store.close()


def save(url: str, folder: Path) -> Path:
    """Write all of it, as it is at one moment, while others go on. Raises `ConfigError`."""
    target = folder / FILE[kind(url)]
    if kind(url) == SQLITE:
        with (
            closing(sqlite3.connect(f"{_file(url).as_uri()}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(target)) as copy,
        ):
            source.backup(copy)
    else:
        _run("pg_dump", url, "--format=custom", "--no-owner", "--no-acl", f"--file={target}")
    return target


def load(url: str, folder: Path) -> None:
    """Fill an empty database with what `save` wrote. Raises `ConfigError`."""
    source = folder / FILE[kind(url)]
    if kind(url) == SQLITE:
        target = _file(url)
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_suffix(".part")
        shutil.copyfile(source, part)
        part.chmod(0o600)
        part.replace(target)
    else:
        database = make_url(url).database or ""
        _run(
            "pg_restore", url, "--no-owner", "--no-acl", "--single-transaction", "--exit-on-error",
            f"--dbname={database}", str(source),
        )  # fmt: skip
        asyncio.run(_forget_processes(url))


async def _forget_processes(url: str) -> None:
    """None of those that lived at the time of the backup does, or holds a session."""
    store = Store(url)
    try:
        async with store.engine.begin() as connection:
            if Process.__tablename__ in await connection.run_sync(_tables):
                await connection.execute(delete(Process))
    finally:
        await store.close()


def _tables(connection: Connection) -> list[str]:
    return inspect(connection).get_table_names()


def _file(url: str) -> Path:
    return Path(make_url(url).database or "").absolute()


def _run(program: str, url: str, *options: str) -> None:
    """A program of PostgreSQL; its password is told where no other user sees it."""
    found = shutil.which(program)
    if found is None:
        raise ConfigError(
            f"{program} is not installed.",
            hint="Install PostgreSQL's client programs, such as with apt install "
            "postgresql-client, of the database's version or a newer one.",
            code="no_pg_programs",
        )
    done = subprocess.run(  # noqa: S603 - the program is PostgreSQL's, the options are ours
        [found, "--no-password", *options],
        env={**os.environ, **_who(make_url(url))},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["It said nothing."]
        raise ConfigError(f"{program} failed.", hint=said[-1], code="pg_program_failed")


def _who(url: URL) -> dict[str, str]:
    given = {
        "PGHOST": url.host,
        "PGPORT": None if url.port is None else str(url.port),
        "PGUSER": url.username,
        "PGPASSWORD": None if url.password is None else str(url.password),
        "PGDATABASE": url.database,
        "PGSSLMODE": url.query.get("ssl") or url.query.get("sslmode"),
    }
    return {name: str(value) for name, value in given.items() if value}
