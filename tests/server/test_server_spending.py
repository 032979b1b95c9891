"""What a model may cost a user in a day; and no plan of one user is answered to another."""

from __future__ import annotations

import asyncio
import uuid
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from tests.claude_server import ClaudeServer, calls

from dip_sdk.server.app import application
from dip_sdk.server.settings import ServerSettings, settings
from dip_sdk.server.store import migrate, spending
from dip_sdk.server.store.base import Store
from dip_sdk.server.store.spending import Spending
from dip_sdk.server.store.users import User
from dip_sdk.types.errors import ConfigError

from .conftest import logged_in

API = "/api/v1"
SALES = b"region,sales\nNorth,20\nSouth,41\n"
HARD = "who is the star of the show?"
EASY = "total sales by region"
SCRIPT = [
    calls("run_sql", name="t", sql="SELECT COUNT(*) AS n FROM sales"),
    calls("answer", table="t"),
]


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    """A dollar a day: far more than the script costs."""
    return environment | {"DIP_MONEY_PER_USER_DAY": "1"}


def uploaded(user: TestClient) -> str:
    told = user.post(f"{API}/files/upload", files={"files": ("sales.csv", SALES)})
    assert told.status_code == 200, told.text
    session: str = told.json()["session_id"]
    return session


def asked(user: TestClient, session: str, query: str, planner: str | None = None) -> Any:
    body = {"session_id": session, "query": query, "wait_s": 30, "planner": planner}
    return user.post(f"{API}/query/process", json=body)


def id_of(user: TestClient) -> uuid.UUID:
    return uuid.UUID(user.get(f"{API}/auth/me").json()["id"])


def spent(chosen: ServerSettings, user: TestClient, more: float = 0.0) -> float:
    """What the database has of the user's day, after `more` is spent elsewhere."""
    user_id = id_of(user)

    async def read() -> float:
        store = Store(chosen.database)
        async with store.transaction() as session:
            if more:
                await spending.add(session, user_id, more)
            found = await spending.spent(session, user_id)
        await store.close()
        return found

    return asyncio.run(read())


def test_what_answers_cost_is_summed_for_the_day(
    ada: TestClient, ben: TestClient, chosen: ServerSettings, claude: ClaudeServer
) -> None:
    session = uploaded(ada)
    claude.script = SCRIPT * 2
    costs = [asked(ada, session, HARD).json()["usage"]["money"] for _ in range(2)]
    assert min(costs) > 0
    assert asked(ada, session, EASY).json()["usage"]["money"] == 0
    assert spent(chosen, ada) == pytest.approx(sum(costs))
    assert spent(chosen, ben) == 0


def test_who_spent_the_day_is_refused_a_model_and_still_answered_by_rules(
    ada: TestClient, ben: TestClient, chosen: ServerSettings, claude: ClaudeServer
) -> None:
    session = uploaded(ada)
    assert spent(chosen, ada, more=2.0) == 2
    refused = asked(ada, session, EASY, planner="claude")
    assert (refused.status_code, refused.json()["code"]) == (429, "money_spent")
    assert 'planner="rules"' in refused.json()["hint"]
    assert asked(ada, session, EASY).json()["planner"] == "rules"
    assert asked(ada, session, EASY, planner="rules").json()["status"] == "answered"
    unsure = asked(ada, session, HARD).json()
    assert (unsure["status"], unsure["error"]["code"]) == ("failed", "money_spent")
    assert claude.bodies == []
    claude.script = list(SCRIPT)
    assert asked(ben, uploaded(ben), HARD).json()["planner"] == "claude"


def test_what_is_left_of_the_day_bounds_a_question(
    ada: TestClient, chosen: ServerSettings, claude: ClaudeServer
) -> None:
    session = uploaded(ada)
    spent(chosen, ada, more=0.95)
    claude.script = list(SCRIPT)
    assert asked(ada, session, HARD).json()["status"] == "answered"
    rest = 1 - spent(chosen, ada)
    longest = [request["max_tokens"] for request in claude.requests]
    assert all(tokens * 10 / 1e6 < 0.05 for tokens in longest), "ten dollars a million tokens"
    assert 0 < rest < 0.05


def test_a_question_that_fails_or_is_stopped_has_cost_what_it_cost(
    ada: TestClient, chosen: ServerSettings, claude: ClaudeServer
) -> None:
    session = uploaded(ada)
    claude.always = SCRIPT[0]
    failed = asked(ada, session, HARD).json()
    assert failed["status"] == "failed"
    assert len(claude.bodies) > 1
    assert spent(chosen, ada) > 0


def test_a_question_that_is_asked_again_by_its_id_is_not_refused(
    ada: TestClient, chosen: ServerSettings, claude: ClaudeServer
) -> None:
    session, query = uploaded(ada), str(uuid.uuid4())
    body = {"session_id": session, "query": HARD, "planner": "claude", "query_id": query}
    claude.script = list(SCRIPT)
    first = ada.post(f"{API}/query/process", json=body | {"wait_s": 30})
    assert first.json()["status"] == "answered"
    spent(chosen, ada, more=2.0)
    assert ada.post(f"{API}/query/process", json=body).json()["query_id"] == query
    assert len(claude.bodies) == 2


def test_spending_goes_with_the_account(
    ada: TestClient, ben: TestClient, chosen: ServerSettings
) -> None:
    spent(chosen, ada, more=0.5)
    spent(chosen, ben, more=0.25)
    gone = ada.request("DELETE", f"{API}/auth/me", json={"password": "testpass"})
    assert gone.status_code == 204

    async def left() -> list[float]:
        store = Store(chosen.database)
        async with store.transaction() as session:
            found = list(await session.scalars(select(Spending.usd)))
        await store.close()
        return found

    assert asyncio.run(left()) == [0.25]


async def test_what_is_spent_at_once_is_counted_whole(chosen: ServerSettings) -> None:
    chosen.folder.mkdir(parents=True, exist_ok=True)
    store = Store(chosen.database)
    await migrate.upgrade(store)
    async with store.transaction() as session:
        user = User(email="a@b.c", password_hash="x")
        session.add(user)

    async def pay() -> None:
        async with store.transaction() as session:
            await spending.add(session, user.id, 0.25)

    await asyncio.gather(*(pay() for _ in range(8)))
    async with store.transaction() as session:
        assert await spending.spent(session, user.id) == 2
    await store.close()


@pytest.mark.parametrize("given", ["-1", "nan", "inf", "much"])
def test_a_bound_that_is_no_amount_is_refused(given: str, tmp_path: Path) -> None:
    told = {"DIP_SERVER_FOLDER": str(tmp_path), "DIP_MONEY_PER_USER_DAY": given}
    with pytest.raises(ConfigError, match="DIP_MONEY_PER_USER_DAY"):
        settings(told)


def test_a_plan_of_one_user_is_never_given_to_another(tmp_path: Path, claude: ClaudeServer) -> None:
    chosen = settings({"DIP_SERVER_FOLDER": str(tmp_path)})
    old = tmp_path / "work" / "plans"
    old.mkdir(parents=True)
    (old / "of-an-earlier-version.json").write_text("{}")
    with TestClient(application(chosen), base_url="http://localhost") as http:
        claude.script = SCRIPT * 2
        for email in ("ada@example.com", "ben@example.com"):
            user = logged_in(http, email)
            answer = asked(user, uploaded(user), HARD).json()
            assert answer["planner"] == "claude"
            assert "plan_kept" not in {check["code"] for check in answer["checks"]}
    assert len(claude.bodies) == 4, "each was asked for anew"
    assert not old.exists()
