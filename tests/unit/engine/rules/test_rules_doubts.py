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


@pytest.mark.parametrize("question", ["total tonnes", "how many crops are there"])
def test_a_row_that_holds_a_total_is_not_added_up_again(
    question: str, make_world: Callable[..., Any]
) -> None:
    missing = make_world({"yields": YIELDS}).ask(question).missing
    assert missing is not None
    assert "total" in missing.message.lower()


def test_the_number_of_a_line_is_not_offered_to_be_added_up(
    make_world: Callable[..., Any],
) -> None:
    offered = nearest("gibberish", make_world({"trams": TRAMS}).view(), limit=9)
    assert offered
    assert not any("line" in text.split()[:2] for text in offered)
