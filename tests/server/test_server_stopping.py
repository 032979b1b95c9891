"""A server that is told to stop: what runs may finish, nothing new begins, and all hear of it."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx2
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from .together import API, PATIENCE, Server, User

pytestmark = pytest.mark.slow
SLOW = (
    "SELECT count(*) AS n FROM range(3000000) a, range({}) b"
    " WHERE (a.range * 7919 + b.range) % 1000003 = 1"
)


def plan(size: int) -> dict[str, Any]:
    """One that takes the longer the greater `size` is: about a second for each 50."""
    steps = [
        {"kind": "sql", "name": "a", "sql": SLOW.format(size)},
        {"kind": "answer", "table": "a"},
    ]
    return {"question": "how many", "planner": "edited", "steps": steps}


FOREVER = plan(3_000_000)


@pytest.fixture
def server(environment: dict[str, str], tmp_path: Path) -> Iterator[Server]:
    """One that gives a second of grace, with its log."""
    server = Server(environment | {"DIP_GRACE": "1", "DIP_LOG": "info"}, tmp_path / "log")
    server.start()
    try:
        server.wait()
        yield server
    finally:
        server.kill()


def begun(user: User, server: Server, session: str, plan: dict[str, Any]) -> str:
    """The id of a question that runs."""
    with user.at(server) as http:
        body = {"session_id": session, "plan": plan, "wait_s": 0}
        answer = http.post(f"{API}/query/run", json=body)
        assert answer.status_code == 202, answer.text
        query: str = answer.json()["query_id"]
        return query


def listening(user: User, server: Server, session: str) -> connect:
    url = f"{server.url.replace('http', 'ws')}/ws/query/{session}?since=0"
    return connect(url, additional_headers=user.headers, open_timeout=PATIENCE)


def heard(socket: ClientConnection) -> tuple[list[dict[str, Any]], int | None]:
    """Every frame until the socket is closed, and the code it is closed with."""
    frames = []
    with suppress(ConnectionClosed):
        while True:
            frames.append(json.loads(socket.recv(timeout=PATIENCE)))
    return frames, socket.close_code


def test_a_question_beyond_the_grace_ends_as_interrupted_and_sockets_are_told_to_come_again(
    server: Server,
) -> None:
    user = User(server)
    session = user.upload(server)
    with listening(user, server, session) as socket:
        query = begun(user, server, session, FOREVER)
        server.send(signal.SIGTERM)
        refused_while_stopping(user, server, session)
        frames, code = heard(socket)
    assert code == 1012
    ends = [f for f in frames if f["type"] in {"query_result", "error", "cancelled"}]
    assert [(end["query_id"], end["code"]) for end in ends] == [(query, "interrupted")]
    assert server.ended() == 0
    server.start()
    server.wait()
    with user.at(server) as http:
        shown = http.get(f"{API}/query/{query}").json()
    assert (shown["status"], shown["error"]["code"]) == ("failed", "interrupted")


def refused_while_stopping(user: User, server: Server, session: str) -> None:
    """What is new is refused in words, and whoever looks is told."""
    deadline = time.monotonic() + PATIENCE
    while (ready := httpx2.get(f"{server.url}/readyz")).status_code == 200:
        assert time.monotonic() < deadline
    assert (ready.status_code, ready.json()["stopping"]) == (503, True)
    with user.at(server) as http:
        body = {"session_id": session, "query": "how many rows are there"}
        answer = http.post(f"{API}/query/process", json=body)
    assert (answer.status_code, answer.json()["code"]) == (503, "stopping")
    assert answer.headers["Retry-After"]


def test_a_question_within_the_grace_is_answered(
    environment: dict[str, str], tmp_path: Path
) -> None:
    server = Server(environment | {"DIP_GRACE": "30"}, tmp_path / "log")
    server.start()
    server.wait()
    user = User(server)
    session = user.upload(server)
    query = begun(user, server, session, plan(150))
    server.send(signal.SIGTERM)
    with (
        user.at(server) as http,
        http.stream("GET", f"{API}/sessions/{session}/events?since=0") as events,
    ):
        told = [json.loads(line[6:]) for line in events.iter_lines() if line.startswith("data: ")]
    assert server.ended() == 0
    assert [f["query_id"] for f in told if f["type"] == "query_result"] == [query]


def test_the_second_signal_ends_it_at_once(environment: dict[str, str], tmp_path: Path) -> None:
    server = Server(environment | {"DIP_GRACE": "120"}, tmp_path / "log")
    server.start()
    server.wait()
    user = User(server)
    session = user.upload(server)
    begun(user, server, session, FOREVER)
    server.send(signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE
    while httpx2.get(f"{server.url}/readyz").status_code == 200:
        assert time.monotonic() < deadline
    with listening(user, server, session) as socket:
        socket.send(json.dumps({"type": "query", "query": "how many rows are there"}))
        frames, code = heard(socket)
    assert (code, {frame["type"] for frame in frames} & {"error"}) == (1012, set()), (
        "who asks over a socket is sent to another process"
    )
    began = time.monotonic()
    server.send(signal.SIGTERM)
    assert server.ended() == 0
    assert time.monotonic() - began < 20
