"""Where a client answers: in this process, or on a backend that really runs."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest

import dip_sdk

from ..serving import serving

WHO = ("ada@example.com", "testpass")
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def backend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """What a client is told to talk to a backend."""
    with serving(tmp_path_factory.mktemp("server")) as url:
        yield {"url": url, "token": dip_sdk.login(url, *WHO, register=True)}


@pytest.fixture(scope="module", params=["local", "remote"])
def where(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """The settings of a client that answers here, and of one that asks a backend."""
    if request.param == "remote":
        return {**request.getfixturevalue("backend"), "planner": "rules"}
    return {"workdir": tmp_path_factory.mktemp("work"), "planner": "rules"}


@pytest.fixture(scope="module")
def colleague(where: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """(e-mail, settings of a client) of somebody else; in this process there is nobody else."""
    email = f"colleague{next(_numbers)}@example.com"
    if "url" not in where:
        return email, where
    token = dip_sdk.login(where["url"], email, WHO[1], register=True)
    return email, {**where, "token": token}
