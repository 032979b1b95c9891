"""`dip mcp` as an assistant starts it, or reaches it: a process of its own, the official client."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

TOKEN = "0123456789abcdef0123456789abcdef"
ENDLESS = (
    "select count(*) from range(1000000) a, range(1000000) b where (a.range * b.range) % 7 = 3"
)
INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    },
}

READY = {"jsonrpc": "2.0", "method": "notifications/initialized"}
LIST = {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": "list_tables"}}


@pytest.fixture
def sales(tmp_path: Path) -> Path:
    path = tmp_path / "sales.csv"
    path.write_text("region,amount\nNorth,10\nNorth,5\nSouth,7\n", encoding="utf-8")
    (tmp_path / "out").mkdir()
    return path


def command(sales: Path, *more: str) -> list[str]:
    exports = str(sales.parent / "out")
    return ["-m", "dip_sdk", "mcp", str(sales), "--planner", "rules", "--export-to", exports, *more]


def environment(sales: Path) -> dict[str, str]:
    return {"DIP_WORKDIR": str(sales.parent / "work")}


async def conversation(client: Client) -> None:
    """What every transport carries: answers, progress, refusals, files."""
    heard: list[str | None] = []

    async def progress(_: float, __: float | None, message: str | None) -> None:
        heard.append(message)

    answer = await client.call_tool(
        "ask", {"question": "total amount by region"}, progress_callback=progress
    )
    told: dict[str, Any] = answer.structured_content
    assert told["table"] == [["North", 15], ["South", 7]]
    assert len(heard) > 2
    refused = await client.call_tool("run_plan", {"sql": "drop table sales"})
    assert refused.is_error
    assert refused.structured_content["code"] == "plan_rejected"
    page = await client.call_tool("page", {"result_id": told["result_id"], "size": 1})
    assert page.structured_content["table"] == [["North", 15]]
    with anyio.move_on_after(0.5) as scope:
        await client.call_tool("run_plan", {"sql": ENDLESS})
    assert scope.cancelled_caught
    after = await client.call_tool("run_plan", {"sql": "select count(*) from sales"})
    assert after.structured_content["table"] == [[3]]


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_an_assistant_starts_it_and_asks(sales: Path, mode: str) -> None:
    started = StdioServerParameters(
        command=sys.executable, args=command(sales), env=environment(sales)
    )
    async with Client(started, mode=mode) as client:
        await conversation(client)
    assert not list((sales.parent / "work" / "sessions").iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_a_signal_ends_it_at_once_and_leaves_nothing(sales: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, *command(sales)],
        env={**os.environ, **environment(sales)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdin
    with process:
        process.stdin.write(b"no protocol\n" + b"".join(map(_line, (INITIALIZE, READY, LIST))))
        process.stdin.flush()
        assert b"region" in _answer(process)
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 128 + signal.SIGTERM
    assert not list((sales.parent / "work" / "sessions").iterdir())


def _line(message: dict[str, Any]) -> bytes:
    return json.dumps(message).encode() + b"\n"


def _answer(process: subprocess.Popen[bytes]) -> bytes:
    """The line of stdout that answers the second request."""
    assert process.stdout
    return next(line for line in process.stdout if b'"id":2' in line)


@contextmanager
def listening(sales: Path, *more: str, token: str = "") -> Iterator[str]:
    """The address of a server, until the block ends."""
    process = subprocess.Popen(
        [sys.executable, *command(sales, "--http", *more)],
        env={**os.environ, **environment(sales), "DIP_MCP_TOKEN": token},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr
    with process:
        try:
            line = process.stderr.readline()
            assert "http://" in line, line + process.stderr.read()
            yield line.split()[4].rstrip(";")
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(15)
    assert not list((sales.parent / "work" / "sessions").iterdir())


async def test_an_assistant_reaches_it_over_http_and_no_page_elsewhere_does(sales: Path) -> None:
    with listening(sales, "127.0.0.1:0") as url:
        for mode in ("auto", "legacy"):
            async with Client(url, mode=mode) as client:
                await conversation(client)
        for version, welcome in (("2025-06-18", 200), ("2026-07-28", 400)):  # each its own way in
            for headers, status in (
                ({"Host": "evil.example.com"}, 421),
                ({"Host": "127.0.0.1.evil.example.com:80"}, 421),
                ({"Origin": "https://evil.example.com"}, 403),
                ({"Origin": "null"}, 403),
                ({}, welcome),
            ):
                reply = knock(url, {**headers, "MCP-Protocol-Version": version})
                assert reply.status_code == status, (headers, version, reply.text)


async def test_beyond_this_machine_nobody_is_let_in_without_the_token(sales: Path) -> None:
    with listening(sales, "0.0.0.0:0", "--allow-host", "data.example.com", token=TOKEN) as told:
        url = told.replace("0.0.0.0", "127.0.0.1")
        named = {"Host": f"data.example.com:{url.split(':')[2].split('/')[0]}"}
        for shown in ("", f"Bearer {TOKEN}x", f"Basic {TOKEN}", "Bearer", "Bearer \xff"):
            reply = knock(url, {"Authorization": shown} if shown else {})
            assert (reply.status_code, reply.json()["code"]) == (401, "unauthorized")
            assert "DIP" not in reply.text
        right = {"Authorization": f"Bearer {TOKEN}"}
        assert knock(url, {**right, **named}).status_code == 200
        assert knock(url, {**right, "Host": "evil.example.com"}).status_code == 421
        async with (
            httpx2.AsyncClient(headers=right) as http,
            Client(streamable_http_client(url, http_client=http)) as client,
        ):
            tables = await client.call_tool("list_tables", {})
    assert tables.structured_content["tables"][0]["rows"] == 3


def knock(url: str, headers: dict[str, str]) -> httpx2.Response:
    """An opening request as any program could send it."""
    wanted = {"Accept": "application/json, text/event-stream"}
    raw = [(k.encode(), v.encode("latin-1")) for k, v in {**wanted, **headers}.items()]
    return httpx2.post(url, json=INITIALIZE, headers=raw)
