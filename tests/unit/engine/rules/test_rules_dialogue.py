"""Follow-ups, charts, rows, readings and what the planner suggests."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from dip_sdk.engine.planner.rules import answerable, nearest
from dip_sdk.types.session import Settings

FOLLOW_UPS: list[tuple[list[str], str, list[tuple[Any, ...]]]] = [
    (
        ["total amount"],
        "and by category?",
        [("Desks", 1950.0), ("Chairs", 780.0), ("Lamps", 180.0)],
    ),
    (
        ["total amount by region"],
        "by category instead",
        [("Desks", 1950.0), ("Chairs", 780.0), ("Lamps", 180.0)],
    ),
    (
        ["total amount by category"],
        "only the north",
        [("Desks", 450.0), ("Chairs", 400.0), ("Lamps", 30.0)],
    ),
    (
        ["total amount by category"],
        "only in the north",
        [("Desks", 450.0), ("Chairs", 400.0), ("Lamps", 30.0)],
    ),
    (["total amount in 2024"], "what about 2023", [(1630.0,)]),
    (["total amount in the north"], "and the south?", [(980.0,)]),
    (["total amount in the north"], "what about East", [(250.0,)]),
    (
        ["total amount by category"],
        "in 2024",
        [("Desks", 600.0), ("Chairs", 500.0), ("Lamps", 180.0)],
    ),
    (["how many orders in the north"], "how about 2023", [(2,)]),
    (
        ["total amount", "by category"],
        "only the north",
        [("Desks", 450.0), ("Chairs", 400.0), ("Lamps", 30.0)],
    ),
    (["total amount by product"], "top 2", [("Oak Desk", 1350.0), ("Pine Desk", 600.0)]),
    (
        ["total amount by region"],
        "what about quantity",
        [("North", 14), ("East", 6), ("South", 6), ("West", 3), (None, 2)],
    ),
    (["number of orders by status"], "only chairs", [("completed", 4), ("cancelled", 1)]),
    (
        ["total amount by category"],
        "in ascending order",
        [("Lamps", 180.0), ("Chairs", 780.0), ("Desks", 1950.0)],
    ),
    (["total amount"], "with quantity above 4", [(350.0,)]),
]


@pytest.mark.parametrize(("history", "question", "rows"), FOLLOW_UPS)
def test_a_follow_up_changes_the_question_before(
    worlds: Mapping[str, Any], history: list[str], question: str, rows: list[tuple[Any, ...]]
) -> None:
    asked = worlds["orders"].ask(question, history)
    assert asked.missing is None, asked.missing
    assert asked.rows == rows


def test_a_fragment_without_a_question_before_is_declined(worlds: Mapping[str, Any]) -> None:
    assert worlds["orders"].ask("only the north").missing is not None


def test_and_by_month_adds_to_the_groups(worlds: Mapping[str, Any]) -> None:
    asked = worlds["orders"].ask("and by year", ["total amount by category"])
    assert asked.columns == ("category", "year", "total amount")


def test_a_bar_chart_is_drawn_of_the_groups(worlds: Mapping[str, Any]) -> None:
    asked = worlds["orders"].ask("total amount by region as a bar chart")
    assert (asked.chart.mark, asked.chart.x, asked.chart.y) == ("bar", "region", "total amount")


def test_a_line_chart_of_a_trend(worlds: Mapping[str, Any]) -> None:
    asked = worlds["orders"].ask("plot the monthly amount")
    assert (asked.chart.mark, asked.chart.x) == ("line", "month")


def test_a_chart_may_be_asked_for_afterwards(worlds: Mapping[str, Any]) -> None:
    asked = worlds["orders"].ask("as a pie chart", ["number of orders by status"])
    assert asked.chart.mark == "pie"


def test_two_keys_make_a_grouped_chart(worlds: Mapping[str, Any]) -> None:
    asked = worlds["orders"].ask("bar chart of total amount by category and region")
    assert (asked.chart.mark, asked.chart.series) == ("grouped", "region")


def test_a_histogram_is_drawn_of_one_column(worlds: Mapping[str, Any]) -> None:
    asked = worlds["orders"].ask("histogram of amount")
    assert (asked.chart.mark, asked.chart.x, asked.chart.y) == ("histogram", "amount", None)


def test_a_scatter_plot_is_drawn_of_two_columns(worlds: Mapping[str, Any]) -> None:
    asked = worlds["orders"].ask("scatter plot of quantity and amount")
    assert (asked.chart.mark, asked.chart.x, asked.chart.y) == ("scatter", "quantity", "amount")


def test_the_first_rows_keep_the_order_of_the_file(worlds: Mapping[str, Any]) -> None:
    asked = worlds["orders"].ask("show the first 3 rows")
    assert [row[0] for row in asked.rows] == [1, 2, 3]


def test_the_last_rows_keep_the_order_of_the_file(worlds: Mapping[str, Any]) -> None:
    asked = worlds["orders"].ask("last 2 rows")
    assert [row[0] for row in asked.rows] == [9, 10]


@pytest.mark.parametrize("question", ["show all rows of orders", "list the records of the orders"])
def test_all_rows_are_shown_by_that_word(worlds: Mapping[str, Any], question: str) -> None:
    asked = worlds["orders"].ask(question)
    assert len(asked.rows) == len(worlds["orders"].ask("show orders").rows)


def test_rows_by_a_column_are_no_list(worlds: Mapping[str, Any]) -> None:
    assert worlds["orders"].ask("show all rows of orders by region").missing is not None


def test_rows_leave_out_hidden_columns(worlds: Mapping[str, Any]) -> None:
    asked = worlds["sensors"].ask("show all measurements")
    assert asked.columns == ("sensor", "room", "reading", "taken")


def test_values_are_bound_never_spliced(worlds: Mapping[str, Any]) -> None:
    asked = worlds["orders"].ask("total amount in the north since 2024")
    assert asked.params == {"p1": "North", "p2": "2024-01-01"}
    assert "North" not in asked.sql


def test_the_reading_says_measure_filter_period_and_group(worlds: Mapping[str, Any]) -> None:
    reading = worlds["orders"].ask("total amount by category in the north in 2024").answer.reading
    assert reading.measure == "total amount"
    assert reading.aggregate == "sum"
    assert reading.filters == ("region is North",)
    assert reading.period == "in 2024"
    assert reading.groups == ("category",)
    assert reading.shape == "groups"
    assert reading.sources == ("orders",)


def test_the_column_ranked_by_is_shown_when_named(worlds: Mapping[str, Any]) -> None:
    asked = worlds["staff"].ask("names and ages of the 2 oldest employees")
    assert asked.rows == [("Dee Park", 51), ("Bo Larsen", 45)]


def test_list_gives_names_and_show_gives_rows(worlds: Mapping[str, Any]) -> None:
    assert worlds["staff"].ask("list the employees in Support").columns == ("name",)
    assert len(worlds["staff"].ask("show the employees in Support").columns) == 7


def test_a_join_names_both_tables(worlds: Mapping[str, Any]) -> None:
    reading = worlds["staff"].ask("average salary by department").answer.reading
    assert reading.sources == ("employees", "departments")


def test_a_superlative_keeps_ties_and_says_so(worlds: Mapping[str, Any]) -> None:
    asked = worlds["staff"].ask("who is the youngest employee?")
    assert asked.rows == [("Cy Young",), ("Flo Reed",)]
    assert asked.answer.reading.shape == "top"
    assert asked.answer.reading.order == "ascending"


def test_last_days_are_counted_from_the_data_when_it_ended_before(
    worlds: Mapping[str, Any],
) -> None:
    asked = worlds["weather"].ask("total rainfall in the last 31 days")
    assert asked.value == 1.5
    assert "the data's last 31 days" in asked.answer.reading.period


def test_today_may_be_set(worlds: Mapping[str, Any]) -> None:
    settings = Settings(today=date(2023, 6, 15))
    assert worlds["orders"].ask("how many orders last month", settings=settings).value == 1


def test_a_trend_without_a_grain_fits_the_span(worlds: Mapping[str, Any]) -> None:
    asked = worlds["orders"].ask("amount over time")
    assert asked.columns == ("month", "total amount")
    assert asked.rows[0] == (date(2023, 1, 1), 200.0)


def test_spaces_case_and_accents_do_not_matter(worlds: Mapping[str, Any]) -> None:
    assert worlds["staff"].ask("SALARY   of ana nunez").value == 52000


def test_answerable_tells_without_running(worlds: Mapping[str, Any]) -> None:
    view = worlds["orders"].view()
    assert answerable("total amount by region", view)
    assert not answerable("total profit by region", view)


def test_the_nearest_questions_can_all_be_answered(worlds: Mapping[str, Any]) -> None:
    for world in worlds.values():
        found = nearest("average profit by month", world.view())
        assert found
        for question in found:
            asked = world.ask(question)
            assert asked.missing is None, question
            assert asked.clarification is None, question


def test_a_warm_question_is_quick(worlds: Mapping[str, Any]) -> None:
    world = worlds["orders"]
    world.ask("total amount by region")
    view, best = world.view(), 1.0
    for _ in range(3):
        start = time.perf_counter()
        assert answerable("total amount by region in the north since March 2024", view)
        best = min(best, time.perf_counter() - start)
    assert best < 0.05
