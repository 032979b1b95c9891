"""Rows by their place in the table, the only one of its kind, and one of the few that are named."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

RUNNERS = """
select * from (values
  ('Ada Low', 'Peru', 171, 'F. Marsh'), ('Bo Finn', 'Chile', 180, 'Kit'),
  ('Cy Ray', 'Peru', 176, 'Kit'), ('Dee Roe', 'Cuba', 169, 'Tern')
) t(runner, country, height, club)
"""
RACES = """
select (array['Ada Low', 'Bo Finn', 'Bo Finn', 'Cy Ray'])[1 + i % 4] as runner, i as race_id
from range(8) t(i)
"""


@pytest.fixture(scope="module")
def club(make_world: Callable[..., Any]) -> Any:
    return make_world(
        {"runners": RUNNERS, "races": RACES}, [("races", "runner", "runners", "runner")]
    )


@pytest.fixture(scope="module")
def runners(make_world: Callable[..., Any]) -> Any:
    return make_world({"runners": RUNNERS})


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("who is the first runner on the list", "Ada Low"),
        ("which runner is listed last", "Dee Roe"),
        ("which country is at the bottom of the table", "Cuba"),
        ("which runner is at the top of this chart", "Ada Low"),
        ("who is the next runner listed after Bo Finn", "Cy Ray"),
        ("who is listed directly before Bo Finn", "Ada Low"),
        ("which is the previous runner before Dee Roe", "Cy Ray"),
        ("how many runners are listed after Bo Finn", 2),
        ("who is the next height after Bo Finn", "Cy Ray"),
    ],
)
def test_a_place_in_the_table_is_told_by_the_order_of_its_rows(
    question: str, answer: str | int, runners: Any
) -> None:
    assert runners.ask(question).value == answer


@pytest.mark.parametrize(
    "question",
    [
        "who ran after Bo Finn",
        "first runner",
        "who is listed after the tallest runner",
        "what is the country listed for the last runner",
    ],
)
def test_first_and_after_without_a_list_are_not_taken_for_places(
    question: str, runners: Any
) -> None:
    assert runners.ask(question).missing is not None


def test_a_place_beside_a_cell_that_stands_twice_has_no_answer(
    make_world: Callable[..., Any],
) -> None:
    import duckdb

    with pytest.raises(duckdb.InvalidInputException, match="More than one row"):
        make_world({"runners": RUNNERS}).ask("which runner is listed after Peru")


def test_the_only_one_is_answered_where_there_is_one(runners: Any) -> None:
    assert runners.ask("who is the only runner from Chile").value == "Bo Finn"
    assert "only one" in runners.ask("who is the only runner from Peru").missing.message


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("who is taller, Ada Low or Cy Ray?", "Cy Ray"),
        ("which runner is shorter: Bo Finn or Dee Roe", "Dee Roe"),
        ("who has a higher height, Ada Low or Dee Roe", "Ada Low"),
        ("who has more races, Ada Low or Bo Finn?", "Bo Finn"),
    ],
)
def test_one_of_the_few_that_are_named_is_told(question: str, answer: str, club: Any) -> None:
    assert club.ask(question).value == answer


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("which country appears most often", "Peru"),
        ("which club is listed the most", "Kit"),
        ("how many times does Kit appear in this list", 2),
    ],
)
def test_how_often_something_appears_is_told_by_its_rows(
    question: str, answer: str | int, runners: Any
) -> None:
    assert runners.ask(question).value == answer


def test_things_may_be_all_but_those_that_a_question_finds(club: Any) -> None:
    asked = club.ask("show the runners except the runner with the most races")
    assert [row[0] for row in asked.rows] == ["Ada Low", "Cy Ray", "Dee Roe"]


def test_a_comparative_alone_is_no_superlative(club: Any) -> None:
    assert club.ask("who is taller").missing is not None
