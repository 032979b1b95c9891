"""Questions with a question inside, verbs of relations, and answers whose columns are listed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

PARKS = {
    "park": "select * from (values ('Ash', 'Nord', 90, 7), ('Birch', 'Sud', 40, 2), "
    "('Cedar', 'Nord', 10, 9)) t(park_name, province, area, visitors)",
    "province": "select * from (values ('Nord', 'Alta', 500), ('Sud', 'Bera', 900), "
    "('West', 'Cima', 100)) t(province_name, capital, population)",
    "trail": "select * from (values ('Ridge', 30, 'Nord'), ('Ridge', 30, 'West'), "
    "('Creek', 12, 'Sud')) t(trail_name, length, province)",
    "border": "select * from (values ('Nord', 'West'), ('West', 'Nord'), ('Sud', 'West'), "
    "('West', 'Sud')) t(province_name, border)",
}
LINKS = [
    ("park", "province", "province", "province_name"),
    ("trail", "province", "province", "province_name"),
    ("border", "province_name", "province", "province_name"),
    ("border", "border", "province", "province_name"),
]


@pytest.fixture(scope="module")
def parks(make_world: Callable[..., Any]) -> Any:
    return make_world(PARKS, LINKS)


NESTED: list[tuple[str, set[Any]]] = [
    ("which trails run through the province with the largest park", {"Ridge"}),
    ("what provinces border the province with the capital Cima", {"Nord", "Sud"}),
    ("which provinces border Nord", {"West"}),
    ("what is the capital of the province with the largest park", {"Alta"}),
    ("what province has the largest park", {"Nord"}),
    ("what provinces does the Ridge trail run through", {"Nord", "West"}),
    ("through which provinces does the longest trail run", {"Nord", "West"}),
    ("how many parks are located in the province with the largest population", {1}),
    ("which parks are located in the provinces that border West", {"Ash", "Birch", "Cedar"}),
]


@pytest.mark.parametrize(("question", "cells"), NESTED)
def test_a_question_inside_a_question_stands_for_what_it_finds(
    parks: Any, question: str, cells: set[Any]
) -> None:
    asked = parks.ask(question)
    assert asked.missing is None, asked.missing
    assert asked.clarification is None, asked.clarification
    assert {row[0] for row in asked.rows} == cells
    assert all(len(row) == 1 for row in asked.rows)


def test_the_inner_question_binds_its_values_as_parameters(parks: Any) -> None:
    asked = parks.ask("what provinces border the province with the capital Cima")
    assert "Cima" not in asked.sql
    assert "Cima" in asked.params.values()


def test_a_verb_between_things_that_are_the_same_is_not_skipped(worlds: Mapping[str, Any]) -> None:
    assert worlds["staff"].ask("which departments border Support").missing is not None


def test_an_extreme_without_a_thing_is_no_inner_question(worlds: Mapping[str, Any]) -> None:
    assert worlds["shop"].ask("which customer has the highest total").value == "Lou Day"


def test_a_nested_superlative_over_one_table_is_of_its_groups(worlds: Mapping[str, Any]) -> None:
    asked = worlds["orders"].ask("which region has the product with the highest amount")
    assert {row[0] for row in asked.rows} == {"North", "South"}


def test_both_asks_for_a_row_of_each(make_world: Callable[..., Any]) -> None:
    world = make_world(
        {
            "people": "select * from (values (1, 'Ida'), (2, 'Jon'), (3, 'Kai')) t(id, name)",
            "speech": "select * from (values (1, 'Welsh'), (1, 'Irish'), (2, 'Welsh'), "
            "(3, 'Irish')) t(person_id, language)",
        },
        [("speech", "person_id", "people", "id")],
    )
    asked = world.ask("what are the names of people who speak both Welsh and Irish")
    assert asked.rows == [("Ida",)]
    either = world.ask("how many people speak Welsh or Irish")
    assert either.value == 3


OUTPUTS: list[tuple[str, str, tuple[str, ...], tuple[Any, ...]]] = [
    (
        "shop",
        "Which customer has the most invoices? List the full name and city.",
        ("full name", "city"),
        ("Kim Li", "Oslo"),
    ),
    (
        "shop",
        "How many invoices does each customer have? Return the full name and the number.",
        ("full name", "invoices"),
        ("Kim Li", 2),
    ),
    (
        "orders",
        "top 3 products by amount. Return the product and the amount",
        ("product", "total amount"),
        ("Oak Desk", 1350.0),
    ),
    (
        "staff",
        "Who is the oldest employee? Show the name, age and salary.",
        ("name", "age", "salary"),
        ("Dee Park", 51, 83000),
    ),
]


@pytest.mark.parametrize(("world", "question", "columns", "first"), OUTPUTS)
def test_a_second_sentence_names_the_columns_of_the_answer(
    worlds: Mapping[str, Any],
    world: str,
    question: str,
    columns: tuple[str, ...],
    first: tuple[Any, ...],
) -> None:
    asked = worlds[world].ask(question)
    assert asked.missing is None, asked.missing
    assert asked.clarification is None, asked.clarification
    assert asked.columns == columns
    assert asked.rows[0] == first


def test_a_number_that_the_question_does_not_compute_is_not_shown(
    worlds: Mapping[str, Any],
) -> None:
    asked = worlds["staff"].ask("Who is the oldest employee? Show the name and the count.")
    assert asked.missing is not None


def test_one_of_several_numbers_is_a_filter(worlds: Mapping[str, Any]) -> None:
    assert worlds["staff"].ask("how many employees with age 29 or 45").value == 3


def test_a_question_for_yes_or_no_is_declined(worlds: Mapping[str, Any]) -> None:
    asked = worlds["staff"].ask("does Bo Larsen have a salary of at least 60000")
    assert asked.missing is not None


def test_a_number_called_after_another_is_that_number(make_world: Callable[..., Any]) -> None:
    world = make_world({"towns": "select 'Ulm' as town, 9000 as population, 3.5 as density"})
    assert float(world.ask("what is the population density of Ulm").value) == 3.5


def test_a_key_is_counted_not_added(make_world: Callable[..., Any]) -> None:
    world = make_world(
        {
            "zones": "select * from (values (1, 'A'), (2, 'B')) t(zone_id, label)",
            "sites": "select * from (values (1, 7), (1, 8), (2, 9)) t(zone, size)",
        }
    )
    assert world.ask("how many zones are there").value == 2


def test_nothing_without_its_own_kind_is_asked(worlds: Mapping[str, Any]) -> None:
    asked = worlds["air"].ask("how many flights without flights")
    assert asked.missing is not None


USUAL: list[tuple[str, int]] = [
    ("how many employees have a salary above the average", 2),
    ("how many employees have a salary higher than the average salary", 2),
    ("how many employees have an age below the median", 3),
]


@pytest.mark.parametrize(("question", "value"), USUAL)
def test_a_number_is_compared_with_what_is_usual(
    worlds: Mapping[str, Any], question: str, value: int
) -> None:
    assert worlds["staff"].ask(question).value == value


def test_what_is_said_of_a_place_is_said_of_its_things(make_world: Callable[..., Any]) -> None:
    world = make_world(
        {"singers": "select * from (values ('Eve', 'France'), ('Flo', 'Spain')) t(name, country)"}
    )
    assert world.ask("how many French singers are there").value == 1


def test_names_without_breaks_are_read_by_their_parts(make_world: Callable[..., Any]) -> None:
    world = make_world(
        {
            "zqcustomer": "select * from (values (1, 'Ida', 'UK')) "
            "t(zqcustid, zqcustname, zqcustcountry)",
            "zqtransaction": "select * from (values (5, 1, 20.0), (6, 1, 4.0)) "
            "t(zqtxid, zqtxcustid, zqtxamount)",
            "zqticker": "select 'A' as zqtickersymbol",
        }
    )
    assert world.ask("what is the total transaction amount").value == 24.0
    assert world.ask("how many customers are there").value == 1
    assert world.ask("what is the customer country of Ida").value == "UK"


def test_several_highest_things_under_a_question_may_mean_each(parks: Any) -> None:
    asked = parks.ask("what are the largest parks in the provinces that border West")
    assert asked.missing is not None


LACKING: list[tuple[str, str]] = [
    ("Which customers have not placed any invoices", "Nia Fox"),
    ("customers who never placed any invoices", "Nia Fox"),
]


@pytest.mark.parametrize(("question", "name"), LACKING)
def test_a_verb_said_no_to_is_a_lack(worlds: Mapping[str, Any], question: str, name: str) -> None:
    asked = worlds["shop"].ask(question)
    assert asked.missing is None, asked.missing
    assert len(asked.rows) == 1
    assert name in asked.rows[0]


def test_months_written_as_words_are_ordered_as_in_the_calendar(
    make_world: Callable[..., Any],
) -> None:
    world = make_world(
        {
            "visits": "select * from (values ('January', 1), ('April', 2), ('March', 3), "
            "('January', 4)) t(month, guests)"
        }
    )
    asked = world.ask("number of visits in each month, ordered by month")
    assert asked.rows == [("January", 2), ("March", 1), ("April", 1)]


def test_a_cell_is_known_without_its_brackets(make_world: Callable[..., Any]) -> None:
    world = make_world(
        {
            "races": "select * from (values ('Ida Lund (NOR)', 7), ('Bo Ek (SWE)', 5)) "
            "t(rider, points)"
        }
    )
    assert world.ask("how many points did Ida Lund receive").value == 7


def test_an_answer_by_month_can_be_ordered_by_month(worlds: Mapping[str, Any]) -> None:
    asked = worlds["orders"].ask("total amount by month, ordered by month in descending order")
    assert asked.rows[0][0].isoformat() == "2024-07-01"
    assert len(asked.rows) == 8
