"""What can go wrong on the line to a model: one clear error, or the rules answer and it is told."""

import socket
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from tests.claude_server import (
    ClaudeServer,
    Reply,
    calls,
    fails,
    hangs,
    overloaded_midway,
    says,
)

from dip_sdk.client import Session
from dip_sdk.types import errors, events

HARD = "who is the star of the show?"
"""A question that the rules cannot answer."""
EASY = "total amount by region"
DONE = [
    calls("run_sql", name="t", sql="SELECT COUNT(*) AS n FROM sales"),
    calls("answer", table="t"),
]
CUT = says("Let me look at", stop=None)
GARBAGE = Reply(raw=b"event: message_start\ndata: {not json\n\n")
ODD = Reply(events=[("content_block_delta", {"index": 7, "delta": {"type": "text_delta"}})])


@pytest.mark.parametrize(
    "passing",
    [
        fails(429, "rate_limit_error", retry_after="0.05"),
        fails(529, "overloaded_error"),
        fails(500, "api_error"),
        overloaded_midway(),
        CUT,
        GARBAGE,
        ODD,
    ],
    ids=["crowded", "overloaded", "failing", "midway", "cut", "garbage", "odd"],
)
def test_what_passes_is_tried_again(session: Session, claude: ClaudeServer, passing: Reply) -> None:
    claude.script = [passing, *DONE]
    answer = session.query(HARD)
    assert answer.value == 4
    assert answer.usage.calls == len(claude.bodies) == 3


@pytest.mark.parametrize(
    ("reply", "kind", "code"),
    [
        (fails(401, "authentication_error"), errors.ConfigError, "model_key_refused"),
        (fails(403, "permission_error"), errors.ConfigError, "model_key_refused"),
        (fails(404, "not_found_error"), errors.ConfigError, "unknown_model"),
        (fails(400, "invalid_request_error"), errors.ApiError, "model_request_refused"),
        (fails(413, "request_too_large"), errors.ApiError, "model_request_refused"),
        (fails(429, "rate_limit_error", retry_after="3600"), errors.ApiError, "rate_limited"),
        (fails(529, "overloaded_error"), errors.ApiError, "model_overloaded"),
        (overloaded_midway(), errors.ApiError, "model_overloaded"),
        (fails(302, "moved", location="http://127.0.0.1:9/"), errors.ApiError, None),
        (CUT, errors.StreamBroken, "model_stream_broken"),
        (GARBAGE, errors.StreamBroken, "model_stream_broken"),
        (ODD, errors.StreamBroken, "model_stream_broken"),
        (says("No.", stop="refusal"), errors.QueryFailed, "model_refused"),
        (
            says("x", stop="model_context_window_exceeded"),
            errors.QueryFailed,
            "model_context",
        ),
    ],
)
def test_what_stays_is_one_clear_error(
    session: Session, claude: ClaudeServer, reply: Reply, kind: type[Exception], code: str | None
) -> None:
    claude.always = reply
    with pytest.raises(kind) as caught:
        session.query(HARD)
    assert isinstance(caught.value, errors.DipError)
    assert code in {None, caught.value.code}
    assert caught.value.hint
    assert "in words of the server" not in str(caught.value)


def test_an_error_tells_what_the_server_said_of_waiting(
    session: Session, claude: ClaudeServer
) -> None:
    claude.always = fails(429, "rate_limit_error", retry_after="3600", request_id="req_1")
    with pytest.raises(errors.ApiError) as caught:
        session.query(HARD)
    assert (caught.value.status, caught.value.retry_after) == (429, 3600.0)
    assert caught.value.request_id == "req_1"
    assert len(claude.bodies) == 1


@pytest.mark.parametrize(
    "reply", [fails(401, "authentication_error"), CUT, says("No.", stop="refusal")]
)
def test_where_the_rules_are_sure_they_answer_and_it_is_told(
    session: Session, claude: ClaudeServer, reply: Reply
) -> None:
    claude.always = reply
    answer = session.query(EASY)
    assert answer.planner == "rules"
    assert sorted(answer.page(1).rows) == [("North", 25), ("South", 41)]
    (notice,) = [check for check in answer.checks if check.code == "planner_fallback"]
    assert notice.level == "warning"
    assert len(answer.sent) == len(claude.bodies)


def test_the_steps_of_a_model_that_fails_later_are_no_part_of_the_rules_answer(
    session: Session, claude: ClaudeServer
) -> None:
    claude.script = [calls("run_sql", name="answer", sql="SELECT 1 AS one FROM sales")]
    claude.always = fails(401, "authentication_error")
    answer = session.query(EASY)
    assert answer.planner == "rules"
    assert answer.columns[0].name == "region"
    assert "one" not in answer.sql


def test_a_missing_key_is_an_error_of_the_settings(
    opened: Callable[..., Session], claude: ClaudeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    monkeypatch.delenv("ANTHROPIC_BASE_URL")
    monkeypatch.delenv("ANTHROPIC_AUTH_TOKEN", raising=False)
    session = opened()
    with pytest.raises(errors.ConfigError) as caught:
        session.query(HARD)
    assert caught.value.code == "no_model_key"
    assert session.query(EASY).planner == "rules"
    assert claude.bodies == []


def test_a_server_of_ones_own_needs_no_key(
    session: Session, claude: ClaudeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    claude.script = list(DONE)
    assert session.query(HARD).value == 4


def test_a_host_that_is_not_there_gets_nothing(
    opened: Callable[..., Session], monkeypatch: pytest.MonkeyPatch, claude: ClaudeServer
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        monkeypatch.setenv("ANTHROPIC_BASE_URL", f"http://127.0.0.1:{free.getsockname()[1]}")
    session = opened()
    with pytest.raises(errors.ConnectionFailed) as caught:
        session.query(HARD)
    assert caught.value.code == "model_unreachable"
    answer = session.query(EASY)
    assert (answer.sent, answer.usage.calls) == ((), 0)


def test_a_silent_model_times_out(opened: Callable[..., Session], claude: ClaudeServer) -> None:
    claude.always = hangs("Well")
    with pytest.raises(errors.TimedOut) as caught:
        opened(timeout=0.5).query(HARD)
    assert "0.5 seconds" in caught.value.message
    assert len(claude.bodies) == 1


@pytest.mark.parametrize("reply", [hangs(), hangs("Well, let me"), fails(529, "overloaded_error")])
def test_a_stop_ends_a_question_that_waits_within_a_second(
    opened: Callable[..., Session], claude: ClaudeServer, reply: Reply
) -> None:
    session = opened(max_retries=10)
    claude.always = reply
    last: list[Any] = []
    with session.stream(HARD) as stream:

        def listen() -> None:
            last.extend(stream)

        listener = threading.Thread(target=listen)
        listener.start()
        while not claude.bodies:
            time.sleep(0.02)
        time.sleep(0.2)
        started = time.monotonic()
        stream.cancel()
        listener.join(10)
        assert time.monotonic() - started < 3
    end = last[-1]
    assert isinstance(end, events.CancelledEvent)
    assert [sent.body.encode() for sent in end.sent] == claude.bodies
    assert session.query("total amount", planner="rules").value == 66


def test_a_failed_run_tells_what_was_sent(session: Session, claude: ClaudeServer) -> None:
    claude.script = [DONE[0]]
    claude.always = fails(401, "authentication_error")
    with session.stream(HARD) as stream:
        end = list(stream)[-1]
    assert isinstance(end, events.Failed)
    assert [sent.body.encode() for sent in end.sent] == claude.bodies
    assert (end.usage.calls, end.usage.tokens_out) == (2, 20)
