"""An account that is deleted leaves nothing of its user, in no file and in no table."""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from dip_sdk.server.settings import ServerSettings
from dip_sdk.server.store.base import Base, Store

from .sharing import invited, shared

API = "/api/v1"
MARK = secrets.token_hex(16)
"""In everything that the user sends; so long that it is nowhere by chance."""
EMAIL = "ada@example.com"


def belongings(ada: TestClient, ben: TestClient) -> str:
    """A session with one of everything, each thing with the mark in it."""
    session: str = ada.post(f"{API}/sessions", json={"name": MARK}).json()["id"]
    rows = f"region,sales\n{MARK},20\nSouth,41\n".encode()
    ada.post(
        f"{API}/files/upload", files={"files": ("sales.csv", rows)}, data={"session_id": session}
    )
    asked = {"session_id": session, "query": f"total sales by region where region is {MARK}"}
    ada.post(f"{API}/query/process", json=asked)
    asked["query"] = "total sales by region"
    headers = {"Idempotency-Key": MARK}
    query = ada.post(f"{API}/query/process", json=asked, headers=headers).json()["query_id"]
    made = ada.post(f"{API}/query/{query}/exports", json={"format": "csv"})
    assert made.status_code == 201, made.text
    ada.put(f"{API}/sessions/{session}/settings", json={"currency": MARK[:8]})
    headers = {"Upload-Length": "1000", "Upload-Metadata": "filename YS5jc3Y="}
    place = ada.post(f"{API}/sessions/{session}/uploads", headers=headers).headers["location"]
    headers = {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    assert ada.patch(place, content=rows, headers=headers).status_code == 204
    ada.post(f"{API}/auth/tokens", json={"name": MARK})
    ada.post(f"{API}/auth/tickets", json={"session_id": session})
    invited(ada, session, f"{MARK}@example.com")
    shared(ada, ben, session, "ben@example.com")
    theirs = ben.post(f"{API}/sessions", json={"name": "theirs"}).json()["id"]
    shared(ben, ada, theirs, EMAIL)
    return session


def files_with(folder: Path, *marks: str) -> list[str]:
    """Files that hold one of the marks, or bear it as their name."""
    found = []
    for path in folder.rglob("*"):
        held = path.read_bytes() if path.is_file() else b""
        if any(mark in path.name or mark.encode() in held for mark in marks):
            found.append(str(path.relative_to(folder)))
    return found


async def rows_with(url: str, *marks: str) -> list[str]:
    """Tables with a row that holds one of the marks."""
    store = Store(url)
    found = []
    async with store.transaction() as session:
        for name in Base.metadata.tables:
            rows = (await session.execute(text(f"SELECT * FROM {name}"))).all()
            told = json.dumps([list(map(str, row)) for row in rows])
            if any(mark in told or mark.replace("-", "") in told for mark in marks):
                found.append(name)
    await store.close()
    return found


def test_nothing_of_a_deleted_account_is_left_anywhere(
    ada: TestClient, ben: TestClient, chosen: ServerSettings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "dip_sdk.audit")
    session = belongings(ada, ben)
    user = ada.get(f"{API}/auth/me").json()["id"]
    marks = (MARK, session, user, EMAIL)
    before = asyncio.run(rows_with(chosen.database, *marks))
    wanted = {"users", "sessions", "files", "queries", "events", "uploads", "exports", "tickets"}
    wanted |= {"api_tokens", "refresh_tokens", "members", "invitations", "requests"}
    assert wanted <= set(before)
    kept = files_with(chosen.folder, MARK)
    assert {Path(name).parts[0] for name in kept} >= {"work", "exports", "uploads"}
    caplog.clear()
    gone = ada.request("DELETE", f"{API}/auth/me", json={"password": "testpass"})
    assert gone.status_code == 204
    assert asyncio.run(rows_with(chosen.database, *marks)) == []
    assert files_with(chosen.folder, *marks) == []
    assert ben.get(f"{API}/sessions", params={"shared": "true"}).json()["items"] == []
    (theirs,) = ben.get(f"{API}/sessions").json()["items"]
    assert ben.get(f"{API}/sessions/{theirs['id']}/members").json() == []
    (noted,) = caplog.records
    assert (noted.message, noted.__dict__["user"]) == ("account_deleted", user)
    assert EMAIL not in json.dumps(noted.__dict__, default=str)


def test_a_deleted_session_takes_its_files_along(
    ada: TestClient, ben: TestClient, chosen: ServerSettings
) -> None:
    session = belongings(ada, ben)
    assert ada.delete(f"{API}/sessions/{session}").status_code == 204
    assert files_with(chosen.folder, session) == []
    left = asyncio.run(rows_with(chosen.database, session))
    assert left == [], "neither are members, invitations or tickets"
    assert {Path(name).parts[0] for name in files_with(chosen.folder, MARK)} <= {"dip.db"}


def test_a_wrong_password_deletes_nothing(
    ada: TestClient, ben: TestClient, chosen: ServerSettings
) -> None:
    belongings(ada, ben)
    before = len(files_with(chosen.folder, MARK))
    refused = ada.request("DELETE", f"{API}/auth/me", json={"password": "wrongpass"})
    assert (refused.status_code, refused.json()["code"]) == (403, "wrong_password")
    assert len(files_with(chosen.folder, MARK)) >= before
