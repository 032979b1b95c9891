"""The log of a session: where a listener may begin, and what it hears of what is not kept."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update
from starlette.websockets import WebSocketDisconnect

from dip_sdk import Client, login
from dip_sdk.client._sync.follow import Follower
from dip_sdk.client._sync.http import Http
from dip_sdk.client.core.asks import Ask
from dip_sdk.client.core.talk import Talk
from dip_sdk.server.live import Hub
from dip_sdk.server.settings import ServerSettings, settings
from dip_sdk.server.store import migrate, old, rooms
from dip_sdk.server.store.base import Store
from dip_sdk.server.store.rooms import Happened, Room
from dip_sdk.server.store.users import User
from dip_sdk.types.events import Failed, Status

from ..serving import serving
from .test_server_queries import asked, frames, uploaded

API = "/api/v1"
TOO_LARGE = str(1 << 63)


@pytest.mark.parametrize("given", ["-1", TOO_LARGE, "last", "1.5", ""])
def test_a_number_that_is_none_is_refused(ada: TestClient, given: str) -> None:
    place = f"{API}/sessions/{uploaded(ada)}/events"
    for how in ({"params": {"since": given}}, {"headers": {"Last-Event-ID": given}}):
        answer = ada.get(place, **how)  # type: ignore[arg-type]
        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["code"] == "not_valid"


@pytest.mark.parametrize("given", ["-1", TOO_LARGE, "last"])
def test_no_socket_opens_behind_a_number_that_is_none(ada: TestClient, given: str) -> None:
    place = f"ws://localhost/ws/query/{uploaded(ada)}?since={given}"
    with pytest.raises(WebSocketDisconnect), ada.websocket_connect(place, headers=ada.headers):
        pass


def test_who_is_ahead_of_the_log_hears_what_comes(ada: TestClient) -> None:
    session = uploaded(ada)
    place = f"ws://localhost/ws/query/{session}?since=1000"
    with ada.websocket_connect(place, headers=ada.headers) as talk:
        assert talk.receive_json()["since"] == 1
        talk.send_json({"type": "query", "query": "total sales by region"})
        assert talk.receive_json()["seq"] == 2


def test_what_is_not_kept_any_more_is_told_as_a_gap(
    ada: TestClient, chosen: ServerSettings
) -> None:
    session = uploaded(ada)
    asked(ada, session, "total sales by region")
    whole = numbers(frames(ada, session, 0, "query_completed"))
    _forgotten(chosen, most=3)
    seen = frames(ada, session, 0, "query_completed")
    assert [event["type"] for event in seen].count("gap") == 1
    (gap,) = (event for event in seen if event["type"] == "gap")
    assert gap["first_available"] == whole[-3]
    assert gap["seq"] is None
    assert numbers(seen) == whole[-3:]
    behind = frames(ada, session, whole[-4], "query_completed")
    assert "gap" not in [event["type"] for event in behind]


def test_the_last_event_stays_however_old_it_is(ada: TestClient, chosen: ServerSettings) -> None:
    session = uploaded(ada)
    asked(ada, session, "total sales by region")
    whole = numbers(frames(ada, session, 0, "query_completed"))
    _forgotten(chosen, days=0)
    assert numbers(frames(ada, session, 0, "query_completed")) == whole[-1:]


def test_the_server_forgets_by_itself_what_is_a_week_old(
    ada: TestClient, chosen: ServerSettings
) -> None:
    session = uploaded(ada)
    asked(ada, session, "total sales by region")
    whole = numbers(frames(ada, session, 0, "query_completed"))
    assert ada.portal is not None
    ada.portal.call(_aged, ada.app.state.store, timedelta(days=old.DAYS + 1))  # type: ignore[attr-defined]
    ada.portal.call(ada.app.state.parts.sweep.once)  # type: ignore[attr-defined]
    assert numbers(frames(ada, session, 0, "query_completed")) == whole[-1:]


def test_a_log_within_its_bounds_is_kept_whole(ada: TestClient, chosen: ServerSettings) -> None:
    session = uploaded(ada)
    asked(ada, session, "total sales by region")
    before = numbers(frames(ada, session, 0, "query_completed"))
    _forgotten(chosen)
    assert numbers(frames(ada, session, 0, "query_completed")) == before


async def test_the_most_events_of_a_session_are_kept(chosen: ServerSettings) -> None:
    chosen.folder.mkdir(exist_ok=True)
    store = Store(chosen.database)
    await migrate.upgrade(store)
    room = await _room(store)
    told = Status(session_id=str(room), at=datetime.now(UTC), message="x")
    await Hub(store).write(room, [told] * 60)
    async with store.transaction() as session:
        await old.forget(session, most=50)
    async with store.transaction() as session:
        kept = await rooms.events_after(session, room, 0, 100)
    await store.close()
    assert [seq for seq, _ in kept] == list(range(11, 61))


def test_a_client_that_missed_its_answer_is_told_where_it_is(tmp_path: Path) -> None:
    (tmp_path / "sales.csv").write_text("region,sales\nNorth,20\n")
    folder = tmp_path / "server"
    with serving(folder) as url:
        token = login(url, "ada@example.com", "testpass", register=True)
        with Client(url, token=token, planner="rules") as client, client.session() as session:
            session.upload(tmp_path / "sales.csv")
            answer = session.query("total sales by region")
            _forgotten(settings({"DIP_SERVER_FOLDER": str(folder)}), most=1)
            http = Http(url, token, timeout=30, max_retries=2)
            talk = Talk(session.room().id, Ask("total sales by region"), answer.id, "rules")
            talk.since = 1
            *_, last = Follower(http).follow(talk)
            http.close()
            assert isinstance(last, Failed)
            assert last.code == "events_gone"
            assert answer.id in last.hint
            assert session.result(answer.id).row_count == 1


def numbers(events: list[dict[str, Any]]) -> list[int]:
    return [event["seq"] for event in events if event["seq"] is not None]


async def _aged(store: Store, by: timedelta) -> None:
    """As if everything had happened so much earlier."""
    async with store.transaction() as session:
        await session.execute(update(Happened).values(at=datetime.now(UTC) - by))


def _forgotten(chosen: ServerSettings, **bounds: float) -> None:
    """As the server does from time to time, from another process."""

    async def forget() -> None:
        store = Store(chosen.database)
        async with store.transaction() as session:
            await old.forget(session, **bounds)  # type: ignore[arg-type]
        await store.close()

    asyncio.run(forget())


async def _room(store: Store) -> Any:
    async with store.transaction() as session:
        user = User(email="a@b.c", password_hash="x")
        session.add(user)
        await session.flush()
        made = Room(owner_id=user.id)
        session.add(made)
    return made.id
