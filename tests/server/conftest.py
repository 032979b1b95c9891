"""A server over a fresh database, its lifespan run as in production."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from dip_sdk.server.app import application
from dip_sdk.server.settings import ServerSettings, settings

ADDRESS = "http://localhost"


@pytest.fixture
def chosen(tmp_path: Path) -> ServerSettings:
    return settings({"DIP_SERVER_FOLDER": str(tmp_path / "server")})


@pytest.fixture
def http(chosen: ServerSettings) -> Iterator[TestClient]:
    with TestClient(application(chosen), base_url=ADDRESS, raise_server_exceptions=False) as client:
        yield client
