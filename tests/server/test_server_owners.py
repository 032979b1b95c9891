"""Who may do what: each route, asked by an owner, a member who may read, and a stranger."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from .conftest import logged_in
from .sharing import invited, shared

API = "/api/v1"
PLAN = {"question": "q", "planner": "edited", "steps": []}
NOBODYS = {
    "GET /healthz", "GET /readyz", "GET /version", "GET /limits",
    "POST /auth/register", "POST /auth/login", "POST /auth/refresh", "POST /auth/logout",
    "GET /auth/me", "DELETE /auth/me", "POST /auth/password", "GET /auth/tokens",
    "POST /auth/tokens", "DELETE /auth/tokens/{token_id}", "GET /sessions", "POST /sessions",
    "POST /invitations/accept", "OPTIONS /sessions/{session_id}/uploads",
}  # fmt: skip
"""Routes that speak of nothing but the one who asks."""
READS = (
    "GET /sessions/{session_id}",
    "GET /sessions/{session_id}/datasets",
    "GET /sessions/{session_id}/tables",
    "GET /sessions/{session_id}/tables/{table}",
    "GET /sessions/{session_id}/links",
    "GET /sessions/{session_id}/history",
    "GET /sessions/{session_id}/settings",
    "GET /sessions/{session_id}/glossary",
    "GET /sessions/{session_id}/files",
    "GET /files/{file_id}",
    "GET /files/{file_id}/profile",
    "GET /query/{query_id}",
    "GET /query/{query_id}/results",
    "GET /query/{query_id}/code",
    "GET /query/{query_id}/plan",
    "POST /query/{query_id}/exports",
    "GET /exports/{export_id}",
    "GET /exports/{export_id}/content",
    "POST /auth/tickets",
)
"""What an owner and a member may both do."""
LISTENS = {"GET /sessions/{session_id}/events"}
"""Read too, but without an end: `test_server_shares` follows them."""
CHANGES = (
    "POST /query/process",
    "POST /query/run",
    "POST /query/{query_id}/cancel",
    "POST /query/{query_id}/choose",
    "POST /query/{query_id}/replay",
    "POST /query/{query_id}/save",
    "POST /files/upload",
    "PUT /sessions/{session_id}/settings",
    "PUT /sessions/{session_id}/glossary",
    "PATCH /sessions/{session_id}",
    "POST /sessions/{session_id}/uploads",
    "HEAD /sessions/{session_id}/uploads/{upload_id}",
    "PATCH /sessions/{session_id}/uploads/{upload_id}",
    "POST /sessions/{session_id}/uploads/{upload_id}/read",
    "DELETE /sessions/{session_id}/uploads/{upload_id}",
    "PATCH /sessions/{session_id}/tables/{table}",
    "POST /sessions/{session_id}/undo",
    "DELETE /sessions/{session_id}/tables/{table}",
    "POST /sessions/{session_id}/invitations",
    "GET /sessions/{session_id}/members",
    "DELETE /sessions/{session_id}/members/{member_id}",
    "DELETE /sessions/{session_id}",
)
"""What only an owner may do, in an order in which all of it can be done."""
BODIES: dict[str, dict[str, Any]] = {
    "/query/process": {"query": "how many rows"}, "/query/run": {"plan": PLAN},
    "/query/{query_id}/choose": {"option": 0}, "/query/{query_id}/save": {"name": "mine"},
    "/query/{query_id}/exports": {"format": "csv"}, "/sessions/{session_id}": {"name": "x"},
    "/sessions/{session_id}/tables/{table}": {"name": "renamed"},
    "/sessions/{session_id}/invitations": {"email": "dee@example.com"},
}  # fmt: skip
NAMED_IN_BODY = ("/query/process", "/query/run", "/auth/tickets")


@pytest.fixture
def belongings(ada: TestClient) -> dict[str, str]:
    """One of everything, by its parameter's name in a path."""
    session = ada.post(f"{API}/sessions", json={"name": "secret"}).json()["id"]
    files = {"files": ("sales.csv", b"region,sales\nNorth,20\n", "text/csv")}
    told = ada.post(f"{API}/files/upload", files=files, data={"session_id": session}).json()
    asked = {"session_id": session, "query": "total sales by region"}
    query = ada.post(f"{API}/query/process", json=asked).json()["query_id"]
    export = ada.post(f"{API}/query/{query}/exports", json={"format": "csv"}).json()["id"]
    headers = {"Upload-Length": "5", "Upload-Metadata": "filename YS5jc3Y="}
    place = ada.post(f"{API}/sessions/{session}/uploads", headers=headers).headers["location"]
    invitation = invited(ada, session, "eve@example.com")["id"]
    return {
        "session_id": session, "file_id": told["files"][0]["id"], "query_id": query,
        "export_id": export, "upload_id": place.rsplit("/", 1)[1], "table": "sales",
        "member_id": invitation,
    }  # fmt: skip


def test_every_route_has_its_row(http: TestClient) -> None:
    """A new route is one that members may ask, that owners may ask, or that knows nobody else."""
    paths = http.get(f"{API}/openapi.json").json()["paths"]
    asked = [(verb.upper(), path) for path, verbs in paths.items() for verb in verbs]
    routes = {f"{verb} {path.removeprefix(API)}" for verb, path in asked}
    rows = [*NOBODYS, *READS, *LISTENS, *CHANGES]
    assert routes == set(rows)
    assert len(rows) == len(set(rows))


@pytest.mark.parametrize("route", [*READS, *LISTENS, *CHANGES])
def test_every_row_names_what_belongs_to_somebody(route: str) -> None:
    named = re.search(r"\{\w+_id\}", route)
    assert named or route.endswith((*NAMED_IN_BODY, "/files/upload"))


def test_a_stranger_knows_nothing_and_changes_nothing(
    ada: TestClient, ben: TestClient, belongings: dict[str, str]
) -> None:
    before = _everything(ada, belongings)
    for route in (*READS, *LISTENS, *CHANGES):
        answer = _ask(ben, route, belongings)
        assert answer.status_code == 404, (route, answer.text)
        assert belongings["session_id"] not in answer.text
    assert _everything(ada, belongings) == before
    for shared_too in ("false", "true"):
        told = ben.get(f"{API}/sessions", params={"shared": shared_too}).json()
        assert told["items"] == []


def test_a_member_reads_everything_and_changes_nothing(
    ada: TestClient, ben: TestClient, belongings: dict[str, str]
) -> None:
    shared(ada, ben, belongings["session_id"], "ben@example.com")
    for route in READS:  # profiles are made when somebody reads them
        _ask(ada, route, belongings)
    before = _everything(ada, belongings)
    for route in READS:
        answer = _ask(ben, route, belongings)
        assert answer.status_code in (200, 201), (route, answer.text)
    for route in CHANGES:
        answer = _ask(ben, route, belongings)
        assert answer.status_code == 403, (route, answer.text)
        if not route.startswith("HEAD"):
            told = answer.json()
            assert (told["code"], bool(told["hint"])) == ("read_only", True)
    assert _everything(ada, belongings) == before


def test_an_owner_may_do_all_of_it(ada: TestClient, belongings: dict[str, str]) -> None:
    kept = dict(belongings)
    for route in (*READS, *CHANGES):
        answer = _ask(ada, route, kept)
        assert answer.status_code < 500, (route, answer.text)
        assert answer.status_code not in (401, 403, 404, 405), (route, answer.text)
        if route == "PATCH /sessions/{session_id}/tables/{table}":
            kept["table"] = answer.json()["name"]
        if route.endswith("/undo"):
            kept["table"] = "sales"


def test_a_member_of_one_session_is_a_stranger_to_another(
    ada: TestClient, ben: TestClient, belongings: dict[str, str]
) -> None:
    other = ada.post(f"{API}/sessions", json={"name": "other"}).json()["id"]
    shared(ada, ben, other, "ben@example.com")
    for route in (*READS, *LISTENS, *CHANGES):
        assert _ask(ben, route, belongings).status_code == 404, route


def test_a_token_for_scripts_is_only_its_users(ada: TestClient, ben: TestClient) -> None:
    token = ada.post(f"{API}/auth/tokens", json={"name": "script"}).json()["id"]
    assert ben.delete(f"{API}/auth/tokens/{token}").status_code == 404
    assert [one["id"] for one in ada.get(f"{API}/auth/tokens").json()] == [token]


def test_no_socket_opens_on_somebody_elses_session(
    ben: TestClient, belongings: dict[str, str]
) -> None:
    with (
        pytest.raises(WebSocketDisconnect) as refused,
        ben.websocket_connect(
            f"ws://localhost/ws/query/{belongings['session_id']}", headers=ben.headers
        ),
    ):
        pass
    assert refused.value.code == 4404


def test_what_belongs_to_one_user_is_asked_for_by_many_at_random(
    http: TestClient, belongings: dict[str, str]
) -> None:
    cy = logged_in(http, "cy@example.com")
    for route in READS:
        unknown = {name: str(uuid.uuid4()) for name in belongings}
        known, not_there = _ask(cy, route, belongings), _ask(cy, route, unknown)
        assert known.status_code == not_there.status_code == 404
        assert known.json()["detail"] == not_there.json()["detail"], "existing or not, it is told"


def _ask(user: TestClient, route: str, belongings: dict[str, str]) -> Any:
    """Ask a route as it wants to be asked."""
    verb, path = route.split()
    place = API + re.sub(r"\{(\w+)\}", lambda found: belongings[found[1]], path)
    if path == "/files/upload":
        files = {"files": ("a.csv", b"a\n1\n", "text/csv")}
        return user.post(place, files=files, data={"session_id": belongings["session_id"]})
    headers = {"Upload-Offset": "0", "Upload-Length": "5", "Upload-Metadata": "filename YQ=="}
    if verb == "PATCH" and "uploads" in path:
        headers["Content-Type"] = "application/offset+octet-stream"
        return user.patch(place, content=b"a\n1\n2", headers=headers)
    body = dict(BODIES.get(path, {}))
    if path in NAMED_IN_BODY:
        body["session_id"] = belongings["session_id"]
    return user.request(verb, place, json=None if verb == "GET" else body, headers=headers)


def _everything(ada: TestClient, belongings: dict[str, str]) -> list[object]:
    session = f"{API}/sessions/{belongings['session_id']}"
    places = [session, f"{session}/files", f"{session}/tables", f"{session}/history"]
    places += [f"{session}/settings", f"{session}/members", f"{session}/glossary"]
    places += [f"{API}/query/{belongings['query_id']}", f"{API}/auth/tokens"]
    return [ada.get(place).json() for place in places]
