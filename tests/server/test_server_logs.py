"""What the server writes of its work, and what it never writes."""

from __future__ import annotations

import io
import json
import logging
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from dip_sdk.server import logs
from dip_sdk.server.app import application
from dip_sdk.server.settings import settings

from .conftest import logged_in

API = "/api/v1"


class Said:
    """What was written to stderr."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def lines(self) -> list[dict[str, Any]]:
        """Since it was asked the last time; every line is JSON."""
        return [json.loads(line) for line in self._capsys.readouterr().err.splitlines()]


@contextmanager
def server(folder: Path, **given: str) -> Iterator[TestClient]:
    app = application(settings({"DIP_SERVER_FOLDER": str(folder), **given}))

    @app.get("/unforeseen")
    async def unforeseen() -> None:
        try:
            int("canary_cell")
        except ValueError as error:
            raise RuntimeError("canary_question") from error

    with TestClient(app, base_url="http://localhost", raise_server_exceptions=False) as http:
        yield http


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Said:
    return Said(capsys)


def test_a_request_has_one_line_that_says_nothing_of_what_was_sent(
    tmp_path: Path, said: Said
) -> None:
    with server(tmp_path, DIP_LOG="info") as http:
        ada = logged_in(http, "canary@example.com")
        user = ada.get(f"{API}/auth/me").json()["id"]
        token = ada.post(f"{API}/auth/tokens", json={"name": "canary_name"}).json()["token"]
        files = {"files": ("canary_file.csv", b"canary_column,n\ncanary_cell,1\n")}
        session = ada.post(f"{API}/files/upload", files=files).json()["session_id"]
        body = {"session_id": session, "query": "canary_question total n"}
        answer = ada.post(f"{API}/query/process", json=body)
        ada.get(f"{API}/query/{answer.json()['query_id']}/results?filter=canary_filter")
        ada.get("/canary_path", headers={"User-Agent": "canary_agent"})
        ada.post(f"{API}/auth/login", json={"email": "a@b.c", "password": "canary_password"})
    lines = said.lines()
    requests = [line for line in lines if line["event"] == "request"]
    assert len(requests) == 8
    (process,) = (line for line in requests if line["route"] == f"{API}/query/process")
    assert process["request_id"] == answer.headers["x-request-id"]
    assert (process["status"], process["method"], process["user"]) == (200, "POST", user)
    assert process["ms"] > 0
    assert process["timestamp"].endswith("Z")
    written = json.dumps(lines)
    for secret in ("canary", token, ada.headers["authorization"][7:]):
        assert secret not in written


def test_a_calm_server_writes_nothing_unless_it_is_asked_to(tmp_path: Path, said: Said) -> None:
    with server(tmp_path) as http:
        ada = logged_in(http, "ada@example.com")
        assert ada.get(f"{API}/auth/me").status_code == 200
    assert said.lines() == []


def test_an_unforeseen_error_is_told_by_its_places_and_the_number_of_its_request(
    tmp_path: Path, said: Said
) -> None:
    with server(tmp_path) as http:
        answer = http.get("/unforeseen")
    (line,) = said.lines()
    assert answer.status_code == 500
    assert line["level"] == "error"
    assert line["request_id"] == answer.json()["instance"] == answer.headers["x-request-id"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "in unforeseen" in line["exception"]
    assert line["exception"].index("builtins.ValueError") < line["exception"].index("RuntimeError")
    assert 'int("canary_cell")' in line["exception"], "a line of our own source"
    assert "invalid literal" not in line["exception"], "a message quotes what it was given"
    assert line["exception"].count("canary_cell") == 1


def test_the_whole_message_is_written_to_who_asks_for_debugging(tmp_path: Path, said: Said) -> None:
    with server(tmp_path, DIP_LOG="debug") as http:
        http.get("/unforeseen")
    (error,) = (line for line in said.lines() if line["level"] == "error")
    assert "invalid literal" in error["exception"]


def test_an_error_of_the_system_keeps_its_reason(capsys: pytest.CaptureFixture[str]) -> None:
    stream = io.StringIO()
    with logs.written("warning", audit=False, stream=stream):
        try:
            Path("canary_file/nowhere").read_bytes()
        except OSError:
            logging.getLogger("dip_sdk.server").exception("It cannot be read")
    line = json.loads(stream.getvalue())
    assert line["exception"].endswith("builtins.FileNotFoundError: No such file or directory")


def test_what_uvicorn_says_is_json_too_and_nothing_is_told_twice() -> None:
    stream = io.StringIO()
    with logs.written("warning", audit=False, stream=stream):
        served = logging.getLogger("uvicorn.error")
        served.warning("Line one\nline two \x1b[31m")
        served.error("Exception in ASGI application\n", exc_info=ValueError("canary"))
    (line,) = stream.getvalue().splitlines()
    assert json.loads(line)["event"] == "Line one\nline two \x1b[31m"
    assert not logging.getLogger("uvicorn").handlers


def test_the_audit_log_says_who_did_what_from_where(tmp_path: Path, said: Said) -> None:
    with server(tmp_path, DIP_AUDIT="on") as http:
        ada = logged_in(http, "ada@example.com")
        user = ada.get(f"{API}/auth/me").json()["id"]
        given = {"email": "ada@example.com", "password": "testpass"}
        last = http.post(f"{API}/auth/login", json=given)
        http.post(f"{API}/auth/login", json=given | {"password": "wrongpass"})
        token = ada.post(f"{API}/auth/tokens", json={"name": "x"}).json()
        ada.delete(f"{API}/auth/tokens/{token['id']}")
        files = {"files": ("sales.csv", b"region,n\nNorth,1\n")}
        session = ada.post(f"{API}/files/upload", files=files).json()["session_id"]
        body = {"session_id": session, "query": "total n by region"}
        query = ada.post(f"{API}/query/process", json=body).json()["query_id"]
        export = ada.post(f"{API}/query/{query}/exports", json={"format": "csv"}).json()["id"]
        ada.delete(f"{API}/sessions/{session}")
        changed = {"old": "testpass", "new": "otherpass"}
        fresh = ada.post(f"{API}/auth/password", json=changed).json()["access_token"]
        ada.headers["Authorization"] = f"Bearer {fresh}"
        ada.request("DELETE", f"{API}/auth/me", json={"password": "otherpass"})
    lines = said.lines()
    deeds = [line["event"] for line in lines]
    assert deeds == [
        "registered", "login", "login_failed", "token_made", "token_taken_back", "export_made",
        "session_deleted", "password_changed", "account_deleted",
    ]  # fmt: skip
    assert {line["logger"] for line in lines} == {"dip_sdk.audit"}
    assert all(line["address"] and uuid.UUID(line["request_id"]) for line in lines)
    told = dict(zip(deeds, lines, strict=True))
    failed = told.pop("login_failed")
    assert (failed["user"], failed["account"]) == (None, "ada@example.com")
    assert failed["reason"] == "wrong_login"
    assert {line["user"] for line in told.values()} == {user}
    assert told["login"]["request_id"] == last.headers["x-request-id"]
    assert (told["token_made"]["token"], told["token_taken_back"]["token"]) == (token["id"],) * 2
    assert (told["export_made"]["export"], told["export_made"]["query"]) == (export, query)
    assert told["session_deleted"]["session"] == session
    written = json.dumps(lines)
    assert not any(secret in written for secret in ("testpass", "otherpass", token["token"]))


def test_a_form_that_cannot_be_read_is_no_news_to_the_operator(
    ada: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    broken = b"--x\r\nContent-Disp\rosition: form-data\r\n\r\n"
    answer = ada.post("/api/v1/files/upload", content=broken, headers=headers)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert not [one for one in caplog.records if one.name.startswith("python_multipart")]
