"""What nobody needs any more is cleared away, in both profiles."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update

from dip_sdk.server import pool as pools
from dip_sdk.server.parts import Parts
from dip_sdk.server.settings import ServerSettings
from dip_sdk.server.store.base import now
from dip_sdk.server.store.transfers import Export, Upload

from .test_server_transfers import CONTENT, answered, begun, piece, session

__all__ = ["answered", "session"]  # fixtures

LONG_AGO = now() - timedelta(days=2)


@pytest.fixture
def parts(ada: TestClient) -> Parts:
    found: Parts = ada.app.state.parts
    return found


def swept(ada: TestClient, parts: Parts) -> None:
    assert ada.portal is not None
    ada.portal.call(parts.sweep.once)


def aged(ada: TestClient, parts: Parts) -> None:
    """Everything that is on its way is two days old."""

    async def write() -> None:
        async with parts.store.transaction() as writing:
            await writing.execute(update(Export).values(expires_at=LONG_AGO))
            await writing.execute(update(Upload).values(created_at=LONG_AGO))

    assert ada.portal is not None
    ada.portal.call(write)


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_an_upload_that_was_left_for_a_day_is_given_up(
    ada: TestClient, session: str, parts: Parts, chosen: ServerSettings
) -> None:
    place = begun(ada, session)
    piece(ada, place, 0, CONTENT[:20])
    swept(ada, parts)
    assert ada.head(place).headers["upload-offset"] == "20"
    aged(ada, parts)
    swept(ada, parts)
    assert ada.head(place).status_code == 404
    assert not files(chosen.folder / "uploads")


def test_an_export_whose_time_is_over_is_deleted(
    ada: TestClient, answered: str, parts: Parts, chosen: ServerSettings
) -> None:
    made = ada.post(f"/api/v1/query/{answered}/exports", json={"format": "csv"}).json()
    place = f"/api/v1/exports/{made['id']}"
    swept(ada, parts)
    assert ada.get(f"{place}/content").status_code == 200
    aged(ada, parts)
    gone = ada.get(f"{place}/content")
    assert (gone.status_code, gone.json()["code"]) == (404, "not_found")
    assert "export the answer again" in gone.json()["hint"]
    swept(ada, parts)
    assert not files(chosen.folder / "exports")


def test_what_a_killed_process_left_on_the_disk_is_deleted(
    ada: TestClient, parts: Parts, chosen: ServerSettings
) -> None:
    left, fresh = chosen.folder / "uploads" / "left.csv", chosen.folder / "uploads" / "fresh.csv"
    left.parent.mkdir(exist_ok=True)
    for path in (left, fresh):
        path.write_bytes(CONTENT)
    os.utime(left, (0, 0))
    swept(ada, parts)
    assert not left.exists()
    assert fresh.exists()


def until(seconds: float, look: Callable[[], bool]) -> None:
    """Wait for it."""
    deadline = time.monotonic() + seconds
    while not look():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_session_that_nobody_asks_gives_its_worker_back(
    ada: TestClient, answered: str, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pools, "IDLE", 0.2)
    until(20, lambda: parts.pool.open == 0)
    monkeypatch.undo()
    assert ada.get(f"/api/v1/query/{answered}/results").json()["total_count"] == 2


def test_a_deleted_account_leaves_no_files(
    ada: TestClient, answered: str, chosen: ServerSettings
) -> None:
    assert [p for p in files(chosen.folder) if p.suffix == ".duckdb"]
    gone = ada.request("DELETE", "/api/v1/auth/me", json={"password": "testpass"})
    assert gone.status_code == 204, gone.text
    assert not [p for p in files(chosen.folder) if p.suffix == ".duckdb"]


def test_rows_that_are_there_no_more_are_to_be_asked_for_again(
    ada: TestClient, answered: str, parts: Parts, chosen: ServerSettings
) -> None:
    until(10, lambda: any(chosen.folder.rglob(f"{answered}.duckdb")))
    for rows in (*chosen.folder.rglob(f"{answered}.duckdb"),):
        rows.unlink()
    gone = ada.get(f"/api/v1/query/{answered}/results")
    assert (gone.status_code, gone.json()["code"]) == (404, "unknown_result")
    assert gone.json()["hint"] == "Ask the question again."
