"""A server over a fresh database, its lifespan run as in production; in both profiles."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from dip_sdk.server.app import application
from dip_sdk.server.settings import ServerSettings, settings

from .services import Postgres, Redis, running

SECRET = "k" * 64
STORED = "DIP_TEST_OBJECTS"
"""Set, it lets the server profile keep its files in an object store."""
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL for all tests; each takes a database of its own."""
    with running(Postgres) as service:
        yield service


@pytest.fixture(scope="session")
def redis() -> Iterator[Redis]:
    """A Redis for all tests; each takes a number of its own."""
    with running(Redis) as service:
        yield service


@pytest.fixture(params=["embedded", "server"])
def environment(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """What an operator sets: nothing but a folder, or PostgreSQL and Redis."""
    folder = {"DIP_SERVER_FOLDER": str(tmp_path / "server")}
    return folder if request.param == "embedded" else folder | shared(request)


def shared(request: pytest.FixtureRequest) -> dict[str, str]:
    """The settings of the server profile, over a database that is fresh."""
    postgres: Postgres = request.getfixturevalue("postgres")
    redis: Redis = request.getfixturevalue("redis")
    told = {
        "DIP_DATABASE_URL": postgres.database(),
        "DIP_REDIS_URL": redis.url(next(_numbers)),
        "DIP_SECRET": SECRET,
        "DIP_REGISTRATION": "open",
    }
    if os.environ.get(STORED):
        told["DIP_OBJECTS"] = request.getfixturevalue("tmp_path").joinpath("objects").as_uri()
    return told


@pytest.fixture
def chosen(environment: dict[str, str]) -> ServerSettings:
    return settings(environment)


@pytest.fixture
def http(chosen: ServerSettings) -> Iterator[TestClient]:
    """A server of a team is reached by TLS, or pages would not send its cookie."""
    address = "http://localhost" if chosen.embedded else "https://localhost"
    with TestClient(application(chosen), base_url=address, raise_server_exceptions=False) as client:
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
    client = TestClient(http.app, base_url=str(http.base_url), raise_server_exceptions=False)
    client.portal = http.portal  # the same event loop, the same lifespan
    client.headers["Authorization"] = f"Bearer {token}"
    return client
