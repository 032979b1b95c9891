"""Ways of answering: told from a plan, and only trusted where they are measured to be right."""

from __future__ import annotations

from typing import Any

import pytest

from dip_sdk.engine.planner.rules import ways


@pytest.mark.parametrize(
    ("question", "way"),
    [
        ("how many orders are there", "value count"),
        ("number of orders by region", "groups count"),
        ("number of orders by region and category", "groups count 2 keys"),
        ("which region has the most orders", "top count first"),
    ],
)
def test_a_way_is_told_from_the_plan(question: str, way: str, orders: Any) -> None:
    assert ways.way_of(orders.ask(question).steps) == way


def test_a_statement_has_the_same_way_however_it_is_laid_out(staff: Any) -> None:
    steps = staff.ask("which department has the most employees").steps
    loose = [
        step.model_copy(update={"sql": step.sql.upper().replace(" FROM", "\n  FROM")})
        if step.kind == "sql"
        else step
        for step in steps
    ]
    assert "joined" in ways.way_of(steps)
    assert ways.way_of(loose) == ways.way_of(steps)


def test_a_way_that_is_too_often_wrong_offers_its_reading(
    orders: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ways, "MEASURED", {"value count": (8, 10)})
    asked = orders.ask("how many orders are there")
    assert asked.clarification is not None
    (option,) = asked.clarification.options
    assert "orders" in option.label.lower()
    assert "10" in option.preview


def test_a_way_of_few_answers_is_not_judged(orders: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ways, "MEASURED", {"value count": (1, 3)})
    assert orders.ask("how many orders are there").rows == [(10,)]
