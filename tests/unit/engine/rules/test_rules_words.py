"""Words that name two things, and values bound to a question."""

from collections.abc import Callable
from typing import Any

import pytest

from dip_sdk.engine.planner.base import Question
from dip_sdk.engine.planner.rules.bound import worded


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        ("Show me total sales by region", [("South", 20), ("North", 15)]),
        ("sales by region", [("South", 20), ("North", 15)]),
        ("top 1 region by sales", [("South", 20)]),
    ],
)
def test_a_number_named_like_its_table_is_what_is_measured(
    sales: Any, question: str, rows: list[tuple[str, int]]
) -> None:
    assert sales.ask(question).rows == rows


def test_how_many_of_such_a_name_can_mean_both_and_is_asked_back(sales: Any) -> None:
    asked = sales.ask("how many sales")
    assert asked.clarification is not None
    assert [option.preview for option in asked.clarification.options] == ["35", "3"]


@pytest.mark.parametrize(
    ("text", "params", "read"),
    [
        ("sales in {region}", {"region": "North"}, 'sales in "North"'),
        ("sales above { least }", {"least": 10}, "sales above 10"),
        ("sales in {region}", {}, "sales in {region}"),
        ("sales in {a}", {"a": ["North", "South"]}, 'sales in "North" or "South"'),
        ("sales in {a}", {"a": 'Say "hi"'}, 'sales in \u201cSay "hi"\u201d'),
    ],
)
def test_bound_values_become_words(text: str, params: dict[str, Any], read: str) -> None:
    assert worded(Question(text, params)) == read


def test_a_bound_value_is_a_parameter_of_the_statement(sales: Any) -> None:
    asked = sales.ask(worded(Question("total sales in {region}", {"region": "North"})))
    assert asked.value == 15
    assert "North" in asked.params.values()


def test_a_value_written_wrongly_is_offered_right(sales: Any) -> None:
    asked = sales.ask("total sales for region Nroth")
    assert asked.missing.message.endswith("Did you mean 'North' (region)?")
    assert asked.missing.suggestions[0] == "total sales for region North"


def test_a_word_like_no_value_is_answered_with_the_columns(sales: Any) -> None:
    asked = sales.ask("total profit")
    assert "Did you mean" not in asked.missing.message
    assert "sales" in asked.missing.message


def test_a_number_is_measured_where_its_table_adds_only_that_it_is_data(sales_data: Any) -> None:
    assert sales_data.ask("show me total sales by region").rows == [("South", 20), ("North", 10)]
    counted = sales_data.ask("how many rows are in sales data")
    assert counted.value == 2
    assert counted.columns[0] == "rows"


def test_rows_named_for_an_amount_are_counted_or_summed_as_the_user_chooses(sold: Any) -> None:
    asked = sold.ask("total sales by region")
    assert [option.label for option in asked.clarification.options] == [
        "Number of sales by region",
        "Total revenue by region",
    ]
    assert sold.ask("how many sales").value == 2


def test_a_number_in_the_singular_of_its_table_is_measured_too(costs: Any) -> None:
    assert costs.ask("total cost").value == 9


def test_the_values_of_a_very_wide_table_are_looked_up_in_its_first_columns_only(
    wide: Any,
) -> None:
    assert wide.ask("total amount").value == 3
    assert wide.looked_up < 50


def test_a_table_without_rows_says_so(bare: Any) -> None:
    assert bare.ask("average sales by region").missing.message == (
        "There is nothing to compute: sales has no rows."
    )


def test_an_average_of_text_is_told_to_need_numbers(sales: Any) -> None:
    assert sales.ask("average region").missing.message == (
        "'average' needs a column of numbers; 'region' is none."
    )


@pytest.mark.parametrize(
    "question",
    ["total Sales + Tax by region", "total sales tax - by region", "total sales tax by region"],
)
def test_a_sign_in_the_name_of_a_column_is_no_calculation(
    make_world: Callable[..., Any], question: str
) -> None:
    receipts = "select * from (values ('North', 1), ('South', 2)) t(region, \"Sales + Tax\")"
    assert make_world({"receipts": receipts}).ask(question).rows == [("South", 2), ("North", 1)]
