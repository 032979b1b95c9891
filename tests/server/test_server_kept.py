"""What is kept for some seconds: read once, forgotten in time, and never older than a change."""

from __future__ import annotations

import asyncio
import time

import pytest
from fastapi.testclient import TestClient

from dip_sdk.server.auth import accounts
from dip_sdk.server.kept import Kept

from .together import API, Server, User, together


class Counted:
    """Something that is read, and how often it was."""

    def __init__(self, value: str | None = "a") -> None:
        self.value = value
        self.times = 0

    async def read(self) -> str | None:
        self.times += 1
        return self.value


async def test_a_value_is_read_once_while_it_is_kept() -> None:
    kept, source = Kept[int, str](60), Counted()
    assert [await kept.get(1, source.read) for _ in range(3)] == ["a"] * 3
    assert source.times == 1


async def test_a_value_is_read_again_when_its_time_is_over() -> None:
    kept, source = Kept[int, str](0.01), Counted()
    await kept.get(1, source.read)
    await asyncio.sleep(0.02)
    source.value = "b"
    assert await kept.get(1, source.read) == "b"


async def test_what_is_not_there_is_looked_for_each_time() -> None:
    kept, source = Kept[int, str](60), Counted(None)
    assert [await kept.get(1, source.read) for _ in range(2)] == [None, None]
    assert source.times == 2


async def test_what_was_read_before_a_change_is_not_kept() -> None:
    kept, late = Kept[int, str](60), Counted("new")
    reading, changed = asyncio.Event(), asyncio.Event()

    async def slow() -> str:
        reading.set()
        await changed.wait()
        return "old"

    first = asyncio.create_task(kept.get(1, slow))
    await reading.wait()
    kept.forget(lambda key, value: True)
    changed.set()
    assert await first == "old"
    assert await kept.get(1, late.read) == "new"


async def test_only_so_many_are_kept_and_the_oldest_go() -> None:
    kept, source = Kept[int, str](60, most=2), Counted()
    for key in (1, 2, 1, 3, 1, 2):
        await kept.get(key, source.read)
    assert source.times == 4  # 2 had gone for 3


def test_who_was_let_in_a_moment_ago_is_not_looked_up_again(
    ada: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = f"{API}/auth/me"
    assert ada.get(place).status_code == 200
    monkeypatch.setattr(accounts.Accounts, "_user", None)  # would fail if it were asked
    assert ada.get(place).status_code == 200


@pytest.mark.slow
@pytest.mark.parametrize("environment", ["server"], indirect=True)
def test_a_changed_password_is_heard_by_another_process(
    environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    with together(environment, tmp_path_factory.mktemp("kept")) as (one, other):
        user = User(one)
        assert _me(user, one) == _me(user, other) == 200
        with user.at(one) as http:
            body = {"old": "testpass", "new": "another-one"}
            told = http.post(f"{API}/auth/password", json=body).json()
        new = User.__new__(User)
        new.headers = {"Authorization": f"Bearer {told['access_token']}"}
        assert _me(new, other) == 200  # at once
        assert _me(user, one) == 401
        assert _soon_refused(user, other)


def _me(user: User, server: Server) -> int:
    with user.at(server) as http:
        return http.get(f"{API}/auth/me").status_code


def _soon_refused(user: User, server: Server) -> bool:
    """Well before what was kept is over by itself."""
    deadline = time.monotonic() + accounts.TRUSTED / 2
    while time.monotonic() < deadline:
        if _me(user, server) == 401:
            return True
        time.sleep(0.05)
    return False
