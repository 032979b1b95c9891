"""A database whose connections are all taken: said at once, and over when one is given back."""

from __future__ import annotations

import time
from contextlib import AsyncExitStack

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.ext.asyncio import AsyncEngine

from dip_sdk.server.store import base

API = "/api/v1"
MOST = 20
"""Connections of one process."""

pytestmark = pytest.mark.parametrize("environment", ["server"], indirect=True)


def test_a_pool_without_a_free_connection_is_503_and_recovers(ada: TestClient) -> None:
    assert ada.portal is not None
    taken = ada.portal.call(_taken, ada)
    begun = time.monotonic()
    answer = ada.get(f"{API}/sessions")
    assert time.monotonic() - begun < 2 * base.WAITS
    assert (answer.status_code, answer.json()["code"]) == (503, "database_away")
    assert int(answer.headers["retry-after"]) >= 1
    assert answer.json()["hint"]
    assert ada.get("/healthz").status_code == 200
    ada.portal.call(taken.aclose)
    assert ada.get(f"{API}/sessions").status_code == 200


def test_a_question_that_runs_meanwhile_is_answered_when_one_is_free(ada: TestClient) -> None:
    files = {"files": ("sales.csv", b"region,sales\nNorth,20\nSouth,41\n")}
    session = ada.post(f"{API}/files/upload", files=files).json()["session_id"]
    body = {"session_id": session, "query": "total sales by region", "wait_s": 0}
    query = ada.post(f"{API}/query/process", json=body).json()["query_id"]
    assert ada.portal is not None
    taken = ada.portal.call(_taken, ada)
    time.sleep(base.WAITS / 2)
    ada.portal.call(taken.aclose)
    deadline = time.monotonic() + 30
    while (told := ada.get(f"{API}/query/{query}").json())["status"] == "running":
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert told["status"] == "answered"


async def _taken(user: TestClient) -> AsyncExitStack:
    """Every connection of the server; closed, it gives them back."""
    engine: AsyncEngine = user.app.state.store.engine  # type: ignore[attr-defined]
    stack = AsyncExitStack()
    while engine.pool.checkedout() < MOST:  # type: ignore[attr-defined]
        await stack.enter_async_context(engine.connect())
    return stack
