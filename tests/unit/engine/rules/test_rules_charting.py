"""Chart requests said at length: marks, axes, orders, and what is counted in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

TOTALS = [("Desks", 1950.0), ("Chairs", 780.0), ("Lamps", 180.0)]
ASKED: list[tuple[str, str]] = [
    ("draw a bar chart of total amount by category", "bar"),
    ("total amount by category. Plot them as bar chart.", "bar"),
    ("total amount for each category, show a bar chart", "bar"),
    ("a bar chart showing total amount across category", "bar"),
    ("show the total amount by category in a pie chart", "pie"),
    ("total amount by category. Visualize by a pie chart", "pie"),
    ("show total amount by category in a histogram", "bar"),
    ("bar chart of category versus total amount", "bar"),
]
ORDERED: list[tuple[str, list[str]]] = [
    ("rank by the y-axis in descending order", ["Desks", "Chairs", "Lamps"]),
    ("list in asc by the y axis please", ["Lamps", "Chairs", "Desks"]),
    ("display from low to high by the total number", ["Lamps", "Chairs", "Desks"]),
    ("I want to show the X from high to low", ["Lamps", "Desks", "Chairs"]),
    ("and sort by the x-axis in ascending", ["Chairs", "Desks", "Lamps"]),
    ("could you order the bars in desc order", ["Lamps", "Desks", "Chairs"]),
    ("rank category from low to high", ["Chairs", "Desks", "Lamps"]),
]


@pytest.mark.parametrize(("question", "mark"), ASKED)
def test_a_chart_is_drawn_as_it_was_asked_for(
    worlds: Mapping[str, Any], question: str, mark: str
) -> None:
    asked = worlds["orders"].ask(question)
    assert asked.missing is None, asked.missing
    assert asked.rows == TOTALS
    assert (asked.chart.mark, asked.chart.x, asked.chart.y) == (mark, "category", "total amount")


@pytest.mark.parametrize(("order", "names"), ORDERED)
def test_an_axis_says_what_the_bars_are_ordered_by(
    worlds: Mapping[str, Any], order: str, names: list[str]
) -> None:
    asked = worlds["orders"].ask(f"draw a bar chart of total amount by category, {order}")
    assert asked.missing is None, asked.missing
    assert [row[0] for row in asked.rows] == names


def test_the_number_of_a_thing_by_itself_counts_its_rows(worlds: Mapping[str, Any]) -> None:
    asked = worlds["orders"].ask("bar chart of the distribution of status and the amount of status")
    assert asked.rows == worlds["orders"].ask("number of orders by status").rows


def test_a_chart_of_how_many_there_are_shows_how_many_of_each(worlds: Mapping[str, Any]) -> None:
    asked = worlds["orders"].ask("show the number of statuses in a bar chart")
    assert asked.rows == worlds["orders"].ask("number of orders by status").rows
    assert asked.chart.x == "status"


def test_what_was_grouped_by_may_be_said_again(worlds: Mapping[str, Any]) -> None:
    told = "show me about the distribution of category and the sum of amount"
    asked = worlds["orders"].ask(f"{told}, and group by attribute category in a bar chart")
    assert asked.missing is None, asked.missing
    assert asked.rows == TOTALS


def test_an_axis_that_is_not_there_is_no_order(worlds: Mapping[str, Any]) -> None:
    assert worlds["orders"].ask("total amount, sort by the x-axis in descending").missing


def test_a_column_may_be_named_as_it_is_written(worlds: Mapping[str, Any]) -> None:
    asked = worlds["staff"].ask("number of employees for each department_id")
    assert asked.missing is None, asked.missing
    assert asked.columns[0] == "department id"


def test_a_column_of_yes_and_no_that_is_drawn_is_no_filter(make_world: Any) -> None:
    world = make_world({"staff": "select unnest(['T', 'F', 'T']) as is_full_time"})
    asked = world.ask("bar chart of is full time versus how many is full time")
    assert asked.missing is None, asked.missing
    assert sorted(asked.rows) == [("F", 1), ("T", 2)]
