"""`dip backup` of a server that runs, and `dip restore` where nothing is: all is as it was."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from dip_sdk.server import backup
from dip_sdk.server.settings import settings
from dip_sdk.types.errors import ConfigError

from .services import Postgres
from .stored import s3
from .test_server_stopping import FOREVER, begun
from .together import API, PATIENCE, Server, User

GIVEN = {"email": "ada@example.com", "password": "testpass"}


def dip(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "dip_sdk", *words],
        env={**os.environ, **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip


@contextmanager
def running(environment: dict[str, str], log: Path) -> Iterator[Server]:
    server = Server(environment | {"DIP_GRACE": "0"}, log)
    server.start()
    try:
        server.wait()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    with s3() as url:
        yield url


@pytest.fixture(params=["embedded", "server", "objects"])
def environment(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    from .conftest import shared

    folder = {"DIP_SERVER_FOLDER": str(tmp_path / "server")}
    if request.param == "embedded":
        return folder
    if request.param == "server":
        return folder | shared(request)
    bucket = request.getfixturevalue("bucket")
    return folder | shared(request) | {"DIP_OBJECTS": f"{bucket}/{uuid.uuid4().hex}"}


def emptied(environment: dict[str, str], tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """All is lost: the folder, the objects, the database."""
    shutil.rmtree(tmp_path / "server")
    if "DIP_OBJECTS" in environment:
        environment["DIP_OBJECTS"] += "-new"
    if "DIP_DATABASE_URL" in environment:
        postgres: Postgres = request.getfixturevalue("postgres")
        environment["DIP_DATABASE_URL"] = postgres.database()


@pytest.mark.slow
def test_what_was_lost_is_back_with_the_same_answers_and_pages(
    environment: dict[str, str], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    with running(environment, tmp_path / "log") as server:
        user = User(server)
        session = user.upload(server)
        query = user.ask(server, session).json()["query_id"]
        begun(user, server, session, FOREVER)
        done = dip(environment, "backup", str(tmp_path / "backup"))
        assert (done.returncode, done.stderr) == (0, "")
        before = shown(server, user.headers, query)
    keys = {path.name for path in (tmp_path / "backup").rglob("*")}
    assert "secret.key" not in keys
    emptied(environment, tmp_path, request)
    done = dip(environment, "restore", str(tmp_path / "backup"))
    assert (done.returncode, done.stderr) == (0, "")
    with running(environment, tmp_path / "log") as server:
        told = httpx2.post(f"{server.url}{API}/auth/login", json=GIVEN, timeout=PATIENCE).json()
        user.headers = {"Authorization": f"Bearer {told['access_token']}"}
        assert shown(server, user.headers, query) == before
        answer = user.ask(server, session, "average sales by region").json()
        assert answer["status"] == "answered"
    again = dip(environment, "restore", str(tmp_path / "backup"))
    assert (again.returncode, "restored over nothing" in again.stderr) == (1, True)


def shown(server: Server, headers: dict[str, str], query: str) -> list[Any]:
    """An answer, its rows, and the tables of its session."""
    with httpx2.Client(base_url=server.url, headers=headers, timeout=PATIENCE) as http:
        answer = http.get(f"{API}/query/{query}").json()
        rows = http.get(f"{API}/query/{query}/results").json()
        tables = http.get(f"{API}/sessions/{answer['session_id']}/tables").json()
        return [answer, rows, tables]


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A backup of a server of which nobody has asked anything."""
    chosen = settings({"DIP_SERVER_FOLDER": str(tmp_path / "first")})
    with sqlite3.connect(chosen.folder / "dip.db") as connection:
        connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32))")
        connection.execute("INSERT INTO alembic_version VALUES ('0001')")
    connection.close()
    room = chosen.folder / "work/sessions/a"
    (room / "tables").mkdir(parents=True)
    (room / "tables/t.duckdb").write_bytes(b"rows")
    (room / "tables/u.part").write_bytes(b"half")
    (room / "session.json").write_text("{}")
    (room / "session.lock").touch()
    backup.save(chosen, tmp_path / "backup")
    return tmp_path / "backup"


def test_it_holds_what_lasts_and_says_so(small: Path) -> None:
    told = json.loads((small / "backup.json").read_text())
    room = "files/work/sessions/a"
    assert set(told["sums"]) == {
        "database.sqlite", f"{room}/session.json", f"{room}/tables/t.duckdb"
    }  # fmt: skip
    assert small.stat().st_mode & 0o077 == 0, "nobody else may look into it"


def refused(folder: Path, **environment: str) -> str:
    """The code of the refusal, after which nothing has been written."""
    target = folder.parent / "target"
    with pytest.raises(ConfigError) as error:
        backup.restore(settings({"DIP_SERVER_FOLDER": str(target)} | environment), folder)
    assert not (target / "work").exists()
    assert not (target / "dip.db").exists()
    return error.value.code


def test_a_damaged_backup_is_refused_before_anything_is_written(small: Path) -> None:
    (small / "files/work/sessions/a/tables/t.duckdb").write_bytes(b"r0ws")
    assert refused(small) == "damaged_backup"
    (small / "files/work/sessions/a/tables/t.duckdb").unlink()
    assert refused(small) == "damaged_backup"


def test_a_backup_that_was_not_finished_is_refused(small: Path) -> None:
    (small / "backup.json").unlink()
    assert refused(small) == "no_backup"


def test_a_backup_of_another_profile_is_refused(small: Path, tmp_path: Path) -> None:
    assert refused(small, DIP_OBJECTS=(tmp_path / "objects").as_uri()) == "other_profile"


def test_a_backup_of_a_newer_version_is_refused(small: Path) -> None:
    about = small / "backup.json"
    about.write_text(about.read_text().replace('"0001"', '"9999"'))
    assert refused(small) == "newer_backup"


@pytest.mark.parametrize("there", ["work/sessions/b/session.json", "dip.db"])
def test_nothing_is_restored_over_something(small: Path, tmp_path: Path, there: str) -> None:
    chosen = settings({"DIP_SERVER_FOLDER": str(tmp_path / "target")})
    (chosen.folder / there).parent.mkdir(parents=True, exist_ok=True)
    (chosen.folder / there).write_text("mine")
    with pytest.raises(ConfigError, match="something already"):
        backup.restore(chosen, small)
    assert (chosen.folder / there).read_text() == "mine"


def test_a_backup_goes_into_a_folder_that_is_not_there_yet(small: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is not empty"):
        backup.save(settings({"DIP_SERVER_FOLDER": str(tmp_path / "first")}), small)


def test_where_nothing_is_there_is_nothing_to_back_up(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="nothing to back up"):
        backup.save(settings({"DIP_SERVER_FOLDER": str(tmp_path / "new")}), tmp_path / "backup")
    assert not (tmp_path / "backup").exists()
