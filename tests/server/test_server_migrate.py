"""Migrations as a job of their own, also one that is killed in the middle."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path

import asyncpg
import pytest

from dip_sdk.cli import main

from ..serving import PATIENCE, free_port
from .services import Postgres

MIGRATE = [sys.executable, "-m", "dip_sdk", "serve", "--migrate"]


@pytest.fixture
def given(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return environment


def test_the_job_brings_the_database_up_once_and_again(
    given: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        assert main(["serve", "--migrate"]) == 0
        assert capsys.readouterr().out == "The database is at the schema of this version.\n"


def test_a_server_that_may_not_migrate_says_what_is_missing(
    given: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DIP_MIGRATE", "off")
    assert main(["serve", "--port", str(free_port())]) == 1
    assert "run dip serve --migrate" in capsys.readouterr().err
    assert main(["serve", "--check"]) == 1
    assert "run dip serve --migrate" in capsys.readouterr().out
    assert main(["serve", "--migrate"]) == 0
    capsys.readouterr()
    main(["serve", "--check"])
    assert "migrate" not in capsys.readouterr().out


@pytest.mark.parametrize("environment", ["server"], indirect=True)
def test_a_database_that_is_away_is_said(
    given: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DIP_DATABASE_URL", "postgresql://dip@127.0.0.1:1/dip")
    assert main(["serve", "--migrate"]) == 1
    assert "The database does not answer" in capsys.readouterr().err


@pytest.mark.slow
async def test_a_migration_that_is_killed_leaves_nothing_and_is_run_again(
    postgres: Postgres, tmp_path: Path
) -> None:
    """Held up by somebody who makes one of its tables at the same time, it is killed there."""
    url = postgres.database()
    environment = {
        **os.environ,
        "DIP_SERVER_FOLDER": str(tmp_path),
        "DIP_DATABASE_URL": url,
        "DIP_SECRET": "k" * 64,
    }
    name = url.rpartition("/")[2]
    rival = await asyncpg.connect(f"postgresql://dip@127.0.0.1:{postgres.port}/{name}")
    holding = rival.transaction()
    await holding.start()
    await rival.execute("CREATE TABLE processes (id int)")
    job = subprocess.Popen(MIGRATE, env=environment)
    try:
        await held_up(postgres, name)
    finally:
        job.kill()
        job.wait(PATIENCE)
    await holding.rollback()
    await rival.close()
    while backends(postgres, name):
        await asyncio.sleep(0.1)
    tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
    assert postgres.run(tables, name) == "0", "all of it or nothing"
    assert subprocess.run(MIGRATE, env=environment, check=False).returncode == 0
    assert int(postgres.run(tables, name)) > 5


async def held_up(postgres: Postgres, name: str) -> None:
    """Until the job waits for the rival's table."""
    waiting = (
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        f" AND datname = '{name}' AND query ILIKE '%CREATE TABLE processes%'"
    )
    deadline = time.monotonic() + PATIENCE
    while postgres.run(waiting) == "0":
        assert time.monotonic() < deadline
        await asyncio.sleep(0.1)


def backends(postgres: Postgres, name: str) -> int:
    """Who is connected to that database still."""
    return int(postgres.run(f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{name}'"))
