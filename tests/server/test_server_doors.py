"""A database or a Redis on another machine without a password is told of at the start."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from dip_sdk.server.app import application
from dip_sdk.server.doors import open_doors, warn
from dip_sdk.server.settings import ServerSettings, settings

SECRET = "k" * 64


def given(tmp_path: Path, database: str, redis: str = "") -> ServerSettings:
    told = {"DIP_SERVER_FOLDER": str(tmp_path), "DIP_SECRET": SECRET}
    return settings(told | {"DIP_DATABASE_URL": database, "DIP_REDIS_URL": redis})


@pytest.mark.parametrize(
    ("database", "redis", "named"),
    [
        ("postgresql+asyncpg://dip@db.example.com/dip", "", ["DIP_DATABASE_URL"]),
        ("postgresql+asyncpg://dip:pw@db.example.com/dip", "redis://cache:6379/0",
         ["DIP_REDIS_URL"]),
        ("postgresql://dip@10.0.0.5/dip", "rediss://:@10.0.0.6", ["DIP_DATABASE_URL",
                                                                  "DIP_REDIS_URL"]),
        ("postgresql+asyncpg://dip@localhost/dip", "redis://127.0.0.1", []),
        ("postgresql+asyncpg://dip:pw@db.example.com/dip", "redis://:pw@cache", []),
        ("postgresql+asyncpg:///dip?host=/run/postgresql", "redis://[::1]:6379", []),
    ],
)  # fmt: skip
def test_an_address_elsewhere_without_a_password_is_named_and_never_shown(
    tmp_path: Path, database: str, redis: str, named: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    chosen = given(tmp_path, database, redis)
    assert [told.split()[0] for told in open_doors(chosen)] == named
    with caplog.at_level(logging.WARNING, "dip_sdk.server"):
        warn(chosen)
    assert len(caplog.messages) == len(named)
    assert "example.com" not in caplog.text
    assert "10.0.0" not in caplog.text


def test_a_server_alone_has_no_such_address(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    chosen = settings({"DIP_SERVER_FOLDER": str(tmp_path)})
    with caplog.at_level(logging.WARNING, "dip_sdk.server"), TestClient(application(chosen)):
        pass
    assert "password" not in caplog.text
