"""Lists with columns or counts of each thing, and the many ways to say them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

MAKERS = (
    "select * from (values (1, 'Alba', 'Alba Motors'), (2, 'Brio', 'Brio Cars')) "
    "t(id, maker, full_name)"
)
MODELS = (
    "select * from (values (10, 1, 'A1', 3), (11, 1, 'A2', 5), (12, 2, 'B1', 9), (13, 7, 'C1', 2)) "
    "t(model_id, maker_id, model, level_of_comfort)"
)
REGIONS = "select * from (values (1, 'north'), (2, 'south')) t(reg_id, region)"
MEDALS = (
    "select * from (values ('Peru', 2, 1, 0), ('Chile', 1, 3, 4), ('Cuba', 0, 2, 2)) "
    "t(nation, gold, silver, bronze)"
)
PLANTS = "select * from (values ('Ost', 700), ('West', 900)) t(site, \"net output (MW)\")"
PAPERS = "select * from (values ('a', 2019), ('b', 2020), ('c', 2020)) t(title, year)"
SALES = (
    "select * from (values ('Ann', 'sell'), ('Ann', 'buy'), ('Bo', 'sell'), ('Bo', 'sell')) "
    "t(trader, kind)"
)


@pytest.fixture(scope="module")
def cars(make_world: Callable[..., Any]) -> Any:
    return make_world(
        {"car_makers": MAKERS, "models": MODELS}, [("models", "maker_id", "car_makers", "id")]
    )


@pytest.mark.parametrize(
    "question",
    [
        "what are the full names of the car makers and how many models do they make",
        "show the full name of each car maker and how many models there are for each one",
        "the full name of each car maker as well as the number of models",
        "how many models does each car maker make? list the maker full name and the number",
        "list the full name of each car maker along with the number of models",
    ],
)
def test_things_and_how_many_of_others_they_have(question: str, cars: Any) -> None:
    assert sorted(cars.ask(question).rows) == [("Alba Motors", 2), ("Brio Cars", 1)]


def test_columns_of_each_thing_are_a_list_of_the_things(cars: Any) -> None:
    asked = cars.ask("list the full name and id of each car maker")
    assert asked.rows == [("Alba Motors", 1), ("Brio Cars", 2)]


def test_a_group_for_each_thing_leaves_out_rows_that_belong_to_none(cars: Any) -> None:
    assert len(cars.ask("number of models of each car maker").rows) == 2


@pytest.mark.parametrize("question", ["all details of the car makers", "show car maker records"])
def test_all_that_is_known_of_things_are_their_rows(question: str, cars: Any) -> None:
    assert len(cars.ask(question).columns) == 3


def test_a_column_is_called_with_its_words_turned(cars: Any) -> None:
    assert cars.ask("how many models have a comfort level above 4").value == 2


def test_the_identifier_of_a_thing_is_found_behind_a_short_name(
    make_world: Callable[..., Any],
) -> None:
    regions = make_world({"regions": REGIONS})
    assert regions.ask("list the region id").rows == [(1,), (2,)]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("how many gold medals did Peru receive", 2),
        ("total number of silver medals won by Chile and Cuba", 5),
        ("average bronze medals", 2),
        ("average number of bronze medals", 2),
    ],
)
def test_columns_named_after_metals_are_medals(
    question: str, answer: int, make_world: Callable[..., Any]
) -> None:
    assert make_world({"table_of_medals": MEDALS}).ask(question).value == answer


def test_seasons_written_as_years_are_counted_each_once(make_world: Callable[..., Any]) -> None:
    seasons = "select * from (values ('1998/99'), ('1998/99'), ('1999/00'), ('2000/01')) t(season)"
    assert make_world({"games": seasons}).ask("how many seasons are there").value == 3


def test_what_a_name_adds_in_brackets_need_not_be_said(make_world: Callable[..., Any]) -> None:
    plants = make_world({"plants": PLANTS})
    assert plants.ask("net output of West").value == 900


def test_a_verb_says_when_rows_happened_where_they_have_one_date(
    make_world: Callable[..., Any],
) -> None:
    papers = make_world({"papers": PAPERS})
    assert sorted(papers.ask("number of papers published in each year").rows) == [
        (2019, 1),
        (2020, 2),
    ]


def test_the_most_of_a_kind_are_counted_within_it(make_world: Callable[..., Any]) -> None:
    sales = make_world({"sales": SALES})
    assert sales.ask("which trader has the most sell sales").value == "Bo"


def test_one_filter_or_another_may_begin_with_either(cars: Any) -> None:
    asked = cars.ask(
        "how many models have either a comfort level above 8 or a comfort level below 3"
    )
    assert asked.value == 2


@pytest.mark.parametrize(
    ("question", "first"),
    [("from old to young", 9), ("from young to old", 2)],
)
def test_an_order_by_age_has_a_direction(question: str, first: int, cars: Any) -> None:
    asked = cars.ask(f"list the comfort level of models, sorted by comfort level {question}")
    assert asked.rows[0] == (first,)


GUESTS = (
    "select * from (values ('Zoe', 25, 1), ('Ann', 41, 1), ('Moe', 33, 2)) t(name, age, hall_id)"
)
HALLS = "select * from (values (1, 'Ost', 12), (2, 'West', 9)) t(hall_id, hall, seats)"


@pytest.fixture(scope="module")
def guests(make_world: Callable[..., Any]) -> Any:
    return make_world(
        {"guests": GUESTS, "halls": HALLS}, [("guests", "hall_id", "halls", "hall_id")]
    )


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("list the name of guests, youngest first", ["Zoe", "Moe", "Ann"]),
        ("show the name of guests from the oldest to the youngest", ["Ann", "Moe", "Zoe"]),
    ],
)
def test_the_youngest_come_first_by_their_age(question: str, names: list[str], guests: Any) -> None:
    assert [row[0] for row in guests.ask(question).rows] == names


def test_an_order_by_age_needs_a_column_of_it(guests: Any) -> None:
    assert guests.ask("list the hall of halls, youngest first").missing is not None


def test_a_number_of_things_is_not_compared_with_a_column(guests: Any) -> None:
    assert guests.ask("who has been to more than one hall").missing is not None


def test_a_verb_may_be_the_table_that_a_join_goes_through(make_world: Callable[..., Any]) -> None:
    shops = make_world(
        {
            "shops": "select * from (values (1, 'Alba'), (2, 'Brio')) t(shop_id, name)",
            "workers": "select i as worker_id from range(4) t(i)",
            "hiring": "select i as worker_id, 1 + i // 3 as shop_id from range(4) t(i)",
        },
        [
            ("hiring", "shop_id", "shops", "shop_id"),
            ("hiring", "worker_id", "workers", "worker_id"),
        ],
    )
    assert shops.ask("which shop is hiring the most workers").value == "Alba"
