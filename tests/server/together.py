"""Several server processes over one PostgreSQL and one Redis, and clients that are cut off."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx2
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from .services import free_port

PATIENCE = 60.0
API = "/api/v1"


class Server:
    """`dip serve` in a process of its own; it can be killed, and started again."""

    def __init__(self, environment: Mapping[str, str], log: Path, *options: str) -> None:
        self._options = options
        self.port = free_port()
        self._environment = {**os.environ, **environment}
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        port = str(self.port)
        command = [sys.executable, "-m", "dip_sdk", "serve", "--port", port, *self._options]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(command, env=self._environment, stdout=log, stderr=log)

    def wait(self) -> None:
        """Until it is ready."""
        deadline = time.monotonic() + PATIENCE
        while not self._ready():
            assert time.monotonic() < deadline, self.said
            assert self._process is not None
            assert self._process.poll() is None, self.said
            time.sleep(0.1)

    @property
    def said(self) -> str:
        return self._log.read_text(errors="replace")[-3000:]

    def send(self, number: int) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(number)

    @property
    def children(self) -> list[int]:
        """Processes that it started to serve with."""
        assert self._process is not None
        place = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        found = (int(number) for number in place.read_text().split())
        return [n for n in found if b"spawn_main" in Path(f"/proc/{n}/cmdline").read_bytes()]

    def stop(self, how: int = signal.SIGTERM) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(how)
            self._process.wait(PATIENCE)

    def kill(self) -> None:
        self.stop(signal.SIGKILL)

    def ended(self) -> int:
        """The code that it ended with by itself."""
        assert self._process is not None
        return self._process.wait(PATIENCE)

    def _ready(self) -> bool:
        try:
            return httpx2.get(f"{self.url}/readyz", timeout=5).status_code == 200
        except httpx2.HTTPError:
            return False


@contextmanager
def together(
    environment: Mapping[str, str], folder: Path, count: int = 2
) -> Iterator[list[Server]]:
    """So many processes of one server, until the block ends."""
    servers = [Server(environment, folder / f"server-{n}.log") for n in range(count)]
    try:
        for server in servers:
            server.start()
        for server in servers:
            server.wait()
        yield servers
    finally:
        for server in servers:
            server.send(signal.SIGTERM)
        for server in servers:
            server.stop()


class User:
    """Somebody logged in, who may ask any of the processes."""

    def __init__(self, server: Server, email: str = "ada@example.com") -> None:
        given = {"email": email, "password": "testpass"}
        answer = httpx2.post(f"{server.url}{API}/auth/register", json=given, timeout=PATIENCE)
        self.headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}

    def at(self, server: Server) -> httpx2.Client:
        return httpx2.Client(base_url=server.url, headers=self.headers, timeout=PATIENCE)

    def upload(self, server: Server, text: bytes = b"region,sales\nNorth,20\nSouth,41\n") -> str:
        """The id of a session with a table in it."""
        with self.at(server) as http:
            files = {"files": ("sales.csv", text, "text/csv")}
            session: str = http.post(f"{API}/files/upload", files=files).json()["session_id"]
            return session

    def ask(self, server: Server, session: str, query: str = "total sales by region") -> Any:
        with self.at(server) as http:
            body = {"session_id": session, "query": query}
            return http.post(f"{API}/query/process", json=body)


class Follower:
    """A client that follows a session, is cut off now and then, and goes on where it was."""

    def __init__(self, servers: list[Server], user: User, session: str, drops: float) -> None:
        self.seen: list[int] = []
        self.types: list[str] = []
        self.arrived: dict[int, float] = {}
        self.cuts = 0
        self._servers = servers
        self._user = user
        self._session = session
        self._drops = drops

    async def follow(self, until: int) -> None:
        """Until the event of that number has come."""
        while not self.seen or self.seen[-1] < until:
            with suppress(OSError, WebSocketException, TimeoutError):
                await self._until_cut(until)
            self.cuts += 1
            await asyncio.sleep(random.uniform(0, 0.05))

    async def _until_cut(self, until: int) -> None:
        url = random.choice(self._servers).url.replace("http", "ws")
        since = self.seen[-1] if self.seen else 0
        place = f"{url}/ws/query/{self._session}?since={since}"
        socket = await connect(place, additional_headers=self._user.headers, open_timeout=10)
        try:
            async for text in socket:
                frame = json.loads(text)
                if frame.get("seq") is None:
                    continue
                self.seen.append(frame["seq"])
                self.types.append(frame["type"])
                self.arrived[frame["seq"]] = time.time()
                if frame["seq"] >= until or random.random() < self._drops:
                    return
        finally:
            socket.transport.abort()
