"""What a bad wire does to a client of a backend: nothing is lost, doubled or sent twice."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from dip_sdk import Client
from dip_sdk.client import QueryStream, Session
from dip_sdk.client.core.asks import RunPlan
from dip_sdk.types.errors import ApiError, ConnectionFailed, DipError
from dip_sdk.types.events import Event

from ..cutting import Wire, wire

RESENT = 8 << 20
"""Bytes at most that a cut costs."""
SALES = "region,amount\nNorth,10\nSouth,20\nNorth,5\n"


@pytest.fixture
def cable(backend: dict[str, Any]) -> Iterator[Wire]:
    with wire(backend["url"]) as cable:
        yield cable


@pytest.fixture
def session(cable: Wire, backend: dict[str, Any], tmp_path: Path) -> Iterator[Session]:
    (tmp_path / "sales.csv").write_text(SALES)
    with (
        Client(cable.url, token=backend["token"], planner="rules", max_retries=1) as client,
        client.session() as session,
    ):
        session.upload(tmp_path / "sales.csv")
        yield session


def slow(session: Session, tables: int = 15) -> QueryStream:
    """A run of some seconds at most, over the wire."""
    many = ", ".join(f"sales as s{n}" for n in range(tables))
    answer = session.query("total amount by region")
    plan = answer.edit(sql=f"select sum(s0.amount) as total from {many}").plan
    return QueryStream(lambda: session, RunPlan(plan))


def numbers(events: list[Event]) -> list[int]:
    return [event.seq for event in events if event.seq is not None]


def test_a_run_goes_on_after_its_connection_broke(session: Session, cable: Wire) -> None:
    stream = slow(session)
    events: list[Event] = [next(stream)]
    cable.cut()
    events += list(stream)
    assert events[-1].type == "query_result"
    assert stream.result().row_count == 1
    assert numbers(events) == sorted(set(numbers(events)))
    assert [event.type for event in events].count("step") == 1
    assert len(session.history()) == 2


def test_where_no_socket_is_let_through_events_are_the_same(
    backend: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sales.csv").write_text(SALES)
    told = {}
    for streams in ("websocket", "sse"):
        monkeypatch.setenv("DIP_STREAMS", streams)
        with Client(**backend, planner="rules") as client, client.session() as session:
            session.upload(tmp_path / "sales.csv")
            with session.stream("total amount by region") as stream:
                told[streams] = [event.type for event in stream if event.seq is not None]
                assert stream.result().row_count == 2
    assert told["websocket"] == told["sse"]


def test_events_without_a_socket_go_on_after_a_cut(
    cable: Wire, backend: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sales.csv").write_text(SALES)
    monkeypatch.setenv("DIP_STREAMS", "sse")
    with Client(cable.url, token=backend["token"], planner="rules") as client:
        session = client.session()
        session.upload(tmp_path / "sales.csv")
        stream = slow(session)
        events: list[Event] = [next(stream)]
        cable.cut()
        events += list(stream)
        assert numbers(events) == sorted(set(numbers(events)))
        assert stream.result().row_count == 1


@pytest.mark.parametrize("streams", ["websocket", "sse"])
def test_leaving_a_run_early_stops_it_on_the_backend(
    backend: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, streams: str
) -> None:
    (tmp_path / "sales.csv").write_text(SALES)
    monkeypatch.setenv("DIP_STREAMS", streams)
    with Client(**backend, planner="rules") as client, client.session() as session:
        session.upload(tmp_path / "sales.csv")
        with slow(session, tables=40) as stream:
            next(stream)
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            with pytest.raises(DipError) as error:
                session.result(stream.query_id)
            if "cancelled" in error.value.message:
                return
            time.sleep(0.05)
        pytest.fail(f"it was not stopped: {error.value}")


def test_an_upload_goes_on_from_where_it_broke(
    session: Session, cable: Wire, tmp_path: Path
) -> None:
    (tmp_path / "large.csv").write_text(
        "n,text\n" + "".join(f"{n},{n:0>60}\n" for n in range(300_000))
    )
    size = (tmp_path / "large.csv").stat().st_size
    before, cable.cut_at = cable.sent, cable.sent + size // 2
    (dataset,) = session.upload(tmp_path / "large.csv")
    assert dataset.tables[0].rows == 300_000
    assert cable.cut_at is None
    assert cable.sent - before < size + RESENT
    assert len(session.datasets()) == 2


def test_a_backend_that_is_gone_is_said_once_all_tries_are_over(
    session: Session, cable: Wire, backend: dict[str, Any]
) -> None:
    stream = slow(session, tables=40)
    next(stream)
    cable.close()
    assert [event.type for event in stream][-1] == "error"
    with pytest.raises(ConnectionFailed, match="cannot be reached"):
        stream.result()
    with pytest.raises(ConnectionFailed):
        session.history()
    cancel = f"{backend['url']}/api/v1/query/{stream.query_id}/cancel"  # it runs on over there
    assert httpx2.post(cancel, headers=bearer(backend)).status_code == 202


def test_whoever_is_not_let_in_is_told_how_to_get_in(backend: dict[str, Any]) -> None:
    with Client(backend["url"], token="dip_wrong") as client, pytest.raises(ApiError) as error:
        client.sessions()
    assert error.value.status == 401
    assert error.value.code == "unauthorised"


def test_an_address_where_nobody_answers_is_named() -> None:
    with (
        Client("http://127.0.0.1:1", max_retries=0) as client,
        pytest.raises(ConnectionFailed, match=r"127\.0\.0\.1:1 cannot be reached"),
    ):
        client.query("how many rows")


def bearer(backend: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {backend['token']}"}


def made(backend: dict[str, Any]) -> set[str]:
    """Ids of the user's sessions."""
    told = httpx2.get(f"{backend['url']}/api/v1/sessions?limit=200", headers=bearer(backend)).json()
    return {item["id"] for item in told["items"]}


def test_what_was_asked_for_is_made_once_though_its_answer_was_lost(
    session: Session, cable: Wire, backend: dict[str, Any], tmp_path: Path
) -> None:
    answer = session.query("total amount by region")
    with Client(cable.url, token=backend["token"], planner="rules", max_retries=1) as client:
        before = made(backend)
        cable.loses = 1
        other = client.session()
        assert cable.loses == 0
        assert made(backend) - before == {other.id}
    cable.loses = 1
    answer.export(tmp_path / "answer.csv")
    assert cable.loses == 0
    assert (tmp_path / "answer.csv").read_text().count("\n") == 3
