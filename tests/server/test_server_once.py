"""A request under a key is done once, and comes to the same however often it is sent."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from dip_sdk.server import once
from dip_sdk.server.store import idempotency

API = "/api/v1"
KEY = {"Idempotency-Key": "5f0c-1"}
SALES = b"region,sales\nNorth,20\nSouth,41\n"


def uploaded(user: TestClient, content: bytes = SALES, **headers: str) -> Any:
    given = {"files": ("sales.csv", content)}
    return user.post(f"{API}/files/upload", files=given, headers=headers)


@pytest.fixture
def session(ada: TestClient) -> str:
    made: str = uploaded(ada).json()["session_id"]
    return made


def asked(user: TestClient, session: str, query: str = "total sales by region") -> Any:
    body = {"session_id": session, "query": query}
    return user.post(f"{API}/query/process", json=body, headers=KEY)


def test_a_session_is_made_once(ada: TestClient, ben: TestClient) -> None:
    body = {"name": "quarter"}
    first, again = (ada.post(f"{API}/sessions", json=body, headers=KEY) for _ in range(2))
    assert first.status_code == again.status_code == 201
    assert first.json()["id"] == again.json()["id"]
    theirs = ben.post(f"{API}/sessions", json=body, headers=KEY)
    assert theirs.json()["id"] != first.json()["id"], "a key is of one user"
    assert len(ada.get(f"{API}/sessions").json()["items"]) == 1


def test_without_a_key_each_request_is_one_of_its_own(ada: TestClient) -> None:
    first, second = (ada.post(f"{API}/sessions", json={}).json()["id"] for _ in range(2))
    assert first != second


def test_a_question_is_asked_once_and_answered_each_time(ada: TestClient, session: str) -> None:
    first, again = asked(ada, session), asked(ada, session)
    assert first.json()["query_id"] == again.json()["query_id"]
    assert first.json()["result"] == again.json()["result"]
    assert len(ada.get(f"{API}/sessions/{session}/history").json()) == 1


def test_a_plan_runs_once(ada: TestClient, session: str) -> None:
    plan = asked(ada, session).json()["plan"]
    body = {"session_id": session, "plan": plan}
    headers = {"Idempotency-Key": "plan"}
    runs = [ada.post(f"{API}/query/run", json=body, headers=headers).json() for _ in range(2)]
    assert runs[0]["query_id"] == runs[1]["query_id"]


def test_something_else_under_the_same_key_is_refused(ada: TestClient, session: str) -> None:
    assert asked(ada, session).status_code == 200
    for other in (
        asked(ada, session, "how many rows"),
        ada.post(f"{API}/sessions", json={}, headers=KEY),
        uploaded(ada, **KEY),
    ):
        assert (other.status_code, other.json()["code"]) == (422, "key_reused")
        assert other.json()["hint"]


def test_files_are_read_once_and_other_bytes_are_another_request(ada: TestClient) -> None:
    first, again = uploaded(ada, **KEY), uploaded(ada, **KEY)
    assert first.status_code == again.status_code == 200
    assert first.json()["session_id"] == again.json()["session_id"]
    assert [f["id"] for f in first.json()["files"]] == [f["id"] for f in again.json()["files"]]
    assert len(ada.get(f"{API}/sessions").json()["items"]) == 1
    assert uploaded(ada, SALES + b"East,1\n", **KEY).json()["code"] == "key_reused"


def test_an_export_is_written_once(ada: TestClient, session: str) -> None:
    query = asked(ada, session).json()["query_id"]
    headers = {"Idempotency-Key": "export"}
    place, body = f"{API}/query/{query}/exports", {"format": "csv"}
    first, again = (ada.post(place, json=body, headers=headers) for _ in range(2))
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()


def test_many_at_once_under_one_key_make_one(ada: TestClient) -> None:
    def make(_: int) -> Any:
        return ada.post(f"{API}/sessions", json={"name": "once"}, headers=KEY)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(make, range(8)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1


def test_what_failed_may_be_tried_again_under_its_key(ada: TestClient) -> None:
    body = {"name": "taken"}
    kept = ada.post(f"{API}/sessions", json=body).json()["id"]
    assert ada.post(f"{API}/sessions", json=body, headers=KEY).json()["code"] == "name_taken"
    ada.delete(f"{API}/sessions/{kept}")
    assert ada.post(f"{API}/sessions", json=body, headers=KEY).status_code == 201


def test_a_key_is_forgotten_after_a_day(ada: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    first = ada.post(f"{API}/sessions", json={}, headers=KEY).json()["id"]
    monkeypatch.setattr(idempotency, "KEPT", timedelta(0))
    assert ada.post(f"{API}/sessions", json={}, headers=KEY).json()["id"] != first


def test_a_request_that_a_dead_process_left_is_done_by_another(ada: TestClient) -> None:
    """Of the process that began it nothing is known any more; ours would be waited for."""
    store = ada.app.state.store  # type: ignore[attr-defined] - the server in this process
    assert ada.portal is not None
    me = ada.get(f"{API}/auth/me").json()["id"]

    async def left(by: object) -> None:
        async with store.transaction() as writing:
            found = await writing.get(idempotency.Done, (uuid.UUID(me), KEY["Idempotency-Key"]))
            found.ids, found.process_id = None, by

    first = ada.post(f"{API}/sessions", json={}, headers=KEY).json()["id"]
    ada.portal.call(left, uuid.uuid4())
    again = ada.post(f"{API}/sessions", json={}, headers=KEY)
    assert again.status_code == 201
    assert again.json()["id"] != first


def test_a_request_that_is_still_worked_on_is_waited_for_and_no_longer(
    ada: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(once, "WAITS", 0.2)
    store = ada.app.state.store  # type: ignore[attr-defined] - the server in this process
    assert ada.portal is not None

    async def unfinished() -> None:
        async with store.transaction() as writing:
            (await writing.scalars(select(idempotency.Done))).one().ids = None

    ada.post(f"{API}/sessions", json={}, headers=KEY)
    ada.portal.call(unfinished)
    busy = ada.post(f"{API}/sessions", json={}, headers=KEY)
    assert (busy.status_code, busy.json()["code"]) == (503, "still_at_work")
    assert busy.headers["retry-after"] == "2"


@pytest.mark.parametrize("key", ["x" * 201, "two words"])
def test_a_key_that_is_none_is_refused(ada: TestClient, key: str) -> None:
    answer = ada.post(f"{API}/sessions", json={}, headers={"Idempotency-Key": key})
    assert (answer.status_code, answer.json()["code"]) == (422, "not_valid")
