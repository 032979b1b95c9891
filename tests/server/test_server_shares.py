"""Sessions that colleagues read: invited, accepted, listened to, and taken back."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from dip_sdk.server.store import shares

from .conftest import logged_in
from .sharing import invited, shared

API = "/api/v1"
BEN = "ben@example.com"


@pytest.fixture
def session(ada: TestClient) -> str:
    made: str = ada.post(f"{API}/sessions", json={"name": "quarter"}).json()["id"]
    return made


def accepted(user: TestClient, token: str) -> Any:
    return user.post(f"{API}/invitations/accept", json={"token": token})


def test_a_colleague_accepts_and_finds_what_is_shared(
    ada: TestClient, ben: TestClient, session: str
) -> None:
    told = invited(ada, session, "Ben@Example.com")
    assert (told["email"], told["token"][:4]) == (BEN, "inv_")
    answer = accepted(ben, told["token"])
    assert answer.status_code == 200
    assert answer.json()["shared_by"] == "ada@example.com"
    (listed,) = ben.get(f"{API}/sessions", params={"shared": "true"}).json()["items"]
    assert (listed["id"], listed["name"], listed["shared_by"]) == (
        session, "quarter", "ada@example.com",
    )  # fmt: skip
    assert ben.get(f"{API}/sessions").json()["items"] == []
    (own,) = ada.get(f"{API}/sessions").json()["items"]
    assert own["shared_by"] is None
    (member,) = ada.get(f"{API}/sessions/{session}/members").json()
    assert (member["email"], member["accepted"]) == (BEN, True)


def test_an_invitation_is_good_once_and_for_one_email(
    http: TestClient, ada: TestClient, ben: TestClient, session: str
) -> None:
    cy = logged_in(http, "cy@example.com")
    token = invited(ada, session, BEN)["token"]
    for user, given in ((cy, token), (ben, "inv_nothing"), (ada, token)):
        refused = accepted(user, given)
        assert (refused.status_code, refused.json()["code"]) == (404, "no_invitation")
    assert accepted(ben, token).status_code == 200
    assert accepted(ben, token).status_code == 404
    assert ben.get(f"{API}/sessions/{session}").status_code == 200


def test_an_invitation_is_over_after_its_time(
    ada: TestClient, ben: TestClient, session: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shares, "LASTS", timedelta(0))
    assert accepted(ben, invited(ada, session, BEN)["token"]).status_code == 404
    assert ada.get(f"{API}/sessions/{session}/members").json() == []


def test_a_later_invitation_takes_the_place_of_the_earlier(
    ada: TestClient, ben: TestClient, session: str
) -> None:
    first, second = (invited(ada, session, BEN)["token"] for _ in range(2))
    assert accepted(ben, first).status_code == 404
    assert accepted(ben, second).status_code == 200
    again = invited(ada, session, BEN)["token"]
    assert accepted(ben, again).status_code == 200, "a member may be invited again"


def test_an_invitation_that_waits_is_listed_and_can_be_taken_back(
    ada: TestClient, ben: TestClient, session: str
) -> None:
    made = invited(ada, session, BEN)
    (waiting,) = ada.get(f"{API}/sessions/{session}/members").json()
    assert (waiting["id"], waiting["accepted"]) == (made["id"], False)
    assert "token" not in waiting
    assert ada.delete(f"{API}/sessions/{session}/members/{made['id']}").status_code == 204
    assert accepted(ben, made["token"]).status_code == 404


def test_nobody_invites_themselves_or_a_crowd(ada: TestClient, session: str) -> None:
    own = ada.post(f"{API}/sessions/{session}/invitations", json={"email": "ADA@example.com"})
    assert (own.status_code, own.json()["code"]) == (422, "own_email")
    for number in range(100):
        invited(ada, session, f"user{number}@example.com")
    more = ada.post(f"{API}/sessions/{session}/invitations", json={"email": BEN})
    assert (more.status_code, more.json()["code"]) == (409, "too_many_members")


def test_a_member_may_leave_and_may_remove_nobody(
    http: TestClient, ada: TestClient, ben: TestClient, session: str
) -> None:
    cy = logged_in(http, "cy@example.com")
    mine = shared(ada, ben, session, BEN)
    others = shared(ada, cy, session, "cy@example.com")
    assert ben.delete(f"{API}/sessions/{session}/members/{others}").status_code == 403
    assert ben.delete(f"{API}/sessions/{session}/members/{mine}").status_code == 204
    assert ben.get(f"{API}/sessions/{session}").status_code == 404
    assert cy.get(f"{API}/sessions/{session}").status_code == 200


def followed(user: TestClient, session: str) -> tuple[threading.Thread, list[str]]:
    """A listener by server-sent events, and what it heard when its stream was over."""
    heard: list[str] = []

    def listen() -> None:
        heard.append(user.get(f"{API}/sessions/{session}/events", params={"since": 0}).text)

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    return thread, heard


def listening(user: TestClient, count: int) -> None:
    """Wait until so many listeners are there."""
    deadline = time.monotonic() + 10
    hub = user.app.state.hub  # type: ignore[attr-defined] - the server in this process
    while sum(map(len, hub._listeners.values())) < count:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_what_a_member_hears_ends_at_once_when_it_is_taken_back(
    ada: TestClient, ben: TestClient, session: str
) -> None:
    member = shared(ada, ben, session, BEN)
    place = f"ws://localhost/ws/query/{session}"
    with (
        ben.websocket_connect(place, headers=ben.headers) as socket,
        ada.websocket_connect(place, headers=ada.headers) as owners,
    ):
        assert socket.receive_json()["type"] == "connected"
        assert owners.receive_json()["type"] == "connected"
        thread, heard = followed(ben, session)
        listening(ben, 3)
        assert ada.delete(f"{API}/sessions/{session}/members/{member}").status_code == 204
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_json()
        assert closed.value.code == 4401
        thread.join(5)
        assert not thread.is_alive()
        assert "connected" in heard[0]
        files = {"files": ("sales.csv", b"region,sales\nNorth,20\n")}
        ada.post(f"{API}/files/upload", files=files, data={"session_id": session})
        assert owners.receive_json()["type"] == "file_processed", "the owner listens on"
    assert ben.get(f"{API}/sessions/{session}/events").status_code == 404


def test_a_member_asks_nothing_over_a_socket(
    ada: TestClient, ben: TestClient, session: str
) -> None:
    shared(ada, ben, session, BEN)
    with ben.websocket_connect(f"ws://localhost/ws/query/{session}", headers=ben.headers) as socket:
        socket.receive_json()
        for said in (
            {"type": "query", "query": "how many rows"},
            {"type": "cancel", "query_id": "00000000-0000-0000-0000-000000000001"},
        ):
            socket.send_json(said)
            told = socket.receive_json()
            assert (told["type"], told["code"]) == ("error", "read_only")


def test_listeners_end_with_the_session_and_with_what_let_them_in(ada: TestClient) -> None:
    first, second = (ada.post(f"{API}/sessions", json={}).json()["id"] for _ in range(2))
    ended, _ = followed(ada, first)
    stays, _ = followed(ada, second)
    listening(ada, 2)
    assert ada.delete(f"{API}/sessions/{first}").status_code == 204
    ended.join(5)
    assert not ended.is_alive()
    assert stays.is_alive()
    change = {"old": "testpass", "new": "otherpass"}
    assert ada.post(f"{API}/auth/password", json=change).status_code == 200
    stays.join(5)
    assert not stays.is_alive()


def test_a_user_listens_in_so_many_places_at_most(
    ada: TestClient, session: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dip_sdk.server.live.MOST_LISTENERS", 1)
    place = f"ws://localhost/ws/query/{session}"
    with ada.websocket_connect(place, headers=ada.headers) as socket:
        socket.receive_json()
        listening(ada, 1)
        refused = ada.get(f"{API}/sessions/{session}/events")
        assert (refused.status_code, refused.json()["code"]) == (429, "too_many_listeners")
        with (
            pytest.raises(WebSocketDisconnect) as closed,
            ada.websocket_connect(place, headers=ada.headers),
        ):
            pass
        assert closed.value.code == 1013
