"""Pages that are kept: the same bytes, never more than their room, never somebody else's."""

from __future__ import annotations

import uuid

import pytest
from fastapi.testclient import TestClient

from dip_sdk.server.pages import Key, Pages
from dip_sdk.server.routes import queries

QUERY = uuid.uuid4()


def key(offset: int) -> Key:
    return Key(QUERY, offset, 100, ((), ()), "")


def test_what_was_asked_for_longest_ago_is_forgotten_first() -> None:
    pages = Pages(most=25)
    for offset in (0, 1):
        pages.keep(key(offset), b"x" * 10)
    assert pages.get(key(0)) == b"x" * 10
    pages.keep(key(2), b"y" * 10)
    assert [pages.get(key(n)) is not None for n in (0, 1, 2)] == [True, False, True]
    pages.keep(key(3), b"z" * 30)
    assert all(pages.get(key(n)) is None for n in range(4))


def test_a_page_is_given_again_as_it_was_to_its_owner_alone(
    ada: TestClient, ben: TestClient
) -> None:
    files = {"files": ("sales.csv", b"region,sales\nNorth,20\nSouth,41\n", "text/csv")}
    session = ada.post("/api/v1/files/upload", files=files).json()["session_id"]
    asked = {"session_id": session, "query": "total sales by region"}
    place = (
        f"/api/v1/query/{ada.post('/api/v1/query/process', json=asked).json()['query_id']}/results"
    )
    for params in ({}, {"sort_column": "region", "sort_direction": "desc"}, {"limit": 1}):
        first = ada.get(place, params=params)
        again = ada.get(place, params=params)
        assert (again.content, again.headers["content-type"]) == (
            first.content, first.headers["content-type"],
        )  # fmt: skip
        assert ben.get(place, params=params).status_code == 404
    assert ada.get(place, params={"limit": 1}).json()["items"] != ada.get(place).json()["items"]


def test_a_page_that_is_kept_asks_no_database(
    ada: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = asked(ada)
    first = ada.get(place)
    monkeypatch.setattr(queries, "readable", None)  # would fail if it were asked
    assert ada.get(place).content == first.content


def test_a_page_goes_with_its_session(ada: TestClient) -> None:
    place = asked(ada)
    query = place.split("/")[-2]
    assert ada.get(place).status_code == 200
    session = ada.get(f"/api/v1/query/{query}").json()["session_id"]
    assert ada.delete(f"/api/v1/sessions/{session}").status_code == 204
    assert ada.get(place).status_code == 404


def test_who_is_no_member_any_more_reads_no_page(ada: TestClient, ben: TestClient) -> None:
    place = asked(ada)
    session = ada.get(f"/api/v1/query/{place.split('/')[-2]}").json()["session_id"]
    invited = ada.post(f"/api/v1/sessions/{session}/invitations", json={"email": "ben@example.com"})
    ben.post("/api/v1/invitations/accept", json={"token": invited.json()["token"]})
    assert ben.get(place).status_code == 200
    who = ben.get("/api/v1/auth/me").json()["id"]
    assert ada.delete(f"/api/v1/sessions/{session}/members/{who}").status_code == 204
    assert ben.get(place).status_code == 404
    assert ada.get(place).status_code == 200


def asked(user: TestClient) -> str:
    """Where the rows of an answer are."""
    files = {"files": ("sales.csv", b"region,sales\nNorth,20\nSouth,41\n", "text/csv")}
    session = user.post("/api/v1/files/upload", files=files).json()["session_id"]
    body = {"session_id": session, "query": "total sales by region"}
    query = user.post("/api/v1/query/process", json=body).json()["query_id"]
    return f"/api/v1/query/{query}/results"
