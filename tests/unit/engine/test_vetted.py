"""Questions that a planner offers are shown only where the data can bear them."""

from __future__ import annotations

import pytest

from dip_sdk.engine.planner.base import Past, View
from dip_sdk.engine.vetted import vetted
from dip_sdk.types.dataset import Distinct, Parsed, Table, TableColumn
from dip_sdk.types.glossary import Glossary
from dip_sdk.types.plan import Plan

ORDERS = Table(
    name="orders", dataset_id="d", source="orders.csv", rows=9, fingerprint="f", path="", inner="t",
    parsed=Parsed(format="csv"),
    columns=(
        TableColumn(name="unit_price", type="double"),
        TableColumn(name="shop", type="text", label="Shop's town"),
    ),
)  # fmt: skip
ASKED = Past(question="Which shop is best?", plan=Plan(question="q", planner="claude", steps=()))


def values(table: str, column: str) -> Distinct:
    return Distinct(table=table, column=column, values=(("New York", 5),), complete=True)


VIEW = View(
    tables=(ORDERS,),
    history=(ASKED,),
    distinct=values,
    glossary=Glossary(synonyms={"unit_price": ("cost",)}),
)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("How do orders grow by month?", True),
        ("What is the average unit price?", True),
        ("What is the average unit_price?", True),
        ("What is the average unit_margin of orders?", False),
        ('Which orders have a "Discount"?', False),
        ('How many orders are of "new york"?', True),
        ("Which town is it?", True),
        ("Where are costs highest?", True),
        ("What will the weather be?", False),
        ("which shops is best", False),
        ("What is asked now?", False),
    ],
)
def test_a_question_is_kept_where_what_it_names_is_there(text: str, kept: bool) -> None:
    found = vetted([text], "what is asked now", VIEW, lambda text: False)
    assert found == ((text,) if kept else ())


def test_what_the_rules_can_answer_is_kept_whatever_it_names() -> None:
    assert vetted(["a?", "A"], "q", VIEW, lambda text: True) == ("a?",)
