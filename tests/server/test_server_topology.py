"""What compose.yaml says, run by hand: the proxy with its own file, two machines, TLS in front."""

from __future__ import annotations

import itertools
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from websockets.sync.client import connect

from .conftest import SECRET
from .services import Postgres, Redis, free_port, listening
from .stored import apart, s3
from .together import API, PATIENCE, Server

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
CADDY = Path(sys.executable).with_name("caddy")
BIG = b"n\n" + b"1\n" * 700_000
"""Beyond what `DIP_UPLOAD_MB=1` lets through."""


@dataclass
class Site:
    """What a user of the deployment sees, and the processes behind it."""

    url: str
    servers: list[Server]
    trust: ssl.SSLContext

    def client(self) -> httpx2.Client:
        return httpx2.Client(base_url=self.url, verify=self.trust, timeout=PATIENCE)


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    with s3() as url:
        yield url


@pytest.fixture
def site(postgres: Postgres, redis: Redis, bucket: str, tmp_path: Path) -> Iterator[Site]:
    given = {
        "DIP_DATABASE_URL": postgres.database(),
        "DIP_REDIS_URL": redis.url(421),
        "DIP_SECRET": SECRET,
        "DIP_REGISTRATION": "open",
        "DIP_MIGRATE": "off",
        "DIP_OBJECTS": bucket,
        "DIP_AUDIT": "on",
        "FORWARDED_ALLOW_IPS": "*",
    }
    migrating = [sys.executable, "-m", "dip_sdk", "serve", "--migrate"]
    subprocess.run(
        migrating,
        env={**os.environ, **given, "DIP_SERVER_FOLDER": str(tmp_path)},
        check=True,
        stdout=subprocess.DEVNULL,
    )
    with (
        apart(given, tmp_path) as servers,
        proxying(tmp_path, [server.port for server in servers]) as (url, trust),
    ):
        yield Site(url, servers, trust)


@contextmanager
def proxying(folder: Path, ports: list[int]) -> Iterator[tuple[str, ssl.SSLContext]]:
    """The proxy with the deployment's own file, before processes on these ports."""
    port, health = free_port(), free_port()
    environment = {
        "DIP_SITE": f"https://localhost:{port}",
        "DIP_API": " ".join(f"127.0.0.1:{port}" for port in ports),
        "DIP_HTTP_PORT": str(free_port()),
        "DIP_PROXY_HEALTH": str(health),
        "DIP_UPLOAD_MB": "1",
        "XDG_DATA_HOME": str(folder / "certificates"),
        "HOME": str(folder),
    }
    command = [CADDY, "run", "--adapter", "caddyfile", "--config", ROOT / "deploy/Caddyfile"]
    said = folder / "proxy.log"
    with said.open("wb") as log:
        proxy = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        root = folder / "certificates/caddy/pki/authorities/local/root.crt"
        deadline = time.monotonic() + PATIENCE
        while not (listening(health) and answers(f"https://localhost:{port}/healthz", root)):
            assert time.monotonic() < deadline, said.read_text()
            time.sleep(0.1)
        yield f"https://localhost:{port}", ssl.create_default_context(cafile=root)
    finally:
        proxy.send_signal(signal.SIGTERM)
        proxy.wait(PATIENCE)


def answers(url: str, root: Path) -> bool:
    """Whether it is there, with a certificate that its root vouches for."""
    if not root.exists():
        return False
    try:
        trust = ssl.create_default_context(cafile=root)
        httpx2.get(url, verify=trust, timeout=PATIENCE)
    except (httpx2.TransportError, ssl.SSLError):  # it is made while the first one asks
        return False
    return True


def registered(client: httpx2.Client) -> None:
    given = {"email": "ada@example.com", "password": "testpass"}
    token = client.post(f"{API}/auth/register", json=given).json()["access_token"]
    client.headers["Authorization"] = f"Bearer {token}"


def uploaded(client: httpx2.Client, text: bytes = b"region,sales\nNorth,20\nSouth,41\n") -> str:
    files = {"files": ("sales.csv", text, "text/csv")}
    session: str = client.post(f"{API}/files/upload", files=files).json()["session_id"]
    return session


def ask(client: httpx2.Client, session: str) -> httpx2.Response:
    body = {"session_id": session, "query": "total sales by region"}
    return client.post(f"{API}/query/process", json=body)


def test_a_user_registers_uploads_asks_follows_and_reads_pages_through_the_proxy(
    site: Site,
) -> None:
    with site.client() as client:
        registered(client)
        session = uploaded(client)
        answer = ask(client, session).json()
        assert answer["status"] == "answered"
        with client.stream("GET", f"{API}/sessions/{session}/events?since=0") as events:
            lines = (line for line in events.iter_lines() if line.startswith("data: "))
            told = [
                json.loads(line[6:])["type"]
                for line in itertools.takewhile(lambda line: "query_completed" not in line, lines)
            ]
        assert told[-1] == "query_result"
        place = f"{site.url.replace('http', 'ws')}/ws/query/{session}?since=0"
        headers = {"Authorization": client.headers["Authorization"]}
        with connect(place, additional_headers=headers, ssl=site.trust) as socket:
            assert json.loads(socket.recv(timeout=PATIENCE))["type"] == "connected"
        page = client.get(f"{API}/query/{answer['query_id']}/results")
        assert page.headers["Strict-Transport-Security"]
        for server in site.servers:
            direct = httpx2.get(f"{server.url}{page.url.path}", headers=headers, timeout=PATIENCE)
            assert direct.json() == page.json()
        assert client.get("/metrics").status_code == 404, "from elsewhere, as far as it knows"
    assert any('"address": "127.0.0.1"' in server.said for server in site.servers)


def test_what_follows_a_refused_file_is_answered(site: Site) -> None:
    with site.client() as client:
        registered(client)
        for _ in range(30):
            refused = client.post(f"{API}/files/upload", files={"files": ("big.csv", BIG)})
            assert (refused.status_code, refused.json()["code"]) == (413, "too_large")
            assert refused.json()["detail"] == "The file is larger than 1 MB."
            assert client.get("/healthz").status_code == 200


def test_while_a_process_is_stopped_the_others_answer(site: Site) -> None:
    with site.client() as client:
        registered(client)
        session = uploaded(client)
        assert ask(client, session).status_code == 200
        site.servers[0].send(signal.SIGTERM)
        refused = 0
        for _ in range(10):
            answer = ask(client, session)
            if answer.status_code == 503:
                refused += 1
                assert answer.json()["code"] in {"stopping", "session_busy"}
                time.sleep(float(answer.headers["Retry-After"]))
            else:
                assert (answer.status_code, answer.json()["status"]) == (200, "answered")
        assert refused <= 2
        assert site.servers[0].ended() == 0


def test_who_sends_headers_slowly_or_without_end_is_cut_off(tmp_path: Path) -> None:
    with proxying(tmp_path, [free_port()]) as (url, trust):
        port = int(url.rpartition(":")[2])
        began = time.monotonic()
        head = b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
        for sent in (head, head + b"x" * 65_000):
            with (
                socket.create_connection(("localhost", port), timeout=PATIENCE) as plain,
                trust.wrap_socket(plain, server_hostname="localhost") as line,
                suppress(ConnectionResetError),
            ):
                line.sendall(sent)
                while line.recv(4096):
                    pass
        assert time.monotonic() - began < 30
