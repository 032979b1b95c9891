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


@pytest.fixture
def ada(http: TestClient) -> TestClient:
    """The server as a user sees it who is logged in."""
    return logged_in(http, "ada@example.com")


@pytest.fixture
def ben(http: TestClient) -> TestClient:
    """Another user of the same server."""
    return logged_in(http, "ben@example.com")


def logged_in(http: TestClient, email: str) -> TestClient:
    given = {"email": email, "password": "testpass"}
    token = http.post("/api/v1/auth/register", json=given).json()["access_token"]
    client = TestClient(http.app, base_url=ADDRESS, raise_server_exceptions=False)
    client.portal = http.portal  # the same event loop, the same lifespan
    client.headers["Authorization"] = f"Bearer {token}"
    return client
