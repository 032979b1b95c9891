"""An answer in other forms: as code, and as a plan that was changed and is run."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

API = "/api/v1"


@pytest.fixture
def answered(ada: TestClient) -> dict[str, str]:
    """The session and the answer to a question in it."""
    files = {"files": ("sales.csv", b"region,sales\nNorth,20\nSouth,5\n", "text/csv")}
    session = ada.post(f"{API}/files/upload", files=files).json()["session_id"]
    asked = {"session_id": session, "query": "total sales by region"}
    told = ada.post(f"{API}/query/process", json=asked).json()
    return {"session": session, "query": told["query_id"]}


def test_an_answer_is_told_as_code(ada: TestClient, answered: dict[str, str]) -> None:
    place = f"{API}/query/{answered['query']}/code"
    assert "sum(" in ada.get(place).json()["code"].lower()
    script = ada.get(place, params={"language": "pandas"}).json()["code"]
    assert "read_csv" in script
    assert "/" not in script.split("read_csv(")[1].split(")")[0]
    assert ada.get(place, params={"language": "fortran"}).status_code == 422


def test_an_edited_statement_is_a_plan_that_runs(ada: TestClient, answered: dict[str, str]) -> None:
    place = f"{API}/query/{answered['query']}/plan"
    plan = ada.get(place, params={"sql": "select count(*) as n from sales"}).json()
    assert plan["planner"] == "edited"
    asked = {"session_id": answered["session"], "plan": plan}
    assert ada.post(f"{API}/query/run", json=asked).json()["result"]["data"] == [{"n": 2}]


def test_a_chart_is_drawn_as_another_mark(ada: TestClient, answered: dict[str, str]) -> None:
    place = f"{API}/query/{answered['query']}/plan"
    plan = ada.get(place, params={"mark": "line"}).json()
    asked = {"session_id": answered["session"], "plan": plan, "remember": False}
    chart = ada.post(f"{API}/query/run", json=asked).json()["chart"]
    assert chart["mark"]["type"] == "line"
    assert len(ada.get(f"{API}/sessions/{answered['session']}/history").json()) == 1
