"""Verified questions, chosen readings and named joins in a real session."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import dip_sdk as dip
from dip_sdk.client import Session

SALES = "customer,region,amount\n1,North,20\n1,South,41\n2,North,5\n"
PEOPLE = "id,name\n1,Ada\n2,Ben\n3,Cyd\n"


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    (tmp_path / "sales.csv").write_text(SALES)
    (tmp_path / "people.csv").write_text(PEOPLE)
    (tmp_path / "dip.yml").write_text(
        "joins: [sales.customer = people.id]\n"
        "verified:\n"
        "  - question: How much up north?\n"
        "    name: north\n"
        "    sql: SELECT sum(amount) AS total FROM sales WHERE region = 'North'\n"
        "  - question: How many sales are there?\n"
        "    sql: SELECT count(gone) FROM sales\n"
        "  - question: delete everything\n"
        "    sql: DROP TABLE sales\n"
    )
    with dip.Client(workdir=tmp_path / "work") as client:
        session = client.session()
        session.upload(tmp_path / "sales.csv", tmp_path / "people.csv")
        yield session


def test_a_question_of_the_same_words_is_answered_as_verified(session: Session) -> None:
    answer = session.query("how much up north")
    assert answer.value == 25
    assert answer.planner == "verified"
    assert [check.message for check in answer.checks if check.code == "verified"] == [
        "Verified as 'north'."
    ]
    assert answer.replay()[1].same


def test_a_verified_answer_that_no_longer_runs_is_told_and_answered_anew(session: Session) -> None:
    answer = session.query("How many sales are there?")
    assert (answer.value, answer.planner) == (3, "rules")
    (told,) = [check for check in answer.checks if check.code == "verified_outdated"]
    assert "gone" in told.message


def test_a_verified_statement_passes_the_same_guard(session: Session) -> None:
    answer = session.query("delete everything")
    assert answer.status == "cannot_answer"
    assert {"sales", "people"} == {table.name for table in session.tables()}
    assert any(check.code == "verified_outdated" for check in answer.checks)


def test_a_named_join_is_a_link_with_its_unique_side_on_the_right(session: Session) -> None:
    (link,) = session.links()
    assert (link.left_table, link.left_column) == ("sales", "customer")
    assert (link.right_table, link.right_column, link.right_unique) == ("people", "id", True)
    assert link.overlap == 1.0


def test_a_join_over_tables_that_are_not_there_is_no_link(session: Session) -> None:
    session.define({"joins": ["sales.customer = nowhere.id", "sales.gone = people.id"]})
    assert len(session.links()) == 1


def test_a_chosen_reading_is_kept_for_the_same_question(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text("ordered,shipped,amount\n2024-01-05,2024-02-01,3\n")
    with dip.Client(workdir=tmp_path / "work") as client:
        session = client.session("kept")
        session.upload(tmp_path / "orders.csv")
        asked = session.query("total amount by month")
        assert asked.clarification is not None
        chosen = session.choose(asked, 1)
    with dip.Client(workdir=tmp_path / "work") as client:
        again = client.session("kept").query("Total amount by month?")
        assert (again.status, again.page().rows) == ("answered", chosen.preview)
        (told,) = [check for check in again.checks if check.code == "chosen_before"]
        assert asked.clarification.options[1].label in told.message
