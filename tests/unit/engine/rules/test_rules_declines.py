"""Questions the rules planner must not answer: it says what it could not account for, or asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

DECLINED: list[tuple[str, str]] = [
    # nothing asked
    ("orders", ""),
    ("orders", "   "),
    ("orders", "hello"),
    ("orders", "hi there"),
    ("orders", "thanks"),
    ("orders", "?"),
    # why and what will be
    ("orders", "why did amount fall because of the weather"),
    ("orders", "predict the amount for next month"),
    ("orders", "forecast orders by region"),
    ("orders", "what should we do about the north"),
    ("orders", "what will the total amount be in 2025 if it grows"),
    ("orders", "explain the trend of amount"),
    # things that are not there
    ("orders", "total profit by region"),
    ("orders", "average discount"),
    ("orders", "how many customers are there"),
    ("orders", "orders in Antarctica"),
    ("orders", "total amount of Sofas"),
    ("orders", "amount by salesperson"),
    ("orders", "how many orders with a rating above 4"),
    ("staff", "average bonus by department"),
    ("staff", "how many contractors are there"),
    ("weather", "average humidity by station"),
    ("weather", "total snowfall in Bergen"),
    ("air", "which airline has the most passengers"),
    ("air", "how many flights from JFK"),
    ("shop", "total tax by segment"),
    # a word that would change the answer
    ("orders", "how many big orders are there"),
    ("orders", "how many recent orders are there"),
    ("orders", "total amount of popular products"),
    ("orders", "the other regions"),
    ("orders", "which region has the same amount as the north"),
    ("orders", "how many products sold only in the north"),
    ("staff", "average salary of senior employees"),
    ("staff", "is Bo Larsen older than Dee Park"),
    ("staff", "employees who earn more than their manager"),
    ("weather", "how many unusually warm days were there"),
    ("air", "which flights were significantly late"),
    # a sign that would change the answer
    ("staff", "salary * age by department"),
    ("staff", "total salary / age by department"),
    ("staff", "salary - age by department"),
    # what the grammar does not cover
    ("orders", "difference between amount in 2023 and 2024"),
    ("orders", "ratio of amount to quantity"),
    ("orders", "growth of amount by month"),
    ("orders", "amount per order in the north divided by quantity"),
    ("orders", "the second highest amount"),
    ("orders", "what is the region of the order before the last"),
    ("orders", "compare north and south"),
    ("orders", "delete all orders"),
    ("orders", "drop table orders"),
    ("staff", "employees in Berlin with a salary above the average"),
    ("staff", "which department has the employee with the most experience"),
    ("weather", "on which days was it warmer in Bergen than in Sevilla"),
    # aggregates that mean nothing
    ("orders", "total region"),
    ("orders", "average status by category"),
    ("orders", "sum of order id"),
    ("orders", "average of product"),
    ("staff", "total of name"),
    # far from the data
    ("orders", "what is the meaning of life"),
    ("orders", "who is the president of France"),
    ("staff", "write a poem about salaries"),
    ("weather", "will it rain tomorrow in Bergen"),
    ("air", "book a flight to OSL"),
    ("shop", "send an email to Kim Li"),
    ("shop", "what is the capital of Portugal"),
]


@pytest.mark.parametrize(("world", "question"), DECLINED)
def test_a_question_that_cannot_be_accounted_for_is_declined(
    worlds: Mapping[str, Any], world: str, question: str
) -> None:
    asked = worlds[world].ask(question)
    assert asked.missing is not None, asked
    assert asked.missing.message


CLARIFIED: list[tuple[str, str, int]] = [
    ("shop", "how many invoices in March 2024", 2),
    ("shop", "total by month", 2),
    ("shop", "how many invoices since March 2024", 2),
]


@pytest.mark.parametrize(("world", "question", "options"), CLARIFIED)
def test_two_readings_that_differ_are_both_shown(
    worlds: Mapping[str, Any], world: str, question: str, options: int
) -> None:
    asked = worlds[world].ask(question)
    assert asked.clarification is not None, asked
    assert len(asked.clarification.options) == options
    assert all(option.preview for option in asked.clarification.options)
    assert len({option.label for option in asked.clarification.options}) == options
    for option in asked.clarification.options:
        assert option.value.answer is not None
        assert option.value.sql_steps


def test_sales_that_may_be_two_columns_is_asked_back(make_world: Callable[..., Any]) -> None:
    world = make_world(
        {
            "deals": "select * from (values ('N', 2, 10::double), ('S', 3, 5::double)) "
            "t(region, quantity, amount)"
        }
    )
    asked = world.ask("total sales")
    assert asked.clarification is not None
    assert [o.preview for o in asked.clarification.options] == ["15.00", "5"]
    assert "amount" in asked.clarification.options[0].label


def test_readings_that_agree_are_answered(make_world: Callable[..., Any]) -> None:
    world = make_world(
        {
            "trips": "select * from (values ('Rome', 'Oslo', 3), ('Rome', 'Rome', 4)) "
            "t(home, away, days)"
        }
    )
    agreed = world.ask("how many trips in Oslo")
    assert agreed.value == 1


def test_a_value_in_two_columns_is_asked_back(make_world: Callable[..., Any]) -> None:
    world = make_world(
        {
            "trips": "select * from (values ('Rome', 'Oslo', 3), ('Rome', 'Rome', 4)) "
            "t(home, away, days)"
        }
    )
    asked = world.ask("total days in Rome")
    assert asked.clarification is not None
    assert {o.preview for o in asked.clarification.options} == {"7", "4"}


def test_a_missing_column_is_named_with_those_that_are_near(worlds: Mapping[str, Any]) -> None:
    missing = worlds["orders"].ask("total profit by region").missing
    assert missing is not None
    assert missing.unknown == ("profit",)
    assert "'profit'" in missing.message
    assert "amount" in missing.message
    assert "region" in missing.understood


def test_a_misspelt_column_brings_the_nearest_name(worlds: Mapping[str, Any]) -> None:
    missing = worlds["orders"].ask("total amuont by region").missing
    assert missing is not None
    assert "The nearest columns are amount" in missing.message


def test_a_strange_group_is_offered_as_a_column_that_groups(worlds: Mapping[str, Any]) -> None:
    missing = worlds["orders"].ask("average amount by shop").missing
    assert missing is not None
    assert "average amount by region" in missing.suggestions
    assert not any("by amount" in offered for offered in missing.suggestions)


def test_a_greeting_gets_questions_to_ask(worlds: Mapping[str, Any]) -> None:
    missing = worlds["orders"].ask("hello").missing
    assert missing is not None
    assert "orders" in missing.message
    assert missing.suggestions


def test_why_is_declined_as_beyond_the_data(worlds: Mapping[str, Any]) -> None:
    missing = worlds["orders"].ask("why is the north so popular").missing
    assert missing is not None
    assert "'why'" in missing.message


def test_without_tables_a_file_is_asked_for(make_world: Callable[..., Any]) -> None:
    missing = make_world({}).ask("how many orders").missing
    assert missing is not None
    assert "upload" in missing.message


def test_one_strange_word_is_offered_mended_and_left_out(worlds: Mapping[str, Any]) -> None:
    missing = worlds["orders"].ask("how many big orders are there").missing
    assert missing is not None
    assert missing.suggestions[0] == "how many orders are there"
    missing = worlds["orders"].ask("total profit by region").missing
    assert missing is not None
    assert "total amount by region" in missing.suggestions


@pytest.mark.parametrize(("world", "question"), DECLINED)
def test_what_is_offered_instead_can_be_answered(
    worlds: Mapping[str, Any], world: str, question: str
) -> None:
    missing = worlds[world].ask(question).missing
    assert missing is not None
    for suggestion in missing.suggestions:
        asked = worlds[world].ask(suggestion)
        assert asked.missing is None, suggestion
        assert asked.clarification is None, suggestion
