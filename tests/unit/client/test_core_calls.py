"""What a backend's answers mean, and what is said to it; nothing here opens a connection."""

from __future__ import annotations

import json

import pytest

from dip_sdk.client.core import calls
from dip_sdk.client.core.asks import Ask, Choose
from dip_sdk.client.core.calls import Reply
from dip_sdk.client.core.talk import Talk
from dip_sdk.types.errors import (
    ApiError,
    ConfigError,
    ConnectionFailed,
    DataError,
    DipError,
    to_wire,
)
from dip_sdk.types.result import Condition

AT = "2026-01-01T00:00:00Z"


def reply(status: int, told: object = None, **headers: str) -> Reply:
    content = told if isinstance(told, bytes) else json.dumps(told).encode()
    return Reply(status, headers, content)


def test_success_is_no_error():
    assert calls.refused(reply(204, b"")) is None


def test_an_error_of_the_engine_comes_back_as_itself():
    error = DataError("It cannot be read.", hint="Save it again.", file="a.csv", line=3)
    back = calls.refused(reply(422, {"code": "data", "error": to_wire(error)}))
    assert isinstance(back, DataError)
    assert (back.message, back.hint, back.file, back.line) == (
        "It cannot be read.", "Save it again.", "a.csv", 3,
    )  # fmt: skip


def test_an_error_of_the_api_has_its_status_and_its_number():
    told = {
        "status": 429, "detail": "Too many.", "code": "too_many", "retry_after": 7,
        "instance": "abc",
    }  # fmt: skip
    back = calls.refused(reply(429, told))
    assert isinstance(back, ApiError)
    assert (back.status, back.code, back.message) == (429, "too_many", "Too many.")
    assert (back.request_id, back.retry_after) == ("abc", 7)
    assert back.hint


@pytest.mark.parametrize("told", [b"<html>secret</html>", [1], {"detail": "secret"}, b""])
def test_the_page_of_a_proxy_is_told_by_its_status_alone(told):
    back = calls.refused(reply(502, told))
    assert isinstance(back, ApiError)
    assert "502" in back.message
    assert "secret" not in str(back)


def test_what_is_no_json_is_no_backend():
    with pytest.raises(ConnectionFailed, match="no backend of DIP"):
        reply(200, b"<html>").json()


@pytest.mark.parametrize("url", ["dip.example.com", "ftp://dip", "https://", ""])
def test_an_address_that_cannot_be_one_is_named(url):
    with pytest.raises(ConfigError, match="no address"):
        calls.base(url)


def test_a_slash_at_the_end_of_an_address_says_nothing():
    assert calls.base("https://dip.example.com/app/") == "https://dip.example.com/app"
    assert calls.base("http://[::1]:8000") == "http://[::1]:8000"


def test_parts_of_a_path_are_quoted():
    assert calls.path("sessions", "a/b c", "tables") == "/api/v1/sessions/a%2Fb%20c/tables"


def test_waits_grow_but_have_an_end():
    waits = [calls.pause(failures) for failures in range(1, 12)]
    assert 0.1 < waits[0] < 0.3
    assert max(waits) <= calls.LONGEST_PAUSE
    assert calls.pause(1, told=3.0) == 3.0
    assert calls.pause(1, told=3600.0) == calls.LONGEST_PAUSE


def test_order_and_filter_travel_as_parameters():
    where = (Condition(column="a", op="in", value=[1, 2]),)
    told = calls.sorting(("-b", "a"), where)
    assert told[:4] == [
        ("sort_column", "b"), ("sort_direction", "desc"),
        ("sort_column", "a"), ("sort_direction", "asc"),
    ]  # fmt: skip
    assert json.loads(told[4][1]) == [{"column": "a", "op": "in", "value": [1, 2]}]


def event(seq: int | None, type: str = "status", query_id: str | None = "q", **more: object) -> str:
    told = {"type": type, "session_id": "s", "query_id": query_id, "at": AT, "seq": seq}
    return json.dumps({**told, "message": "m", **more})


@pytest.fixture
def talk() -> Talk:
    return Talk("s", Ask("how many rows"), "q", "rules")


def test_events_of_others_are_passed_over_but_counted(talk):
    talk.take(event(None, "connected", since=4))
    assert talk.take(event(5, query_id="other")) is None
    assert talk.since == 5
    assert talk.take(event(6)).seq == 6


def test_what_was_seen_is_not_given_again(talk):
    talk.take(event(None, "connected", since=4))
    assert talk.take(event(5)) is not None
    talk.take(event(None, "connected", since=0))
    assert talk.take(event(5)) is None
    assert talk.take(event(6)) is not None


def test_events_of_a_later_version_are_passed_over(talk):
    assert talk.take(event(1, "hologram")) is None
    assert talk.take(json.dumps({"type": "ping"})) is None


def test_an_error_without_a_query_concerns_the_connection(talk):
    wire = to_wire(ConfigError("No.", hint="Do.", code="nope"))
    with pytest.raises(ConfigError, match="No"):
        talk.take(event(None, "error", query_id=None, code="nope", error=wire))


def test_the_last_event_ends_the_talk_whatever_a_later_version_adds_to_it(talk):
    talk.take(event(3, "cancelled", seconds=1.0, mood="good"))
    assert talk.over


def test_a_talk_that_broke_ends_with_its_error(talk):
    last = talk.broken(ConnectionFailed("Gone.", hint="Wait."))
    assert (last.code, last.message, talk.over) == ("connection_failed", "Gone.", True)


def test_what_begins_a_run_names_it_over_both_ways(talk):
    said = json.loads(talk.begin)
    assert (said["type"], said["query_id"], said["planner"]) == ("query", "q", "rules")
    assert talk.call.path == "/api/v1/query/process"
    assert talk.call.json["wait_s"] == 0
    chosen = Talk("s", Choose("r", 1), "q", None)
    assert chosen.call.path == "/api/v1/query/r/choose"
    assert json.loads(chosen.begin)["option"] == 1


def test_a_run_that_is_not_over_has_no_facts():
    told = {"error": None, "status": "running"}
    with pytest.raises(DipError, match="running"):
        calls.facts(told)
    with pytest.raises(ConfigError):
        calls.facts({"status": "failed", "error": to_wire(ConfigError("No."))})
