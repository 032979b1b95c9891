"""What somebody who means harm would send: each is refused as a problem, and nothing is learnt."""

from __future__ import annotations

import json
import logging
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from fastapi.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from dip_sdk.server.app import application
from dip_sdk.server.auth import attempts, tickets
from dip_sdk.server.auth.attempts import Attempts
from dip_sdk.server.problems import Problem
from dip_sdk.server.settings import ServerSettings

API = "/api/v1"
JSON = {"Content-Type": "application/json"}
SALES = b"region,sales\nNorth,20\nSouth,41\n"
CANARY = "canary-5c1e"
OURS = "http://localhost"
embedded_only = pytest.mark.parametrize("environment", ["embedded"], indirect=True)
"""Where the database makes no difference."""


def uploaded(user: TestClient, content: bytes = SALES, name: str = "sales.csv") -> str:
    answer = user.post(f"{API}/files/upload", files={"files": (name, content)})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["session_id"])


def refused(answer: Any, *statuses: int) -> None:
    assert answer.status_code in statuses, (answer.status_code, answer.text)
    assert answer.headers["content-type"] == "application/problem+json"
    assert "Traceback" not in answer.text


def plan(sql: str) -> dict[str, Any]:
    steps = [{"kind": "sql", "name": "a", "sql": sql}, {"kind": "answer", "table": "a"}]
    return {"question": "x", "planner": "rules", "steps": steps}


@contextmanager
def turned_away(user: TestClient, place: str, **how: Any) -> Iterator[None]:
    with pytest.raises(WebSocketDisconnect) as closed, user.websocket_connect(place, **how):
        pass
    assert closed.value.code in (4401, 4404)
    yield


# who is let in


@embedded_only
def test_a_key_that_was_changed_is_good_until_it_is_taken_away(
    ada: TestClient, chosen: ServerSettings
) -> None:
    place, headers = f"{API}/auth/me", dict(ada.headers)
    new = {"secret": "n" * 64}
    for more, status in (({"secret_before": chosen.secret}, 200), ({}, 401)):
        changed = ServerSettings.model_validate(chosen.model_dump() | new | more)
        with TestClient(application(changed), base_url=OURS) as http:
            assert http.get(place, headers=headers).status_code == status


@embedded_only
def test_the_name_of_a_key_in_a_token_is_not_looked_at(
    ada: TestClient, http: TestClient, chosen: ServerSettings
) -> None:
    token = ada.headers["Authorization"].removeprefix("Bearer ")
    claims = jwt.decode(token, options={"verify_signature": False})
    for kid in ("' or 1=1", "../../secret.key", "/dev/null"):
        forged = jwt.encode(claims, "x" * 48, algorithm="HS256", headers={"kid": kid})
        headers = {"Authorization": f"Bearer {forged}"}
        refused(http.get(f"{API}/auth/me", headers=headers), 401)


async def test_an_account_is_guarded_from_many_addresses_at_once() -> None:
    guard = Attempts()
    for number in range(attempts.BY_ACCOUNT.amount):
        await guard.count("ada@example.com", f"10.0.0.{number}")
    with pytest.raises(Problem) as told:
        await guard.count("ada@example.com", "10.0.1.1")
    assert (told.value.status, told.value.code) == (429, "too_many_attempts")
    assert (told.value.retry_after or 0) >= 1
    await guard.count("ben@example.com", "10.0.1.1")


@embedded_only
def test_an_address_that_a_client_claims_does_not_count(http: TestClient) -> None:
    wrong = {"email": "ada@example.com", "password": "wrongpass"}
    told = [
        http.post(f"{API}/auth/login", json=wrong, headers={"X-Forwarded-For": f"10.0.0.{n}"})
        for n in range(11)
    ]
    assert told[-1].status_code == 429


@embedded_only
def test_a_stolen_token_cannot_try_passwords_for_ever(ada: TestClient) -> None:
    change = {"old": "wrongpass", "new": "otherpass"}
    told = [ada.post(f"{API}/auth/password", json=change).status_code for _ in range(9)]
    drop = {"password": "wrongpass"}
    told += [ada.request("DELETE", f"{API}/auth/me", json=drop).status_code for _ in range(2)]
    assert told == [403] * 10 + [429]


@embedded_only
def test_many_logins_at_once_take_bounded_memory_and_others_are_answered(http: TestClient) -> None:
    before, worst = memory_mb(), 0.0
    login = lambda n: http.post(  # noqa: E731
        f"{API}/auth/login", json={"email": f"u{n}@example.com", "password": "wrongpass"}
    )
    with ThreadPoolExecutor(40) as pool:
        sent = [pool.submit(login, n) for n in range(40)]
        while not all(one.done() for one in sent):
            begun = time.monotonic()
            assert http.get("/healthz").status_code == 200
            worst = max(worst, time.monotonic() - begun)
    statuses = {one.result().status_code for one in sent}
    assert statuses == {401, 503}
    assert memory_mb() - before < 256
    assert worst < 2


@embedded_only
def test_an_account_that_is_not_there_is_refused_no_faster(ada: TestClient) -> None:
    def seconds(email: str) -> float:
        begun = time.monotonic()
        given = {"email": email, "password": "wrongpass"}
        assert ada.post(f"{API}/auth/login", json=given).status_code == 401
        return time.monotonic() - begun

    seconds("warm@example.com")
    known = min(seconds("ada@example.com") for _ in range(2))
    unknown = min(seconds("eve@example.com") for _ in range(2))
    assert 0.5 < unknown / known < 2


@embedded_only
def test_a_ticket_is_good_once_however_many_come_at_once(ada: TestClient, http: TestClient) -> None:
    session = ada.post(f"{API}/sessions", json={}).json()["id"]
    place = f"ws://localhost/ws/query/{session}"

    def come(ticket: str) -> bool:
        how: dict[str, Any] = {
            "subprotocols": ["dip.v1", f"dip.ticket.{ticket}"],
            "headers": {"Origin": str(http.base_url)},
        }
        try:
            with http.websocket_connect(place, **how) as talk:
                return bool(talk.receive_json())
        except WebSocketDisconnect:
            return False

    for _ in range(5):
        ticket = ada.post(f"{API}/auth/tickets", json={"session_id": session}).json()["ticket"]
        with ThreadPoolExecutor(3) as pool:
            assert sum(pool.map(come, [ticket] * 3)) == 1


@embedded_only
def test_a_ticket_is_over_after_half_a_minute_and_belongs_to_a_page(
    ada: TestClient, http: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = ada.post(f"{API}/sessions", json={}).json()["id"]
    place = f"ws://localhost/ws/query/{session}"
    monkeypatch.setattr(tickets, "LIVES", timedelta(seconds=-1))
    for origin in ({"Origin": OURS}, {}):
        told = ada.post(f"{API}/auth/tickets", json={"session_id": session}).json()
        offered = ["dip.v1", f"dip.ticket.{told['ticket']}"]
        with turned_away(http, place, subprotocols=offered, headers=origin):
            monkeypatch.undo()


@embedded_only
def test_a_page_of_another_site_opens_no_socket(ada: TestClient, http: TestClient) -> None:
    session = ada.post(f"{API}/sessions", json={}).json()["id"]
    place = f"ws://localhost/ws/query/{session}"
    ticket = ada.post(f"{API}/auth/tickets", json={"session_id": session}).json()["ticket"]
    offered = ["dip.v1", f"dip.ticket.{ticket}"]
    for origin in (
        "https://evil.example.com", "null", "http://localhost.evil.example.com", "file://",
        "http://localhost:1", "http://evil.example.com/localhost",
        "http://localhost@evil.example.com",
    ):  # fmt: skip
        with turned_away(ada, place, headers=dict(ada.headers) | {"Origin": origin}):
            pass
        with turned_away(http, place, subprotocols=offered, headers={"Origin": origin}):
            pass


def test_only_named_pages_may_read_answers_and_never_with_cookies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = "https://app.example.com"
    chosen = ServerSettings(
        folder=tmp_path / "server",
        secret="k" * 64,
        origins=(page,),  # type: ignore[arg-type]
    )
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-evil"}
    with TestClient(application(chosen), base_url=OURS) as http:
        allowed = http.get(f"{API}/version", headers={"Origin": page}).headers
        assert allowed["access-control-allow-origin"] == page
        assert "access-control-allow-credentials" not in allowed
        for origin in (f"{page}.evil.example.com", "http://app.example.com", "null"):
            told = http.get(f"{API}/version", headers={"Origin": origin}).headers
            assert "access-control-allow-origin" not in told
        refusal = http.options(f"{API}/sessions", headers=asked | {"Origin": page})
        assert refusal.status_code == 400
        evil = asked | {"Origin": "https://evil.example.com"}
        assert http.options(f"{API}/sessions", headers=evil).status_code == 400


@embedded_only
def test_a_form_of_another_site_cannot_use_the_cookie(http: TestClient) -> None:
    given = {"email": "ada@example.com", "password": "testpass", "cookie": True}
    assert http.post(f"{API}/auth/register", json=given).status_code == 200
    for kind in (
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
    ):
        for verb in ("refresh", "logout"):
            answer = http.post(f"{API}/auth/{verb}", content="{}", headers={"Content-Type": kind})
            assert answer.status_code in (400, 422), kind
    assert http.post(f"{API}/auth/refresh", json={}).status_code == 200


@embedded_only
def test_a_token_in_an_address_lets_nobody_in(ada: TestClient, http: TestClient) -> None:
    session = ada.post(f"{API}/sessions", json={}).json()["id"]
    token = ada.headers["Authorization"].removeprefix("Bearer ")
    for name in ("token", "access_token", "Authorization", "authorization"):
        refused(http.get(f"{API}/auth/me", params={name: token}), 401)
        with turned_away(http, f"ws://localhost/ws/query/{session}?{name}={token}"):
            pass


@embedded_only
def test_no_secret_is_written_to_the_log(
    http: TestClient, chosen: ServerSettings, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        given = {"email": "ada@example.com", "password": f"{CANARY}-password"}
        told = http.post(f"{API}/auth/register", json=given).json()
        headers = {"Authorization": f"Bearer {told['access_token']}"}
        http.post(f"{API}/auth/login", json=given | {"password": f"{CANARY}-guessed"})
        http.post(f"{API}/auth/login", json=given | {"email": f"{CANARY}-password"})
        http.post(f"{API}/auth/refresh", json={"refresh_token": told["refresh_token"]})
        http.post(f"{API}/auth/refresh", json={"refresh_token": "unknown-" + CANARY})
        script = http.post(f"{API}/auth/tokens", json={"name": "ci"}, headers=headers).json()
    secrets = (
        CANARY, told["access_token"], told["refresh_token"], script["token"],
        chosen.secret.get_secret_value(),
    )  # fmt: skip
    assert not [secret for secret in secrets if secret in caplog.text]
    assert chosen.secret.get_secret_value() not in repr(chosen) + str(chosen)


# what is sent


@embedded_only
def test_every_body_refuses_what_it_does_not_know(ada: TestClient) -> None:
    """A new route with a body is held to it too."""
    session = uploaded(ada)
    query = {"session_id": session, "query": "total sales by region"}
    done = ada.post(f"{API}/query/process", json=query).json()["query_id"]
    known: dict[str, str] = {"session_id": session, "query_id": done, "table": "sales"}
    extra = {"owner_id": str(uuid.uuid4()), "is_admin": True, "version": 9}
    paths = ada.get(f"{API}/openapi.json").json()["paths"]
    asked = 0
    for path, verbs in paths.items():
        for verb, told in verbs.items():
            if "application/json" not in told.get("requestBody", {}).get("content", {}):
                continue
            place = path
            for name in ("session_id", "query_id", "table", "upload_id"):
                place = place.replace(f"{{{name}}}", known.get(name, str(uuid.uuid4())))
            answer = ada.request(verb, place, json=extra)
            if "upload_id" in path:
                refused(answer, 404, 422)
                continue
            refused(answer, 422)
            named = {error["field"].split(".")[-1] for error in answer.json()["errors"]}
            assert {"owner_id", "is_admin"} <= named, path
            asked += 1
    assert asked >= 12


HALF, NUL = '"a\\ud800b"', '"a\\u0000b"'
"""Half a character, and the one that PostgreSQL cannot hold, as JSON."""


@pytest.mark.parametrize("evil", [HALF, NUL], ids=["half", "nul"])
def test_a_text_that_cannot_be_kept_is_refused(
    ada: TestClient, http: TestClient, evil: str
) -> None:
    session = uploaded(ada)
    steps = '"steps":[]'
    bodies = [
        ("POST", "sessions", f'{{"name":{evil}}}'),
        ("PATCH", f"sessions/{session}", f'{{"name":{evil}}}'),
        ("PATCH", f"sessions/{session}/tables/sales", f'{{"name":{evil}}}'),
        ("POST", "auth/tokens", f'{{"name":{evil}}}'),
        ("POST", "auth/login", f'{{"email":"x@b.c{evil[2:-2]}","password":"testpass"}}'),
        ("POST", "query/process", f'{{"session_id":"{session}","query":{evil}}}'),
        ("POST", "query/run",
         f'{{"session_id":"{session}","plan":{{"question":{evil},"planner":"x",{steps}}}}}'),
    ]  # fmt: skip
    if evil == HALF:
        whole = f'{{"session_id":"{session}","plan":{{"question":"x","planner":{evil},{steps}}}}}'
        bodies += [
            ("POST", "auth/refresh", f'{{"refresh_token":{evil}}}'),
            ("POST", "query/run", whole),
            ("PUT", f"sessions/{session}/glossary", f'{{"synonyms":{{"sales":[{evil}]}}}}'),
        ]
    for verb, path, body in bodies:
        refused(ada.request(verb, f"{API}/{path}", content=body, headers=JSON), 422)
    refused(ada.get(f"{API}/sessions?name=%00"), 422)
    refused(ada.get(f"{API}/sessions/{session}/tables/%00"), 404)


@embedded_only
def test_a_socket_refuses_such_a_text_and_goes_on(ada: TestClient) -> None:
    session = uploaded(ada)
    with ada.websocket_connect(f"ws://localhost/ws/query/{session}", headers=ada.headers) as talk:
        talk.receive_json()
        for evil in (HALF, NUL):
            talk.send_text(f'{{"type":"query","query":{evil}}}')
            assert talk.receive_json()["code"] == "not_valid"


def test_what_is_deep_huge_or_no_number_is_refused_and_never_a_fault(ada: TestClient) -> None:
    session = uploaded(ada)
    asked = f'{{"session_id":"{session}","query":"rows above {{x}}","params":{{"x":VALUE}}}}'
    query = {"session_id": session, "query": "total sales by region"}
    done = ada.post(f"{API}/query/process", json=query).json()["query_id"]
    for content in (
        "[" * 900_000, '{"a":' * 100_000, asked.replace("VALUE", "9" * 5000),
        asked.replace("VALUE", '{"a":' * 5000 + "1" + "}" * 5000), '{"name":"\udcff"}',
    ):  # fmt: skip
        body = content.encode("utf-8", "surrogateescape")
        refused(ada.post(f"{API}/query/process", content=body, headers=JSON), 400, 422)
    for value in ("NaN", "Infinity", "1e400", "9" * 400):
        body = asked.replace("VALUE", value).encode()
        answer = ada.post(f"{API}/query/process", content=body, headers=JSON)
        assert answer.status_code < 500, value
        json.loads(answer.text, parse_constant=pytest.fail)
    place = f"{API}/query/{done}/results"
    refused(ada.get(place, params={"filter": "[" * 15_000}), 422)
    refused(ada.get(place, params={"limit": 10_001}), 422)
    refused(ada.get(place, params={"offset": -1}), 422)
    assert ada.get(place, params={"offset": "9" * 30}).json()["items"] == []


def test_a_time_without_zone_or_outside_the_calendar_is_refused(ada: TestClient) -> None:
    for before in (
        "2024-01-01T00:00:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "x",
        "' or 1=1", "9" * 40,
    ):  # fmt: skip
        refused(ada.get(f"{API}/sessions", params={"before": before}), 422)
    assert ada.get(f"{API}/sessions", params={"before": "2024-01-01T00:00:00Z"}).status_code == 200


@embedded_only
def test_no_name_of_a_file_leads_anywhere_or_hides_anything(
    ada: TestClient, chosen: ServerSettings
) -> None:
    before = set(chosen.folder.parent.iterdir())
    session = uploaded(ada)
    names = [
        "../../evil.csv", "..\\..\\evil.csv", "/etc/evil.csv", "C:\\evil.csv", "a\u202egnp.csv",
        "a\r\nSet-Cookie: x.csv", "\u2066evil\u2069.csv", "e" * 4000 + ".csv", "evil\x9b31m.csv",
    ]  # fmt: skip
    sent = [("files", (name, SALES)) for name in names]
    answer = ada.post(f"{API}/files/upload", files=sent, data={"session_id": session})
    assert answer.status_code == 200
    for file in answer.json()["files"]:
        assert file["filename"].isprintable()
        assert len(file["filename"]) <= 200
        assert not set(file["filename"]) & set("/\\")
    assert set(chosen.folder.parent.iterdir()) == before
    assert not list(chosen.folder.rglob("*evil*.csv"))


# what is read


def test_nothing_of_another_session_is_read_by_any_statement(
    ada: TestClient, ben: TestClient, chosen: ServerSettings
) -> None:
    session = uploaded(ada, f"secret,n\n{CANARY},1\n".encode(), "hidden.csv")
    own = uploaded(ben)
    files = [p for p in chosen.folder.rglob("*") if p.is_file() and session in str(p)]
    assert files
    tried = ["select * from hidden", "select * from duckdb_tables()", "select * from glob('/**')"]
    for path in files:
        tried += [f"select * from '{path}'", f"select * from read_blob('{path}')"]
        tried += [f"attach '{path}' as x"]
    for sql in tried:
        body = {"session_id": own, "plan": plan(sql)}
        told = ben.post(f"{API}/query/run", json=body).json()
        assert told["status"] == "failed", sql
        assert CANARY not in json.dumps(told)
    for question in ("show hidden", "what is the secret", "list all tables"):
        answer = ben.post(f"{API}/query/process", json={"session_id": own, "query": question})
        assert CANARY not in answer.text


@embedded_only
def test_nothing_that_is_asked_makes_the_server_call_anybody(ada: TestClient) -> None:
    session = uploaded(ada)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.settimeout(0.2)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/x"
        for sql in (
            f"select * from read_csv('{url}.csv')", f"select * from '{url}.parquet'",
            f"attach '{url}.db' as x", f"select * from read_text('{url}')", "install httpfs",
        ):  # fmt: skip
            told = ada.post(f"{API}/query/run", json={"session_id": session, "plan": plan(sql)})
            assert told.json()["status"] == "failed"
        for question in (f"read {url}.csv", f"total sales from {url}.csv by region"):
            ada.post(f"{API}/query/process", json={"session_id": session, "query": question})
        uploaded(ada, f"link,n\n{url},1\n".encode(), "links.csv")
        with pytest.raises(TimeoutError):
            listener.accept()


@embedded_only
def test_a_fault_tells_nothing_of_the_machine(ada: TestClient, chosen: ServerSettings) -> None:
    session = uploaded(ada)
    for sql in (
        "select nothing from sales",
        "select 1/0 from nowhere",
        "select cast(region as int) from sales",
    ):
        told = ada.post(f"{API}/query/run", json={"session_id": session, "plan": plan(sql)})
        assert told.json()["status"] == "failed"
        for word in (str(chosen.folder), "Traceback", "dip_sdk/", "sqlite", ".py"):
            assert word not in told.text


# what happens at once


def test_asking_twenty_times_under_one_id_asks_once(ada: TestClient) -> None:
    session = uploaded(ada)
    body = {"session_id": session, "query": "total sales by region", "query_id": str(uuid.uuid4())}
    with ThreadPoolExecutor(20) as pool:
        told = list(pool.map(lambda _: ada.post(f"{API}/query/process", json=body), range(20)))
    assert {answer.status_code for answer in told} == {200}
    assert {answer.json()["query_id"] for answer in told} == {body["query_id"]}
    assert len(ada.get(f"{API}/sessions/{session}/history").json()) == 1


@embedded_only
def test_a_stop_that_meets_the_end_leaves_one_end(ada: TestClient) -> None:
    session = uploaded(ada)
    ended: list[str] = []
    for number in range(5):
        query = str(uuid.uuid4())
        body = {"session_id": session, "query": "total sales by region", "query_id": query}
        asking = threading.Thread(
            target=lambda sent=body: ended.append(  # type: ignore[misc]
                ada.post(f"{API}/query/process", json=sent).json()["query_id"]
            )
        )
        asking.start()
        time.sleep(number * 0.03)
        ada.post(f"{API}/query/{query}/cancel")
        asking.join(20)
    place = f"ws://localhost/ws/query/{session}?since=0"
    last: dict[str, list[str]] = {query: [] for query in ended}
    with ada.websocket_connect(place, headers=ada.headers) as talk:
        while any(not found for found in last.values()):
            event = talk.receive_json()
            if event["type"] in ("query_result", "cancelled", "error"):
                last[event["query_id"]].append(event["type"])
    assert all(len(found) == 1 for found in last.values())
    for query, (kind,) in last.items():
        state = ada.get(f"{API}/query/{query}").json()["status"]
        assert (state == "cancelled") is (kind == "cancelled")


def memory_mb() -> int:
    """Of this process now; 0 where the system does not tell."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0
    (line,) = [line for line in status.read_text().splitlines() if line.startswith("VmRSS:")]
    return int(line.split()[1]) >> 10
