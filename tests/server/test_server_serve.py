"""`dip serve` as its user starts it: a process of its own, answered over real sockets."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from dip_sdk.cli import main

from ..serving import PATIENCE, free_port, serving

pytestmark = pytest.mark.slow


@contextmanager
def client_of(folder: Path) -> Iterator[httpx2.Client]:
    with serving(folder) as url, httpx2.Client(base_url=url, timeout=PATIENCE) as client:
        yield client


def test_answers_are_there_after_the_server_was_started_again(tmp_path: Path) -> None:
    given = {"email": "ada@example.com", "password": "testpass"}
    with client_of(tmp_path / "server") as client:
        token = client.post("/api/v1/auth/register", json=given).json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        files = {"files": ("sales.csv", b"region,sales\nNorth,20\nSouth,41\n", "text/csv")}
        session = client.post("/api/v1/files/upload", files=files).json()["session_id"]
        body = {"session_id": session, "query": "Show me total sales by region"}
        answer = client.post("/api/v1/query/process", json=body).json()
        assert {row["region"] for row in answer["result"]["data"]} == {"North", "South"}
    with client_of(tmp_path / "server") as client:
        client.headers["Authorization"] = f"Bearer {token}"
        assert client.get(f"/api/v1/query/{answer['query_id']}").json() == answer
        client.headers["Last-Event-ID"] = "0"
        with client.stream("GET", f"/api/v1/sessions/{session}/events") as events:
            lines = [line for line in _until(events.iter_lines(), '"query_completed"') if line]
    assert lines[0].startswith("data: ")
    assert not any(line.startswith("event:") for line in lines)
    assert sum('"type":"query_result"' in line for line in lines) == 1


def _until(lines: Iterator[str], sign: str) -> Iterator[str]:
    for line in lines:
        yield line
        if sign in line:
            return


def test_several_processes_need_a_database_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DIP_SERVER_FOLDER", str(tmp_path))
    assert main(["serve", "--workers", "4", "--port", str(free_port())]) == 1
    assert "cannot share a SQLite database" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("away", "said"),
    [
        ({"DIP_DATABASE_URL": "postgresql://dip@127.0.0.1:1/dip"}, "DIP_DATABASE_URL"),
        ({"DIP_DATABASE_URL": "nonsense"}, "set it like postgresql+asyncpg://"),
        ({"DIP_REDIS_URL": "redis://127.0.0.1:1/0"}, "Redis does not answer: ConnectionError."),
        ({"DIP_REDIS_URL": "nonsense"}, "DIP_REDIS_URL cannot be used."),
    ],
)
@pytest.mark.parametrize("environment", ["server"], indirect=True)
def test_what_a_server_shares_must_answer_when_it_starts(
    environment: dict[str, str], away: dict[str, str], said: str,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    for name, value in (environment | away).items():
        monkeypatch.setenv(name, value)
    assert main(["serve", "--port", str(free_port())]) == 1
    assert said in capsys.readouterr().err
    assert main(["serve", "--check"]) == 1
    assert said in capsys.readouterr().out


@pytest.mark.parametrize("environment", ["server"], indirect=True)
def test_several_processes_need_redis(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("DIP_REDIS_URL")
    assert main(["serve", "--workers", "2", "--port", str(free_port())]) == 1
    assert "Set DIP_REDIS_URL" in capsys.readouterr().err


def test_what_is_missing_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DIP_SERVER_FOLDER", str(tmp_path))
    assert main(["serve", "--check"]) == 0
    assert capsys.readouterr().out == "Nothing is missing.\n"


def test_a_port_that_is_taken_is_said_before_anything_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DIP_SERVER_FOLDER", str(tmp_path))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert main(["serve", "--port", str(taken.getsockname()[1])]) == 1
    assert "cannot be listened on" in capsys.readouterr().err
