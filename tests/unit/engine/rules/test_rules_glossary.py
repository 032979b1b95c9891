"""The users' own words are known to the rules, and go before what they would guess."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest

import dip_sdk as dip
from dip_sdk.client import Session

SALES = b"region,amount,cost\nNorth,20,3\nSouth,41,5\n"


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with dip.Client(planner="rules") as client:
        session = client.session()
        session.upload(io.BytesIO(SALES), name="sales.csv")
        yield session


def test_words_nobody_explained_are_not_guessed(session: Session) -> None:
    assert session.query("total turnover by area").status == "cannot_answer"


@pytest.mark.parametrize(
    ("words", "question", "rows"),
    [
        ({"amount": "turnover"}, "total turnover", {(61,)}),
        ({"sales.amount": ["net turnover"]}, "total net turnover", {(61,)}),
        ({"region": "area"}, "total amount by area", {("North", 20), ("South", 41)}),
        ({"region.North": "up north"}, "total amount up north", {(20,)}),
        ({"sales.region.South": ["down there"]}, "total amount down there", {(41,)}),
        ({"sales": "deals"}, "how many deals are there", {(2,)}),
        ({"cost": ["amount"]}, "total amount", {(8,)}),
    ],
)
def test_a_word_of_the_glossary_stands_for_what_it_names(
    words: dict[str, object], question: str, rows: set[tuple[object, ...]]
) -> None:
    with dip.Client(planner="rules") as client:
        session = client.session()
        session.upload(io.BytesIO(SALES), name="sales.csv")
        session.define({"synonyms": words})
        answer = session.query(question)
        assert answer.status == "answered"
        assert set(answer.preview) == rows


def test_a_word_for_what_is_not_there_changes_nothing(session: Session) -> None:
    session.define({"synonyms": {"nowhere": "amount", "region.West": "out west"}})
    assert session.query("total amount").value == 61
    assert session.query("total amount out west").status == "cannot_answer"
