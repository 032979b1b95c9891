"""Users own what they make: every route, asked by somebody else, knows nothing of it."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

API = "/api/v1"
NOBODYS = {
    f"{API}/auth/register", f"{API}/auth/login", f"{API}/auth/refresh", f"{API}/auth/logout",
    f"{API}/auth/me", f"{API}/auth/password", f"{API}/auth/tokens", f"{API}/version",
    f"{API}/limits", "/healthz", "/readyz",
}  # fmt: skip
"""Routes that speak of nothing but the one who asks."""
IN_BODY = {
    f"{API}/query/process": {"query": "how many rows"},
    f"{API}/query/run": {"plan": {"question": "q", "planner": "edited", "steps": []}},
    f"{API}/auth/tickets": {},
    f"{API}/files/upload": {},
}
"""Routes that name a session in what is sent, and what else they want."""
BODIES = {
    "choose": {"option": 0}, "save": {"name": "mine"}, "exports": {"format": "csv"},
    "settings": {}, "glossary": {}, "read": {}, "table": {"name": "mine"}, "session": {"name": "x"},
}  # fmt: skip


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
    token = ada.post(f"{API}/auth/tokens", json={"name": "script"}).json()["id"]
    return {
        "session_id": session, "file_id": told["files"][0]["id"], "query_id": query,
        "export_id": export, "upload_id": place.rsplit("/", 1)[1], "table": "sales",
        "token_id": token,
    }  # fmt: skip


def test_nobody_reads_or_changes_what_is_somebody_elses(
    ada: TestClient, ben: TestClient, belongings: dict[str, str]
) -> None:
    """A new route is asked too, and must refuse; what it wants to be sent is told above."""
    before = _everything(ada, belongings)
    asked = 0
    for path, verbs in ada.get(f"{API}/openapi.json").json()["paths"].items():
        if path in NOBODYS or path == f"{API}/sessions":
            continue
        for verb in verbs:
            place = re.sub(r"\{(\w+)\}", lambda found: belongings[found[1]], path)
            answer = _ask(ben, verb, path, place, belongings["session_id"])
            if verb == "options":
                continue
            assert answer.status_code == 404, (verb, path, answer.text)
            assert belongings["session_id"] not in answer.text
            asked += 1
    assert asked > 25
    assert _everything(ada, belongings) == before
    assert ben.get(f"{API}/sessions").json()["items"] == []


def _ask(ben: TestClient, verb: str, path: str, place: str, session: str):
    if path == f"{API}/files/upload":
        files = {"files": ("a.csv", b"a\n1\n", "text/csv")}
        return ben.post(place, files=files, data={"session_id": session})
    headers = {"Upload-Offset": "0", "Upload-Length": "5", "Upload-Metadata": "filename YQ=="}
    if verb == "patch" and "uploads" in path:
        headers["Content-Type"] = "application/offset+octet-stream"
        return ben.patch(place, content=b"12345", headers=headers)
    last = re.sub(r"[{}]|_id|:path", "", path.rsplit("/", 1)[1])
    body = {**IN_BODY[path], "session_id": session} if path in IN_BODY else BODIES.get(last, {})
    return ben.request(verb, place, json=body, headers=headers)


def _everything(ada: TestClient, belongings: dict[str, str]) -> list[object]:
    session = f"{API}/sessions/{belongings['session_id']}"
    places = [session, f"{session}/files", f"{session}/tables", f"{session}/history"]
    places += [f"{API}/query/{belongings['query_id']}", f"{API}/auth/tokens"]
    return [ada.get(place).json() for place in places]


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
