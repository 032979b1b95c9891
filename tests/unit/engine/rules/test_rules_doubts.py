"""Readings that the words allow and the data make doubtful: the user is asked, or told why not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dip_sdk.engine.planner.rules import nearest

PAINTERS = "select * from (values (1, 'Ada'), (2, 'Bo'), (3, 'Cy')) t(painter_id, painter_name)"
SHOWS = (
    "select * from (values (7, 'Oslo', 2020), (8, 'Turin', 2020), (9, 'Oslo', 2021)) "
    "t(show_id, city, year)"
)
HUNG = "select * from (values (1, 7), (1, 8), (2, 9), (3, 9)) t(painter_id, show_id)"
LAKES = (
    "select * from (values ('Ro', 'Deep Pit', 12), ('Ro', 'Old Pit', 40), ('Sa', 'Low Pit', 9)) "
    "t(region, lowest_spot, depth)"
)
HOPS = (
    "select * from (values ('DAY', date '2024-01-01', 3), ('AGE', date '2024-01-02', 5), "
    "('OSL', date '2024-01-02', 1)) t(stop, flown, seats)"
)
YIELDS = "select * from (values ('barley', 3.5), ('oats', 2.0), ('Total', 5.5)) t(crop, tonnes)"
TRAMS = (
    "select 40 + i % 5 as line, i % 3 as delay, (array['a', 'b'])[1 + i % 2] as depot "
    "from (select cast(range as integer) as i from range(30))"
)


@pytest.fixture(scope="module")
def gallery(make_world: Callable[..., Any]) -> Any:
    return make_world(
        {"painters": PAINTERS, "shows": SHOWS, "hangings": HUNG},
        [
            ("hangings", "painter_id", "painters", "painter_id"),
            ("hangings", "show_id", "shows", "show_id"),
        ],
    )


def test_a_list_over_a_table_of_links_asks_once_or_each_time(gallery: Any) -> None:
    asked = gallery.ask("list the painters with shows in year 2020")
    assert asked.clarification is not None
    once, each = (option.value.steps[0].sql for option in asked.clarification.options)
    assert 'from "painters"' in once
    assert 'from "hangings"' in each


def test_a_list_over_links_is_answered_where_both_ways_agree(gallery: Any) -> None:
    asked = gallery.ask("list the painters with shows in year 2021")
    assert sorted(row[0] for row in asked.rows) == ["Bo", "Cy"]


def test_groups_in_the_order_of_an_identifier_show_it(gallery: Any) -> None:
    asked = gallery.ask("number of hangings for each painter, ordered by painter id")
    assert [tuple(map(int, row)) for row in asked.rows] == [(1, 2), (2, 1), (3, 1)]


def test_a_word_in_the_plural_is_no_code_of_capitals(make_world: Callable[..., Any]) -> None:
    hops = make_world({"hops": HOPS})
    assert hops.ask("total seats on days with rain").missing is not None
    assert hops.ask("total seats of ages").missing is not None
    assert hops.ask("total seats where stop is OSL").rows == [(1,)]
    assert hops.ask("total seats for stop osl").rows == [(1,)]


def test_a_column_called_lowest_is_not_the_lowest_of_all(make_world: Callable[..., Any]) -> None:
    lakes = make_world({"lakes": LAKES})
    assert lakes.ask("what is the lowest spot of all lakes").missing is not None


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("total tonnes", 5.5),
        ("how many crops are there", 2),
        ("highest tonnes", 3.5),
    ],
)
def test_a_row_that_holds_a_total_is_left_out_and_that_is_said(
    question: str, answer: float, make_world: Callable[..., Any]
) -> None:
    asked = make_world({"yields": YIELDS}).ask(question)
    assert asked.value == answer
    assert any("Total" in told for told in asked.answer.reading.filters)


def test_rows_without_a_name_are_no_totals(make_world: Callable[..., Any]) -> None:
    unnamed = f"{YIELDS} union all select null, 1.0"
    assert make_world({"yields": unnamed}).ask("total tonnes").value == 6.5


def test_the_number_of_a_line_is_not_offered_to_be_added_up(
    make_world: Callable[..., Any],
) -> None:
    offered = nearest("gibberish", make_world({"trams": TRAMS}).view(), limit=9)
    assert offered
    assert not any("line" in text.split()[:2] for text in offered)


SINGERS = """
select * from (values ('a', 'France', 45), ('b', 'France', 25), ('c', 'Spain', 50))
t(name, country, age)
"""


@pytest.mark.parametrize(
    "question",
    [
        "countries where a singer above age 40 and a singer below 30 are from",
        "how many singers are above age 40 and below age 30",
    ],
)
def test_two_things_of_a_kind_are_not_taken_for_one(
    question: str, make_world: Callable[..., Any]
) -> None:
    assert make_world({"singers": SINGERS}).ask(question).missing is not None


SIGHTINGS = """
select * from (values
  ('fox', 4021, 3, 10.0, 7), ('owl', 4022, 5, 12.0, 8), ('elk', 4023, 1, 9.0, 9)
) t(animal, tag, count, average, score)
"""


@pytest.fixture(scope="module")
def sightings(make_world: Callable[..., Any]) -> Any:
    return make_world({"sightings": SIGHTINGS})


def test_rows_that_hold_counts_may_be_counted_or_added_up(sightings: Any) -> None:
    asked = sightings.ask("how many sightings are there")
    assert [option.preview for option in asked.clarification.options] == ["3", "9"]


@pytest.mark.parametrize(
    "question",
    [
        "what is the total number of tags",
        "what is the maximum score and the average of all sightings",
    ],
)
def test_numbers_that_name_single_rows_and_columns_named_like_functions_decline(
    question: str, sightings: Any
) -> None:
    assert sightings.ask(question).missing is not None


def test_things_that_are_counted_are_not_told_by_their_own_names(
    make_world: Callable[..., Any],
) -> None:
    courses = make_world(
        {
            "courses": "select * from (values (1, 'Art'), (2, 'Law')) t(course_id, course_name)",
            "sections": "select * from (values (7, 1, 'a'), (8, 1, 'b'), (9, 2, 'a')) "
            "t(section_id, course_id, section_name)",
        },
        [("sections", "course_id", "courses", "course_id")],
    )
    asked = courses.ask("what are the names and id of courses having at most 1 sections")
    assert asked.clarification is not None
    assert asked.clarification.options[0].preview == "Law 2"


SPECIES = "select 'kind ' || i as species, i % 5 as weight from range({rows}) t(i)"


def test_an_average_of_groups_of_one_row_declines_where_the_rows_are_more_than_a_few(
    make_world: Callable[..., Any],
) -> None:
    question = "average weight by species"
    few = make_world({"animals": SPECIES.format(rows=3)})
    many = make_world({"animals": SPECIES.format(rows=12)})
    assert len(few.ask(question).rows) == 3
    assert "one row of its own" in many.ask(question).missing.message


STATES = "select * from (values ('a', 10), ('b', 20), ('c', 30)) t(state_name, people)"
BORDERS = (
    "select * from (values ('a', 'b'), ('b', 'a'), ('b', 'c'), ('c', 'b')) t(state_name, border)"
)


def test_a_verb_that_stands_twice_is_not_read_once(make_world: Callable[..., Any]) -> None:
    world = make_world(
        {"states": STATES, "borders": BORDERS},
        links=[("borders", "state_name", "states", "state_name"),
               ("borders", "border", "states", "state_name")],
    )  # fmt: skip
    assert world.ask("which states border states that border c").missing is not None


GAMES = """
select * from (values
  ('Hop', 'Wii', 'Sega', 2006, 'Jul', 1.5), ('Run', 'Wii', 'Sega', 2008, 'Jan', 2.5),
  ('Run', 'DS', 'Sega', 2008, 'Mar', 4.0), ('Dig', 'DS', 'Atari', 2005, 'Apr', 0.5),
  ('Fly', 'DS', 'Atari', 2006, 'Jul', 1.0), ('Row', 'DS', 'Atari', 2006, 'Jan', 3.0)
) t(game_title, platform, publisher, year, month, sales)
"""


@pytest.fixture(scope="module")
def games(make_world: Callable[..., Any]) -> Any:
    return make_world({"releases": GAMES})


def test_things_of_which_few_stand_twice_are_counted_where_rows_give_the_same(games: Any) -> None:
    assert sorted(games.ask("number of games by platform").rows) == [("DS", 4), ("Wii", 2)]


def test_things_and_rows_are_both_shown_where_their_numbers_differ(games: Any) -> None:
    asked = games.ask("how many games does Sega have")
    assert [option.preview for option in asked.clarification.options] == ["2", "3"]


def test_rows_are_counted_for_each_group_of_the_one_table(games: Any) -> None:
    assert games.ask("number of rows by publisher").rows == [("Atari", 3), ("Sega", 3)]
    assert games.ask("which platform has the most records").rows == [("DS",)]


def test_years_and_months_stand_in_their_order(games: Any) -> None:
    assert [row[0] for row in games.ask("total sales by year").rows] == [2005, 2006, 2008]
    assert [row[0] for row in games.ask("total sales by month").rows] == [
        "Jan",
        "Mar",
        "Apr",
        "Jul",
    ]


@pytest.mark.parametrize(
    ("question", "offered"),
    [
        ("sega market dominance", "how many releases are there where publisher is Sega"),
        ("what did gamers buy in 2006", "how many releases are there in 2006"),
        (
            "juicy sales for sega by platform",
            "total sales by platform where publisher is Sega",
        ),
    ],
)
def test_what_is_offered_instead_speaks_of_what_was_understood(
    question: str, offered: str, games: Any
) -> None:
    assert nearest(question, games.view())[0] == offered
