"""What one user may take of a server, and who comes when places are short."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from dip_sdk.server.app import application
from dip_sdk.server.problems import Problem
from dip_sdk.server.queueing import MOST_WAITING, Place, Places
from dip_sdk.server.quota import Quota
from dip_sdk.server.settings import settings
from dip_sdk.server.store import migrate
from dip_sdk.server.store.base import Store

from .conftest import logged_in

API = "/api/v1"
SALES = b"region,sales\nNorth,20\nSouth,41\n"
SLOW = (
    "SELECT count(*) AS n FROM range(100000) a, range(100000) b, sales s WHERE a.range <> b.range"
)
FOREVER = {
    "question": "forever", "planner": "rules",
    "steps": [{"kind": "sql", "name": "a", "sql": SLOW}, {"kind": "answer", "table": "a"}],
}  # fmt: skip
ADA, BEN, CY = (uuid.UUID(int=number) for number in (1, 2, 3))


@contextmanager
def server(folder: Path, **given: str) -> Iterator[TestClient]:
    app = application(settings({"DIP_SERVER_FOLDER": str(folder), **given}))
    with TestClient(app, base_url="http://localhost", raise_server_exceptions=False) as http:
        yield http


def uploaded(user: TestClient) -> str:
    told = user.post(f"{API}/files/upload", files={"files": ("sales.csv", SALES)})
    assert told.status_code == 200, told.text
    session: str = told.json()["session_id"]
    return session


def begun(user: TestClient, session: str) -> str:
    """The id of a run without end."""
    told = user.post(f"{API}/query/run", json={"session_id": session, "plan": FOREVER, "wait_s": 0})
    assert told.status_code == 202, told.text
    query: str = told.json()["query_id"]
    return query


def asked(user: TestClient, session: str, wait_s: float = 20) -> Any:
    body = {"session_id": session, "query": "total sales by region", "wait_s": wait_s}
    return user.post(f"{API}/query/process", json=body)


def stop(user: TestClient, query: str) -> None:
    assert user.post(f"{API}/query/{query}/cancel").status_code == 202


def ended(user: TestClient, query: str, patience: float = 5) -> str:
    """How a run ended, which it does soon."""
    deadline = time.monotonic() + patience
    while (told := user.get(f"{API}/query/{query}").json()["status"]) == "running":
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return str(told)


async def test_free_places_are_given_at_once_up_to_those_of_a_user() -> None:
    places = Places(total=3, each=2)
    first, second, third = (places.enter(ADA) for _ in range(3))
    assert [place.admitted for place in (first, second, third)] == [True, True, False]
    assert places.enter(BEN).admitted
    assert (places.running, places.waiting) == (3, 1)
    second.leave()
    second.leave()
    assert third.admitted
    assert (places.running, places.waiting) == (3, 0)


async def test_users_come_in_turn_however_much_one_asks() -> None:
    places = Places(total=1, each=1)
    running = places.enter(CY)
    all_of_them = [places.enter(user) for user in (ADA, ADA, ADA, BEN, BEN)]
    assert [places.before(place) for place in all_of_them] == [0, 2, 4, 1, 3]
    order = []
    while places.waiting:
        running.leave()
        (running,) = (place for place in all_of_them if place.admitted and not place.left)
        order.append(running)
    assert [all_of_them.index(place) for place in order] == [0, 3, 1, 4, 2]


async def test_a_user_who_has_enough_does_not_hold_up_the_next() -> None:
    places = Places(total=2, each=1)
    places.enter(ADA)
    second = places.enter(ADA)
    assert places.enter(BEN).admitted
    assert not second.admitted


async def test_too_many_waiting_are_refused_with_the_time_to_come_again() -> None:
    places = Places(total=1, each=1)
    first = places.enter(ADA)
    waiting = [places.enter(ADA) for _ in range(MOST_WAITING)]
    with pytest.raises(Problem) as refused:
        places.enter(ADA)
    assert (refused.value.status, refused.value.retry_after) == (429, 5.0)
    assert not places.enter(BEN).admitted
    waiting[7].give_up()
    assert places.before(waiting[8]) == 8
    places.enter(ADA)
    first.give_up()
    assert not first.left


async def test_who_waits_hears_how_many_are_before_when_that_changes() -> None:
    places = Places(total=1, each=1)
    first, second, third = (places.enter(ADA) for _ in range(3))
    heard = asyncio.create_task(_heard(third))
    await asyncio.sleep(0)
    second.give_up()
    await asyncio.sleep(0)
    first.leave()
    assert await asyncio.wait_for(heard, 1) == [1]
    assert third.admitted


async def _heard(place: Place) -> list[int]:
    return [before async for before in place.turns()]


async def test_a_block_that_is_stopped_while_it_waits_leaves_no_place_behind() -> None:
    places = Places(total=1, each=1)
    first = places.enter(ADA)

    async def work() -> None:
        async with places.held(BEN):
            pass

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    first.leave()
    assert (places.running, places.waiting) == (0, 0)


def test_a_question_waits_for_a_place_and_says_how_many_are_before_it(tmp_path: Path) -> None:
    with server(tmp_path, DIP_QUERIES="1", DIP_QUERIES_PER_USER="1") as http:
        ada, ben = logged_in(http, "ada@example.com"), logged_in(http, "ben@example.com")
        session, other = uploaded(ada), uploaded(ben)
        running = begun(ada, session)
        waiting, given_up = begun(ben, other), begun(ada, session)
        stop(ada, given_up)
        assert ended(ada, given_up, patience=1) == "cancelled"
        told = asked(ben, other, wait_s=0)
        assert (told.status_code, told.json()["status"]) == (202, "running")
        stop(ben, waiting)
        stop(ada, running)
        assert ended(ben, told.json()["query_id"], patience=15) == "answered"
        with ben.websocket_connect(
            f"ws://localhost/ws/query/{other}?since=0", headers=ben.headers
        ) as socket:
            heard = [socket.receive_json() for _ in range(6)]
    messages = [event.get("message") for event in heard if event["type"] == "status"]
    assert "Waiting for a free place: 0 before you" in messages
    assert "Waiting for a free place: 1 before you" in messages


def test_a_user_with_too_many_waiting_questions_is_refused(tmp_path: Path) -> None:
    with server(tmp_path, DIP_QUERIES="1", DIP_QUERIES_PER_USER="1") as http:
        ada = logged_in(http, "ada@example.com")
        session = uploaded(ada)
        queries = [begun(ada, session) for _ in range(1 + MOST_WAITING)]
        refused = asked(ada, session)
        assert (refused.status_code, refused.json()["code"]) == (429, "too_many_questions")
        assert refused.headers["retry-after"] == "5"
        body = {"session_id": session, "plan": FOREVER, "wait_s": 0, "query_id": queries[0]}
        assert ada.post(f"{API}/query/run", json=body).status_code == 202, "it is known already"
        for query in queries[::-1]:
            stop(ada, query)
        assert {ended(ada, query) for query in queries} == {"cancelled"}
        assert asked(ada, session).json()["status"] == "answered"


def begin_upload(user: TestClient, session: str, size: int) -> Any:
    headers = {"Upload-Length": str(size), "Upload-Metadata": "filename YS5jc3Y="}
    return user.post(f"{API}/sessions/{session}/uploads", headers=headers)


def test_a_file_beyond_the_quota_is_refused_with_the_numbers(tmp_path: Path) -> None:
    with server(tmp_path, DIP_QUOTA_MB="1") as http:
        ada, ben = logged_in(http, "ada@example.com"), logged_in(http, "ben@example.com")
        session = uploaded(ada)
        promised = begin_upload(ada, session, 700 << 10)
        assert promised.status_code == 201
        refused = begin_upload(ada, session, 400 << 10)
        assert (refused.status_code, refused.json()["code"]) == (413, "quota")
        assert refused.json()["detail"] == ("Your files take 0.7 of 1 MB; 0.4 MB more do not fit.")
        large = {"files": ("b.csv", b"a\n" + b"1\n" * (200 << 10))}
        assert ada.post(f"{API}/files/upload", files=large).json()["code"] == "quota"
        assert begin_upload(ben, uploaded(ben), 700 << 10).status_code == 201
        assert ada.delete(promised.headers["location"]).status_code == 204
        assert ada.post(f"{API}/files/upload", files=large).status_code == 200
        ada.delete(f"{API}/sessions/{session}")
        assert http.get(f"{API}/limits").json()["quota_mb"] == 1


def test_a_file_counts_once_when_it_was_read_from_its_pieces(tmp_path: Path) -> None:
    text = b"a\n" + b"1\n" * (300 << 10)
    with server(tmp_path, DIP_QUOTA_MB="1") as http:
        ada = logged_in(http, "ada@example.com")
        session = ada.post(f"{API}/sessions", json={}).json()["id"]
        place = begin_upload(ada, session, len(text)).headers["location"]
        headers = {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
        assert ada.patch(place, content=text, headers=headers).status_code == 204
        assert ada.post(f"{place}/read", json={}).status_code == 200
        left = (1 << 20) - len(text)
        assert begin_upload(ada, session, left + 1).status_code == 413
        assert begin_upload(ada, session, left).status_code == 201


async def test_two_uploads_at_once_do_not_share_what_is_left(tmp_path: Path) -> None:
    store = Store(f"sqlite+aiosqlite:///{tmp_path / 'dip.db'}")
    await migrate.upgrade(store)
    quota = Quota(store, most_mb=1)
    async with quota.reserved(ADA, 800 << 10):
        with pytest.raises(Problem, match=r"0\.8 of 1 MB"):
            async with quota.reserved(ADA, 300 << 10):
                pass
        async with quota.reserved(BEN, 800 << 10):
            pass
    async with quota.reserved(ADA, 1 << 20):
        pass
    await store.close()
