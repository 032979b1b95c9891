"""Two processes that share a database, a Redis and an S3, and no disk."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from .services import Postgres, Redis
from .stored import apart, names, s3
from .test_server_together import answered, within
from .together import API, Server, User

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]
LEASE = 2.0
CONTENT = b"region,sales\nNorth,20\nSouth,41\n"
PIECE = {"Content-Type": "application/offset+octet-stream", "Tus-Resumable": "1.0.0"}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with s3() as made:
        yield made


@pytest.fixture(scope="module")
def pair(
    url: str, postgres: Postgres, redis: Redis, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[Server]]:
    environment = {
        "DIP_DATABASE_URL": postgres.database("apart"),
        "DIP_REDIS_URL": redis.url(501),
        "DIP_OBJECTS": url,
        "DIP_SECRET": "k" * 64,
        "DIP_REGISTRATION": "open",
        "DIP_LEASE_SECONDS": str(LEASE),
    }
    with apart(environment, tmp_path_factory.mktemp("apart")) as servers:
        yield servers


@pytest.fixture(scope="module")
def user(pair: list[Server]) -> User:
    return User(pair[0])


def get(user: User, server: Server, place: str) -> httpx2.Response:
    """An answer that is not that another process is busy."""

    def look() -> httpx2.Response | None:
        with user.at(server) as http:
            answer = http.get(f"{API}{place}")
        return answer if answer.status_code != 503 else None

    found: httpx2.Response = within(LEASE * 5, look)
    return found


def exported(user: User, server: Server, query: str) -> str:
    with user.at(server) as http:
        made = http.post(f"{API}/query/{query}/exports", json={"format": "csv"})
        assert made.status_code == 201, made.text
        return str(made.json()["id"])


def test_a_killed_process_takes_nothing_with_it(pair: list[Server], user: User) -> None:
    session = user.upload(pair[0], CONTENT)
    told = user.ask(pair[1], session).json()
    assert told["status"] == "answered", told
    last: Any = user.ask(pair[0], session, "average sales").json()
    export = exported(user, pair[0], last["query_id"])
    pair[0].kill()
    try:
        for answer, rows in ((told, 2), (last, 1)):
            page = get(user, pair[1], f"/query/{answer['query_id']}/results").json()
            assert page["total_count"] == rows
        assert get(user, pair[1], f"/exports/{export}/content").text.count("\n") == 2
        again = exported(user, pair[1], told["query_id"])
        assert "South,41" in get(user, pair[1], f"/exports/{again}/content").text
        assert within(LEASE * 5, lambda: answered(user.ask(pair[1], session)))["result"]["data"]
    finally:
        pair[0].start()
        pair[0].wait()
    assert len(get(user, pair[0], f"/sessions/{session}/history").json()) == 3


def test_every_change_of_a_session_is_known_to_both(pair: list[Server], user: User) -> None:
    session = user.upload(pair[0], CONTENT)
    place = f"/sessions/{session}"
    with user.at(pair[1]) as http:
        assert http.patch(f"{API}{place}/tables/sales", json={"name": "orders"}).status_code == 200
    with user.at(pair[0]) as http:
        settings = http.get(f"{API}{place}/settings").json() | {"week_start": "sunday"}
        assert http.put(f"{API}{place}/settings", json=settings).status_code == 200, settings
    (table,) = get(user, pair[1], f"{place}/tables").json()
    assert table["name"] == "orders"
    assert get(user, pair[1], f"{place}/settings").json() == settings
    with user.at(pair[1]) as http:
        assert http.post(f"{API}{place}/undo").json()["undone"].startswith("renamed")
    (table,) = get(user, pair[0], f"{place}/tables").json()
    assert table["name"] == "sales"


def test_a_file_comes_in_pieces_to_either(pair: list[Server], user: User, url: str) -> None:
    with user.at(pair[0]) as http:
        session = http.post(f"{API}/sessions", json={}).json()["id"]
        told = {
            "Upload-Length": str(len(CONTENT)),
            "Upload-Metadata": f"filename {base64.b64encode(b'sales.csv').decode()}",
        }
        begun = http.post(f"{API}/sessions/{session}/uploads", headers=told)
        place = begun.headers["location"]
        first = http.patch(place, content=CONTENT[:10], headers=PIECE | {"Upload-Offset": "0"})
        assert first.status_code == 204, first.text
    with user.at(pair[1]) as http:
        assert http.head(place).headers["upload-offset"] == "10"
        wrong = http.patch(place, content=CONTENT, headers=PIECE | {"Upload-Offset": "0"})
        assert (wrong.status_code, wrong.json()["code"]) == (409, "wrong_offset")
        http.patch(place, content=CONTENT[10:], headers=PIECE | {"Upload-Offset": "10"})
    with user.at(pair[0]) as http:
        dataset = http.post(f"{place}/read", json={}).json()
    assert dataset["tables"][0]["rows"] == 2
    assert not names(url, f"sessions/{session}/uploads")


def test_a_deleted_session_leaves_no_object(pair: list[Server], user: User, url: str) -> None:
    session = user.upload(pair[0], CONTENT)
    answer = user.ask(pair[1], session).json()
    exported(user, pair[1], answer["query_id"])
    assert len(names(url, f"sessions/{session}")) > 4
    with user.at(pair[0]) as http:
        assert http.delete(f"{API}/sessions/{session}").status_code == 204
    assert not names(url, f"sessions/{session}")


def test_a_deleted_account_leaves_no_object(pair: list[Server], url: str) -> None:
    eve = User(pair[0], "eve@example.com")
    session = eve.upload(pair[1], CONTENT)
    assert names(url, f"sessions/{session}")
    with eve.at(pair[0]) as http:
        gone = http.request("DELETE", f"{API}/auth/me", json={"password": "testpass"})
        assert gone.status_code == 204, gone.text
    assert not names(url, f"sessions/{session}")
