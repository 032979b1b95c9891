"""A session over a small table, asked by the Claude planner over loopback."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.claude_server import ClaudeServer

import dip_sdk as dip
from dip_sdk.client import Session

SALES = "region,product,amount\nNorth,Pen,20\nNorth,Ink,5\nSouth,Pen,41\nSouth,Pad,\n"


@pytest.fixture
def opened(tmp_path: Path, claude: ClaudeServer) -> Iterator[Callable[..., Session]]:
    """Sessions over `sales`, of clients with any settings."""
    (tmp_path / "sales.csv").write_text(SALES)
    clients = []

    def open_one(**settings: Any) -> Session:
        given = {"workdir": tmp_path / "work", "planner": "claude", "max_retries": 1, **settings}
        client = dip.Client(**given)
        clients.append(client)
        session = client.session()
        session.upload(tmp_path / "sales.csv")
        return session

    yield open_one
    for client in clients:
        client.close()


@pytest.fixture
def session(opened: Callable[..., Session]) -> Session:
    return opened()
