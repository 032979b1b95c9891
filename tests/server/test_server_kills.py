"""A server that is killed, cut off and stalled at random moments: what it promised holds."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import os
import random
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import httpx2
import psutil
import pytest
from sqlalchemy import select
from websockets.sync.client import ClientConnection, connect

from dip_sdk import Client, login
from dip_sdk.client.core.uploads import Moved, upload
from dip_sdk.server.settings import settings
from dip_sdk.server.store.base import Store
from dip_sdk.server.store.rooms import File

from ..cutting import wire
from .together import API, PATIENCE, Server, User, together

KILLS = int(os.environ.get("DIP_KILLS", "5"))
CANCELS = int(os.environ.get("DIP_CANCELS", "20"))
LARGE_MB = int(os.environ.get("DIP_LARGE_MB", "200"))
WHO = ("ada@example.com", "testpass")
TUS = {"Tus-Resumable": "1.0.0"}
PIECE = 2 << 20
ROWS = 150_000
LASTS = {"query_result", "error", "cancelled"}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(1200),
    pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="reads /proc"),
]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {"DIP_SERVER_FOLDER": str(tmp_path / "server"), "DIP_UPLOAD_MB": "600"}


@pytest.fixture
def server(environment: dict[str, str], tmp_path: Path) -> Iterator[Server]:
    with together(environment, tmp_path, count=1) as (server,):
        yield server


@pytest.fixture
def user(server: Server) -> User:
    return User(server)


# killed within an upload


class Sent(NamedTuple):
    """A file that the server said it has read."""

    name: str
    size: int
    sha256: str


class Sender:
    """Sends one file in pieces, and goes on where it was whenever the server is back."""

    def __init__(self, server: Server, user: User, session: str, number: int) -> None:
        self.name = f"t{number}.csv"
        rows = "".join(f"{n},{n ^ number:0>80}\n" for n in range(ROWS))
        self.content = f"n,text\n{rows}".encode()
        self.acknowledged = 0
        self.done = threading.Event()
        self.stopped = threading.Event()
        self.wrong: list[str] = []
        self._server = server
        self._user = user
        self._places = f"{API}/sessions/{session}/uploads"
        self._place = ""

    def run(self) -> None:
        while not self.done.is_set() and not self.stopped.is_set():
            with suppress(httpx2.TransportError), self._user.at(self._server) as http:
                self._send(http)
            time.sleep(0.02)

    def _send(self, http: httpx2.Client) -> None:
        if not self._place:
            headers = TUS | {
                "Upload-Length": str(len(self.content)),
                "Upload-Metadata": _named(self),
            }
            self._place = http.post(self._places, headers=headers).headers["location"]
        elif http.post(f"{self._place}/read", json={}).status_code == 200:
            self.done.set()  # only the answer was lost
            return
        offset = int(http.head(self._place, headers=TUS).headers["upload-offset"])
        if offset < self.acknowledged:
            self.wrong.append(f"{offset} bytes are there, {self.acknowledged} were acknowledged")
        while offset < len(self.content):
            offset = self._piece(http, offset)
            self.acknowledged = offset
        if http.post(f"{self._place}/read", json={}).status_code == 200:
            self.done.set()

    def _piece(self, http: httpx2.Client, offset: int) -> int:
        headers = TUS | {
            "Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream",
        }  # fmt: skip
        piece = self.content[offset : offset + PIECE]
        answer = http.patch(self._place, content=piece, headers=headers)
        return int(answer.headers["upload-offset"])


def test_no_acknowledged_file_is_lost_however_often_the_server_is_killed(
    server: Server, user: User, environment: dict[str, str]
) -> None:
    with user.at(server) as http:
        session = http.post(f"{API}/sessions", json={}).json()["id"]
    sent, kills = [], 0
    while kills < KILLS:
        sender = Sender(server, user, session, kills)
        thread = threading.Thread(target=sender.run)
        thread.start()
        while kills < KILLS and not sender.done.wait(random.uniform(0.01, 0.7)):
            server.kill()
            kills += 1
            server.start()
            server.wait()
        finished = sender.done.wait(PATIENCE)
        sender.stopped.set()
        thread.join(PATIENCE)
        assert finished, server.said
        assert sender.wrong == []
        digest = hashlib.sha256(sender.content).hexdigest()
        sent.append(Sent(sender.name, len(sender.content), digest))
    server.kill()
    server.start()
    server.wait()
    assert _kept(environment) == {one.name: (one.size, one.sha256) for one in sent}
    with user.at(server) as http:
        tables = http.get(f"{API}/sessions/{session}/tables").json()
    assert [table["rows"] for table in tables] == [ROWS] * len(sent)


def _kept(environment: dict[str, str]) -> dict[str, tuple[int, str]]:
    """What the server says of its files: each once."""

    async def read() -> list[File]:
        store = Store(settings(environment).database)
        async with store.transaction() as session:
            found = list(await session.scalars(select(File)))
        await store.close()
        return found

    files = asyncio.run(read())
    assert len({file.filename for file in files}) == len(files)
    return {file.filename: (file.size, file.sha256) for file in files}


def _named(sender: Sender) -> str:
    return f"filename {base64.b64encode(sender.name.encode()).decode()}"


# cut within a large upload


def test_a_large_upload_takes_little_memory_and_a_cut_costs_little(
    server: Server, tmp_path: Path
) -> None:
    path = tmp_path / "large.parquet"
    with path.open("wb") as file:
        for _ in range(LARGE_MB):
            file.write(os.urandom(1 << 20))
    token = login(server.url, *WHO, register=True)
    with wire(server.url) as cable, Client(cable.url, token=token, planner="rules") as client:
        room = client.session().room()
        before = _memory(server.pid)
        sent, cable.cut_at = cable.sent, cable.sent + path.stat().st_size // 2
        for event in room.upload(upload([path], None, {})):
            if isinstance(event, Moved) and event.message.startswith("Reading"):
                break
        assert cable.cut_at is None
        assert cable.sent - sent - path.stat().st_size <= 8 << 20
        assert _peak(server.pid) - before < 64 << 20


def _memory(pid: int) -> int:
    """Bytes that it has now; its peak is counted from here on."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")
    return psutil.Process(pid).memory_info().rss


def _peak(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in status if line.startswith("VmHWM:")).split()[1]) << 10


# stopped at any moment


def test_a_stop_at_any_moment_ends_within_a_second_and_leaves_no_worker(
    server: Server, user: User, environment: dict[str, str]
) -> None:
    session = user.upload(server)
    waits = []
    with _socket(server, user, session) as talk:
        _run(talk, "select 1 as one")
        _last(talk)
        for _ in range(CANCELS):
            query = _run(talk, SLOW)
            time.sleep(random.uniform(0, 0.8))
            begun = time.monotonic()
            talk.send(json.dumps({"type": "cancel", "query_id": query}))
            assert _last(talk)["type"] == "cancelled"
            waits.append(time.monotonic() - begun)
    assert sorted(waits)[len(waits) * 99 // 100 - (len(waits) >= 100)] < 1.0, sorted(waits)
    assert user.ask(server, session).json()["status"] == "answered"
    workers = _workers(environment)
    assert len(workers) <= 2, workers  # the session's, and perhaps one that is on its way out
    server.stop()
    _, alive = psutil.wait_procs(workers, timeout=5)
    assert alive == []


SLOW = "select sum(a.sales) as total from " + ", ".join(
    f"(select unnest(range(1000)) as n, 1 as sales) {name}" for name in "abcdefg"
)


def _run(talk: ClientConnection, sql: str) -> str:
    """Begin a run over the socket; gives its id."""
    query = str(uuid.uuid4())
    steps = [{"kind": "sql", "name": "x", "sql": sql}, {"kind": "answer", "table": "x"}]
    plan = {"question": "a question", "planner": "rules", "steps": steps}
    talk.send(json.dumps({"type": "run", "plan": plan, "query_id": query}))
    return query


def _last(talk: ClientConnection) -> dict[str, Any]:
    """The event that ends the run."""
    while True:
        told: dict[str, Any] = json.loads(talk.recv(PATIENCE))
        if told["type"] in LASTS:
            return told


def _socket(server: Server, user: User, session: str) -> ClientConnection:
    place = f"{server.url.replace('http', 'ws')}/ws/query/{session}"
    return connect(place, additional_headers=user.headers, max_size=None)


def _workers(environment: dict[str, str]) -> list[psutil.Process]:
    """Processes at work in the server's folder."""
    folder, found = environment["DIP_SERVER_FOLDER"], []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.cwd().startswith(f"{folder}/") or f"{folder}/" in " ".join(
                process.cmdline()
            ):
                found.append(process)
    return found


# a listener that does not listen


def test_a_listener_that_stands_still_holds_nobody_up(server: Server, user: User) -> None:
    long = "x" * 4000
    text = "region,note\n" + "".join(f"r{n},{n}{long}\n" for n in range(100))
    session = user.upload(server, text.encode())
    slow = _deaf(server, user, session)
    try:
        with _socket(server, user, session) as talk:
            memory = _memory(server.pid)
            for _ in range(25):
                begun = time.monotonic()
                _run(talk, "select * from sales")
                assert _last(talk)["type"] == "query_result"
                assert time.monotonic() - begun < 5
        assert _peak(server.pid) - memory < 128 << 20
        slow.settimeout(PATIENCE)
        heard = b""
        while heard.count(b'"query_result"') < 25:  # it comes to its senses, and nothing is missing
            piece = slow.recv(1 << 20)
            assert piece
            heard += piece
    finally:
        slow.close()


def _deaf(server: Server, user: User, session: str) -> socket.socket:
    """Asks for the events of a session, and reads none."""
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    made.connect(("127.0.0.1", server.port))
    asked = f"GET {API}/sessions/{session}/events?since=0 HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    headers = "".join(f"{name}: {value}\r\n" for name, value in user.headers.items())
    made.sendall(f"{asked}{headers}\r\n".encode())
    return made
