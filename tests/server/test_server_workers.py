"""`dip serve --workers`: several processes on one port, and figures that are those of all."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families

from .conftest import SECRET
from .services import Postgres, Redis
from .together import API, PATIENCE, Server, User

pytestmark = pytest.mark.slow


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where temporary files of the server go."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    return folder


@pytest.fixture
def server(postgres: Postgres, redis: Redis, tmp_path: Path, folder: Path) -> Iterator[Server]:
    given = {
        "DIP_SERVER_FOLDER": str(tmp_path / "server"),
        "DIP_DATABASE_URL": postgres.database(),
        "DIP_REDIS_URL": redis.url(411),
        "DIP_SECRET": SECRET,
        "DIP_REGISTRATION": "open",
        "TMPDIR": str(folder),
    }
    server = Server(given, tmp_path / "log", "--workers", "2")
    server.start()
    try:
        server.wait()
        yield server
    finally:
        server.stop()


def figures(server: Server) -> dict[str, float]:
    """Name -> its sum over all labels."""
    text = httpx2.get(f"{server.url}/metrics", timeout=PATIENCE).text
    sums: dict[str, float] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            sums[sample.name] = sums.get(sample.name, 0.0) + sample.value
    return sums


def eventually(holds: Callable[[], bool], server: Server) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, server.said
        time.sleep(0.2)


def test_any_process_tells_the_figures_of_all_and_the_dead_have_nothing_open(
    server: Server, folder: Path
) -> None:
    user = User(server)
    sessions = [user.upload(server) for _ in range(4)]
    for session in sessions:
        assert user.ask(server, session).json()["status"] == "answered"
    for _ in range(6):  # whoever answers
        told = figures(server)
        assert (told["dip_queries_total"], told["dip_upload_files_total"]) == (4, 4)
    with (
        user.at(server) as http,
        http.stream("GET", f"{API}/sessions/{sessions[0]}/events") as events,
    ):
        lines = events.iter_lines()
        next(lines)
        assert figures(server)["dip_streams"] == 1
        for child in server.children:
            os.kill(child, signal.SIGKILL)
        eventually(lambda: _is_back(server), server)
    eventually(lambda: figures(server).get("dip_streams", 0) == 0, server)
    assert figures(server)["dip_queries_total"] == 4, "what was counted stays"
    server.stop()
    assert server.ended() == 0
    assert list(folder.glob("dip-figures-*")) == []


def _is_back(server: Server) -> bool:
    try:
        return httpx2.get(f"{server.url}/readyz", timeout=5).status_code == 200
    except httpx2.HTTPError:
        return False


def test_a_second_signal_to_the_first_process_ends_all_at_once(
    postgres: Postgres, redis: Redis, server: Server
) -> None:
    from .test_server_stopping import FOREVER, begun

    user = User(server)
    query = begun(user, server, user.upload(server), FOREVER)
    server.send(signal.SIGTERM)
    time.sleep(2)
    began = time.monotonic()
    server.send(signal.SIGTERM)
    assert server.ended() == 0
    assert time.monotonic() - began < 15, "the grace is 20 seconds"
    server.start()
    server.wait()
    with user.at(server) as http:
        assert http.get(f"{API}/query/{query}").json()["error"]["code"] == "interrupted"
