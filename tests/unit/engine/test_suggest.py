"""What to ask next."""

from __future__ import annotations

import io

import pytest

import dip_sdk
from dip_sdk.engine.planner.base import Past, View
from dip_sdk.engine.suggest import MOST_TRIED, first_questions, suggest
from dip_sdk.types.dataset import Distinct, Parsed, Table, TableColumn
from dip_sdk.types.plan import AnswerStep, Plan, Reading
from dip_sdk.types.values import Column

MANY = 1000
VALUES = {"region": 4, "status": 3, "note": MANY, "country": 1, "genre": 9}


def table(name: str, rows: int = MANY, **columns: str) -> Table:
    shape = tuple(TableColumn(name=n, type=t) for n, t in columns.items())
    return Table(
        name=name, dataset_id="d", source=name, rows=rows, columns=shape,
        parsed=Parsed(format="csv"), fingerprint=name, path="", inner=name,
    )  # fmt: skip


def distinct(name: str, column: str) -> Distinct:
    count = VALUES.get(column, MANY)
    values = tuple((f"v{n}", 1) for n in range(min(count, 100)))
    return Distinct(table=name, column=column, values=values, complete=count <= 100)


ORDERS = table(
    "orders", order_id="integer", region="text", status="text", note="text", country="text",
    ordered="date", year="integer", amount="double", customer_age="integer",
)  # fmt: skip
SONGS = table("songs", rows=20, song_id="integer", title="text", genre="text", rating="double")


def view(*tables: Table, asked: tuple[str, ...] = ()) -> View:
    history = tuple(Past(q, Plan(question=q, planner="rules", steps=())) for q in asked)
    return View(tables or (ORDERS,), history=history, distinct=distinct)


def after(shape: str, answerable=lambda text: True, limit=3, given=None, **reading):
    reading = {"measure": "total amount", "aggregate": "sum", "sources": ("orders",), **reading}
    answer = AnswerStep(table="t", reading=Reading(shape=shape, **reading))
    columns = [Column(name="total", type="double")]
    return suggest(given or view(), answer, columns, answerable, limit)


def test_a_value_is_split_seen_over_time_and_ranked():
    assert after("value") == (
        "What is the total amount by region?",
        "What is the total amount by month?",
        "Which are the top 5 statuses by total amount?",
    )


def test_the_scope_of_the_answer_is_kept():
    found = after("value", filters=("region is North",), period="in 2024")
    assert found[0] == "What is the total amount by status for region North in 2024?"


def test_a_planner_that_cannot_follow_the_scope_is_asked_without_it():
    found = after("value", lambda text: "North" not in text, filters=("region is North",))
    assert found[0] == "What is the total amount by status?"


def test_groups_are_turned_round_and_split_by_something_else():
    found = after("groups", groups=("region",), limit=5)
    assert "What is the total amount by region?" not in found
    assert found[0] == "What is the total amount by status?"
    assert "Which region has the highest total amount?" in found
    assert "What share of the total amount does each region have?" in found


def test_the_other_end_of_a_ranking_is_offered():
    found = after("top", groups=("region",), order="descending", limit=6)
    assert "Which region has the lowest total amount?" in found


def test_a_trend_asks_for_its_peak_and_not_for_itself():
    found = after("trend", groups=("month of ordered",), limit=6)
    assert "Which month had the highest total amount?" in found
    assert "What is the total amount by quarter?" in found
    assert "What is the total amount by month?" not in found


def test_rows_lead_to_their_measures():
    found = after("rows", measure="the rows", aggregate="")
    assert found[0] == "What is the total amount by region?"


@pytest.mark.parametrize("shape", ["value", "groups", "trend", "top", "rows", "list"])
def test_only_answerable_questions_are_offered(shape):
    groups = () if shape == "value" else ("region",)
    assert after(shape, lambda text: False, groups=groups) == ()
    for text in after(shape, lambda text: "status" in text, groups=groups):
        assert "status" in text


def test_a_question_asked_before_is_not_offered_again():
    given = view(asked=("what is the Total Amount by region",))
    assert "What is the total amount by region?" not in after("value", given=given)


def test_the_planner_is_asked_a_bounded_number_of_times():
    tried: list[str] = []
    assert after("value", tried.append, filters=("region is North",), limit=50) == ()
    assert len(tried) <= MOST_TRIED


def test_first_questions_speak_of_every_table():
    found = first_questions(view(ORDERS, SONGS), lambda text: True)
    assert found == (
        "What is the total amount by region?",
        "What is the average rating by genre?",
        "What is the total amount by month?",
        "How many songs are there?",
        "How many orders are there?",
        "Which genre has the highest average rating?",
    )


def test_first_questions_split_by_columns_of_few_values_only():
    found = " ".join(first_questions(view(), lambda text: True, limit=20))
    for unfit in ("note", "country", "order id", "total year"):
        assert unfit not in found


def test_a_table_without_numbers_is_counted():
    people = table("people", region="text", note="text")
    found = first_questions(view(people), lambda text: True)
    assert found[0] == "What is the number of people by region?"


def test_an_answer_without_known_tables_falls_back_to_first_questions():
    assert after("value", sources=()) == first_questions(view(), lambda text: True, 3)


def test_no_tables_no_questions():
    assert first_questions(View(()), lambda text: True) == ()


def test_a_suggestion_that_cannot_be_looked_at_costs_no_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_: object) -> bool:
        raise RuntimeError("a fault of ours")

    with dip_sdk.Client(planner="rules") as client:
        session = client.session()
        session.upload(io.BytesIO(b"region,amount\nNorth,20\nSouth,3\n"), name="sales.csv")
        assert session.query("total amount by region").suggestions
        monkeypatch.setattr("dip_sdk.engine.planner.rules.answerable", broken)
        answer = session.query("total amount")
    assert (answer.value, answer.suggestions) == (23, ())
