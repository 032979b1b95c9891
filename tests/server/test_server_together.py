"""Two real processes over PostgreSQL and Redis: nothing lost, twice, out of order or stuck."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest

from dip_sdk.server.live import Hub
from dip_sdk.server.store.base import Store
from dip_sdk.server.wake import RedisWake
from dip_sdk.types.events import Status

from .services import Postgres, Redis
from .together import API, Follower, Server, User, together

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]
LEASE = 2.0
NAME = "together"
SLOW = "SELECT count(*) AS n FROM range(999999) a, range(999999) b, sales s WHERE a.range<>b.range"


@pytest.fixture(scope="module")
def environment(
    postgres: Postgres, redis: Redis, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    return {
        "DIP_DATABASE_URL": postgres.database(NAME),
        "DIP_REDIS_URL": redis.url(500),
        "DIP_SECRET": "k" * 64,
        "DIP_REGISTRATION": "open",
        "DIP_SERVER_FOLDER": str(tmp_path_factory.mktemp("together")),
        "DIP_LEASE_SECONDS": str(LEASE),
    }


@pytest.fixture(scope="module")
def pair(
    environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[Server]]:
    with together(environment, tmp_path_factory.mktemp("logs")) as servers:
        yield servers


@pytest.fixture(scope="module")
def user(pair: list[Server]) -> User:
    return User(pair[0])


@asynccontextmanager
async def writing(environment: dict[str, str]) -> AsyncIterator[Hub]:
    """A third process of the server, which only writes events."""
    store, wake = Store(environment["DIP_DATABASE_URL"]), RedisWake(environment["DIP_REDIS_URL"])
    await wake.start()
    yield Hub(store, wake)
    await asyncio.sleep(0.1)
    await wake.close()
    await store.close()


def began(user: User, server: Server, session: str) -> str:
    """A question that takes for ever is on its way there."""
    plan = {
        "question": "forever", "planner": "rules",
        "steps": [{"kind": "sql", "name": "a", "sql": SLOW}, {"kind": "answer", "table": "a"}],
    }  # fmt: skip
    body = {"session_id": session, "plan": plan, "wait_s": 0.5}
    with user.at(server) as http:
        answer = http.post(f"{API}/query/run", json=body)
        assert answer.json()["status"] == "running", answer.text
        query: str = answer.json()["query_id"]
        return query


def within(seconds: float, look: Callable[[], Any]) -> Any:
    """What `look` finds, as soon as it finds something; what cannot be reached is not there yet."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            if found := look():
                return found
        except httpx2.TransportError:
            pass
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.05)


def status(user: User, server: Server, query: str) -> Any:
    with user.at(server) as http:
        return http.get(f"{API}/query/{query}").json()


def over(user: User, server: Server, query: str, seconds: float) -> Any:
    """What a query came to within so many seconds."""
    return within(
        seconds,
        lambda: told if (told := status(user, server, query))["status"] != "running" else None,
    )


def answered(answer: httpx2.Response) -> Any:
    return answer.json() if answer.status_code == 200 else None


def heard(user: User, server: Server, session: str, postgres: Postgres) -> Follower:
    """Somebody who has read the whole log of a session."""
    last = int(postgres.run(f"SELECT seq FROM sessions WHERE id = '{session}'", NAME))
    client = Follower([server], user, session, drops=0)
    asyncio.run(asyncio.wait_for(client.follow(last), 20))
    assert client.seen == list(range(1, last + 1))
    return client


def test_no_event_is_lost_twice_or_out_of_order(
    environment: dict[str, str], pair: list[Server], user: User
) -> None:
    async def crowd() -> list[Follower]:
        with user.at(pair[0]) as http:
            sessions = [http.post(f"{API}/sessions", json={}).json()["id"] for _ in range(4)]
        clients = [Follower(pair, user, sessions[n % 4], drops=0.1) for n in range(40)]
        following = [asyncio.create_task(client.follow(50)) for client in clients]
        async with writing(environment) as hub:
            for n in range(50):
                told = Status(session_id="", at=datetime.now(UTC), message=f"{n}")
                await asyncio.gather(*(hub.write(uuid.UUID(s), [told]) for s in sessions))
                await asyncio.sleep(0.02)
            await asyncio.wait_for(asyncio.gather(*following), 60)
        return clients

    clients = asyncio.run(crowd())
    assert [client.seen for client in clients] == [list(range(1, 51))] * 40
    assert sum(client.cuts for client in clients) > 100


def test_a_session_moves_to_whichever_process_is_asked(pair: list[Server], user: User) -> None:
    session = user.upload(pair[0])
    answers = [user.ask(pair[n % 2], session).json() for n in range(4)]
    assert [answer["status"] for answer in answers] == ["answered"] * 4
    with user.at(pair[0]) as http:
        page = http.get(f"{API}/query/{answers[3]['query_id']}/results").json()
        assert page["total_count"] == 2
        assert len(http.get(f"{API}/sessions/{session}/history").json()) == 4


def test_who_is_in_the_way_of_a_question_is_stopped_from_anywhere(
    pair: list[Server], user: User
) -> None:
    session = user.upload(pair[0])
    query = began(user, pair[0], session)
    with user.at(pair[1]) as http:
        busy = http.get(f"{API}/sessions/{session}/tables")
        assert (busy.status_code, busy.json()["code"]) == (503, "session_busy")
        assert int(busy.headers["Retry-After"]) > 0
        waiting = http.post(
            f"{API}/query/process",
            json={"session_id": session, "query": "total sales by region", "wait_s": 0},
        ).json()
        assert waiting["status"] == "running"
        assert http.post(f"{API}/query/{query}/cancel").status_code == 202
    within(5, lambda: status(user, pair[1], query)["status"] == "cancelled")
    within(10, lambda: status(user, pair[0], waiting["query_id"])["status"] == "answered")


def test_a_question_that_waits_for_a_session_is_stopped_at_once(
    pair: list[Server], user: User
) -> None:
    session = user.upload(pair[0])
    first = began(user, pair[0], session)
    second = began(user, pair[1], session)
    with user.at(pair[0]) as http:
        http.post(f"{API}/query/{second}/cancel")
        within(3, lambda: status(user, pair[0], second)["status"] == "cancelled")
        assert status(user, pair[1], first)["status"] == "running"
        http.post(f"{API}/query/{first}/cancel")
        within(5, lambda: status(user, pair[0], first)["status"] == "cancelled")


def test_a_killed_process_leaves_no_question_behind(
    pair: list[Server], user: User, postgres: Postgres
) -> None:
    session = user.upload(pair[0])
    query = began(user, pair[0], session)
    pair[0].kill()
    try:
        told = over(user, pair[1], query, LEASE * 4)
        assert (told["status"], told["error"]["code"]) == ("failed", "interrupted")
        assert heard(user, pair[1], session, postgres).types.count("error") == 1
        assert user.ask(pair[1], session).json()["status"] == "answered"
    finally:
        pair[0].start()
        pair[0].wait()


def test_a_process_that_was_given_up_stops_what_it_did(pair: list[Server], user: User) -> None:
    session = user.upload(pair[0])
    query = began(user, pair[0], session)
    pair[0].send(signal.SIGSTOP)
    try:
        told = over(user, pair[1], query, LEASE * 4)
        assert told["error"]["code"] == "interrupted"
    finally:
        pair[0].send(signal.SIGCONT)
    answer = within(20, lambda: answered(user.ask(pair[1], session)))
    assert answer["result"]["data"]
    assert user.ask(pair[0], session).json()["status"] == "answered"


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_one_command_starts_several_processes_and_replaces_one_that_dies(
    environment: dict[str, str], pair: list[Server], user: User, tmp_path: Path
) -> None:
    server = Server(environment, tmp_path / "log", "--workers", "2")
    server.start()
    try:
        server.wait()
        within(40, lambda: _processes(server) == len(pair) + 2)
        session = user.upload(server)
        before = server.children
        os.kill(before[0], signal.SIGKILL)
        within(40, lambda: set(server.children) - set(before))
        assert within(40, lambda: answered(user.ask(server, session)))["result"]["data"]
    finally:
        server.stop()


def _processes(server: Server) -> int:
    living: int = httpx2.get(f"{server.url}/readyz", timeout=5).json()["processes"]
    return living


def test_answers_go_on_without_redis_and_it_comes_back_by_itself(
    pair: list[Server], user: User, redis: Redis
) -> None:
    session = user.upload(pair[0])
    redis.kill()
    try:
        degraded = within(5, lambda: httpx2.get(f"{pair[1].url}/readyz").json()["degraded"])
        assert "Redis" in degraded[0]
        client = Follower([pair[1]], user, session, drops=0)

        async def asked_elsewhere() -> None:
            following = asyncio.create_task(client.follow(5))
            await asyncio.to_thread(user.ask, pair[0], session)
            await asyncio.wait_for(following, 10)

        asyncio.run(asked_elsewhere())
        assert client.seen == list(range(1, len(client.seen) + 1))
    finally:
        redis.start()
    within(5, lambda: not httpx2.get(f"{pair[1].url}/readyz").json()["degraded"])


def test_what_was_acknowledged_outlives_a_killed_database(
    pair: list[Server], user: User, postgres: Postgres
) -> None:
    sessions = [user.upload(pair[n]) for n in range(2)]
    told: list[dict[str, Any]] = []

    async def asking(server: Server, session: str, until: float) -> None:
        while time.monotonic() < until:
            answer = await asyncio.to_thread(user.ask, server, session)
            assert answer.status_code in {200, 202, 503}, answer.text
            if answer.status_code == 503:
                assert answer.headers["Retry-After"]
                await asyncio.sleep(0.1)
            else:
                told.append(answer.json())

    async def under_load() -> None:
        until = time.monotonic() + 8
        load = [asyncio.create_task(asking(pair[n], sessions[n], until)) for n in range(2)]
        for _ in range(2):
            await asyncio.sleep(1.5)
            postgres.kill()
            await asyncio.sleep(0.5)
            await asyncio.to_thread(postgres.start)
        await asyncio.gather(*load)

    asyncio.run(under_load())
    assert len(told) > 3
    for server in pair:
        server.wait()
    for answer in told:
        kept = over(user, pair[0], answer["query_id"], 10)
        assert answer["status"] in {"running", kept["status"]}
    running = "SELECT count(*) FROM queries WHERE state = 'running'"
    within(10, lambda: postgres.run(running, NAME) == "0")
    for session in sessions:
        types = heard(user, pair[1], session, postgres).types
        ends = sum(types.count(kind) for kind in ("query_result", "error", "cancelled"))
        begun = f"SELECT count(*) FROM queries WHERE session_id = '{session}'"
        assert ends == int(postgres.run(begun, NAME))
        assert user.ask(pair[0], session).json()["status"] == "answered"
