"""Tables of people: their names, women and men, what is common among them, one against another."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

STAFF = """
select * from (values
  ('Ann', 'Lee', 'F', 30, 5.0, 'Data Engineer', 'Remote', date '2024-01-10'),
  ('Bo', 'Ray', 'M', 40, 9.0, 'Data Engineer', 'Office', date '2024-01-20'),
  ('Cy', 'Day', 'F', 50, 7.0, 'Analyst', 'Remote', date '2024-02-05')
) t(first_name, last_name, gender, age, salary, job_title, work_setting, joined)
"""


@pytest.fixture(scope="module")
def staff(make_world: Callable[..., Any]) -> Any:
    return make_world({"staff": STAFF})


@pytest.mark.parametrize("names", ["names", "full names", "first and last names"])
def test_names_of_people_are_first_and_last(names: str, staff: Any) -> None:
    asked = staff.ask(f"{names} of staff older than 35")
    assert asked.rows == [("Bo", "Ray"), ("Cy", "Day")]


def test_first_names_alone_are_asked_for_as_such(staff: Any) -> None:
    assert staff.ask("list first names").rows == [("Ann",), ("Bo",), ("Cy",)]


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("how many women are there", 2),
        ("how many men are there", 1),
        ("average salary of women", 6),
        ("average age of non women", 40),
        ("how many people are older than 35", 2),
        ("average age of people with salary above 6", 45),
        ("how many data engineers are there", 2),
        ("what is the most common job title", "Data Engineer"),
        ("which job title is least common", "Analyst"),
    ],
)
def test_people_are_told_by_what_they_are(question: str, value: object, staff: Any) -> None:
    assert staff.ask(question).value == value


@pytest.mark.parametrize(
    "question",
    [
        "average salary of women vs men",
        "compare the average salary of women and men",
        "average salary between women and men",
    ],
)
def test_one_against_the_other_is_a_group_for_each(question: str, staff: Any) -> None:
    assert sorted(staff.ask(question).rows) == [("F", 6.0), ("M", 9.0)]


@pytest.mark.parametrize("question", ["compare the average salary", "compare salary"])
def test_a_comparison_that_does_not_say_with_what_is_not_guessed(question: str, staff: Any) -> None:
    assert staff.ask(question).missing is not None


@pytest.mark.parametrize(
    "question", ["top 2 highest salaries", "the 2 highest salaries", "top 2 salaries"]
)
def test_the_highest_of_a_column_are_the_rows_that_hold_them(question: str, staff: Any) -> None:
    found = [(row[0], row[4]) for row in staff.ask(question).rows]
    assert found == [("Bo", Decimal(9)), ("Cy", Decimal(7))]


def test_the_lowest_of_a_column_come_in_their_order(staff: Any) -> None:
    assert [row[0] for row in staff.ask("the 2 lowest ages").rows] == ["Ann", "Bo"]


@pytest.mark.parametrize("question", ["top 2 lowest salaries", "top 2"])
def test_a_top_that_contradicts_itself_is_not_guessed(question: str, staff: Any) -> None:
    assert staff.ask(question).missing is not None


def test_month_by_month_is_a_group_and_no_follow_up_of_another_question(staff: Any) -> None:
    asked = staff.ask("number of staff month by month", history=["average salary of women"])
    assert [row[1] for row in asked.rows] == [2, 1]


@pytest.mark.parametrize("question", ["how much did engineers earn", "number of staff per floor"])
def test_what_begins_like_a_question_of_its_own_changes_no_other(question: str, staff: Any) -> None:
    assert staff.ask(question, history=["average salary of women"]).missing is not None


def test_a_follow_up_may_name_two_values_where_one_stood(staff: Any) -> None:
    history = ["average age of women"]
    assert staff.ask("women and men", history=history).value == 40
    assert staff.ask("remote vs office", history=history).rows == [("Remote", 40.0)]


def test_people_in_a_word_are_persons(make_world: Callable[..., Any]) -> None:
    sellers = make_world({"salespersons": "select * from (values (1, 'Ann'), (2, 'Bo')) t(id, n)"})
    assert sellers.ask("how many salespeople are there").value == 2


def test_the_most_common_of_a_table_of_kinds_stands_in_most_rows_that_refer_to_it(
    make_world: Callable[..., Any],
) -> None:
    sold = (
        "select * from (values (1, 'N', 2.0), (2, 'S', 3.0), (3, 'N', 1.0)) t(id, region, amount)"
    )
    kinds = "select * from (values ('N', 'Ada'), ('S', 'Bo')) t(region, manager)"
    links = [("sales", "region", "regions", "region")]
    world = make_world({"sales": sold, "regions": kinds}, links=links)
    assert world.ask("what is the most common region").value == "N"
