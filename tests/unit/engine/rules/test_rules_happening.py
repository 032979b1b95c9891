"""Verbs that say when things came to be, and rows called after what names them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

ALBUMS = """
select * from (values
  ('Blue', 'Joni', 1971, 2.5, 1.0), ('Hejira', 'Joni', 1976, 1.5, 0.5),
  ('Horses', 'Patti', 1975, 1.0, 2.0), ('Easter', 'Patti', 1978, 3.0, 1.5)
) t(album_title, artist, year, europe, japan)
"""
STAFF = """
select * from (values
  ('Ann', date '1980-02-01', date '2008-05-01'), ('Bo', date '1990-03-01', date '2008-07-01'),
  ('Cy', date '2008-01-01', date '2020-01-01')
) t(name, birth_date, hire_date)
"""
VISITS = """
select * from (values ('Ann', 2008, 3), ('Ann', 2009, 4), ('Bo', 2008, 1), ('Bo', 2009, 2))
t(name, year, visits)
"""


@pytest.fixture(scope="module")
def albums(make_world: Callable[..., Any]) -> Any:
    return make_world({"album_sales": ALBUMS})


@pytest.fixture(scope="module")
def staff(make_world: Callable[..., Any]) -> Any:
    return make_world({"staff": STAFF})


@pytest.mark.parametrize(
    ("question", "count"),
    [
        ("how many albums were released in 1975", 1),
        ("how many albums came out before 1976", 2),
        ("number of albums published after 1975", 2),
    ],
)
def test_how_things_began_is_told_by_their_year(question: str, count: int, albums: Any) -> None:
    assert albums.ask(question).value == count


def test_things_that_began_are_counted_by_year(albums: Any) -> None:
    asked = albums.ask("number of albums released per year")
    assert asked.rows == [(1971, 1), (1975, 1), (1976, 1), (1978, 1)]


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("names of staff hired in 2008", ["Ann", "Bo"]),
        ("names of staff born in 2008", ["Cy"]),
        ("names of staff born after 1985", ["Bo", "Cy"]),
    ],
)
def test_a_verb_tells_which_of_two_dates_is_meant(
    question: str, names: list[str], staff: Any
) -> None:
    assert sorted(row[0] for row in staff.ask(question).rows) == names


def test_a_year_in_which_things_are_counted_again_tells_nothing_of_how_they_began(
    make_world: Callable[..., Any],
) -> None:
    visits = make_world({"visits": VISITS})
    assert visits.ask("names released in 2008").missing is not None
    assert visits.ask("how many names were born in 2008").missing is not None


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("total sales in europe", 8.0),
        ("total japan sales", 5.0),
        ("average europe sales of albums by Joni", 2.0),
        ("total sales in japan of albums released after 1975", 2.0),
    ],
)
def test_columns_of_places_are_what_their_table_measures(
    question: str, value: float, albums: Any
) -> None:
    assert albums.ask(question).value == value
