"""Days that come again, codes of states, types told head first, and things that others lack."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

GUESTS = """
select * from (values
  (1, 'Ada Lund', 'NY', 'guide'), (2, 'Ben Roe', 'CA', 'guide'), (3, 'Cy Holt', 'NY', 'cook')
) t(guest_id, full_name, home_state, work_type)
"""
TREATMENTS = """
select * from (values
  (10, 1, date '2023-02-04', 30), (11, 1, date '2023-02-06', 40), (12, 2, date '2024-02-11', 50),
  (13, 2, date '2024-03-01', 60)
) t(treatment_id, guest_id, day, price)
"""


@pytest.fixture(scope="module")
def spa(make_world: Callable[..., Any]) -> Any:
    links = [("treatments", "guest_id", "guests", "guest_id")]
    return make_world({"guests": GUESTS, "treatments": TREATMENTS}, links=links)


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("how many treatments were there on weekends", 2),
        ("how many treatments on weekdays", 2),
        ("total price on Mondays and Fridays", 100),
        ("total price in February", 120),
        ("total price in February or March", 180),
        ("total price in February 2024", 50),
        ("how many treatments between Feb 1, 2023 and Feb 28, 2023 (inclusive)", 2),
        ("how many guests from New York", 2),
        ("how many guests are not from California", 2),
    ],
)
def test_a_value_of_such_days_or_places(question: str, value: float, spa: Any) -> None:
    assert spa.ask(question).value == value


def test_that_a_month_of_any_year_was_meant_is_said(spa: Any) -> None:
    assert spa.ask("total price in February").answer.reading.period == "in February of any year"


@pytest.mark.parametrize(
    "question",
    [
        "which guests have not been included in any treatments",
        "guests that have not used any treatments yet",
        "guests that had no treatment so far",
        "which guests have never been scheduled for a treatment",
    ],
)
def test_what_others_have_and_these_lack(question: str, spa: Any) -> None:
    (found,) = spa.ask(question).rows
    assert "Cy Holt" in found


def test_a_column_may_be_named_by_its_head_first(spa: Any) -> None:
    assert sorted(spa.ask("number of guests by type of work").rows) == [("cook", 1), ("guide", 2)]


def test_weekdays_go_from_monday_to_sunday(spa: Any) -> None:
    found = [row[0] for row in spa.ask("total price by weekday").rows]
    assert found == ["Monday", "Friday", "Saturday", "Sunday"]


@pytest.mark.parametrize("question", ["total price by May", "total price March", "price Mondays"])
def test_words_of_the_calendar_say_nothing_without_a_preposition(question: str, spa: Any) -> None:
    assert spa.ask(question).missing is not None


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("how many treatments have a price above 55 or below 35", 2),
        ("how many guests are from New York or work as a guide", None),
        ("how many guests are from New York or have work type guide", 3),
        ("how many treatments have a price above 55 or were in February 2024", 2),
        ("how many treatments have a price above 55 or in February 2024", 2),
    ],
)
def test_one_filter_or_another(question: str, value: int | None, spa: Any) -> None:
    asked = spa.ask(question)
    if value is None:
        assert asked.missing is not None
    else:
        assert asked.value == value


@pytest.mark.parametrize(
    "question",
    [
        "how many treatments on weekends have a price above 55 or below 35",
        "how many guests are from New York or have treatments above 50",
    ],
)
def test_an_or_that_may_reach_further_is_not_guessed(question: str, spa: Any) -> None:
    assert spa.ask(question).missing is not None
