"""First questions that name no column: what is in this, and is anything wrong with it?"""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest

import dip_sdk as dip
from dip_sdk.client import Client, Session

CLEAN = "id,region,amount,day\n" + "".join(
    f"{n},{'North' if n % 2 else 'South'},{10 + n},2024-01-{n + 1:02}\n" for n in range(20)
)
MESSY = (
    CLEAN
    + "20,north ,12,2024-02-01\n21,East,-5,2099-01-01\n21,East,-5,2099-01-01\n22,East,99999,\n"
)


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with dip.Client(planner="rules") as client:
        yield client


def session(client: Client, **tables: str) -> Session:
    session = client.session()
    for name, text in tables.items():
        session.upload(io.BytesIO(text.encode()), name=f"{name}.csv")
    return session


@pytest.mark.parametrize(
    "question",
    ["What is in this?", "what's in the data", "Describe this table.", "overview", "summary of it"],
)
def test_what_is_in_it_is_told_column_by_column(client: Client, question: str) -> None:
    with session(client, sales=CLEAN) as asked:
        answer = asked.query(question)
    assert answer.status == "answered"
    assert answer.explanation.startswith("sales from sales.csv has 20 rows and 4 columns")
    assert [row[0] for row in answer.preview] == ["id", "region", "amount", "day"]
    region = answer.preview[1]
    assert region[1:5] == ("text", 20, 0, 2)
    assert answer.preview[3][5:7] == ("2024-01-01", "2024-01-20")
    assert not answer.checks


@pytest.mark.parametrize(
    "question",
    [
        "Is anything wrong with this data?", "what is wrong with it", "check the data",
        "data quality report", "are there any problems in the data?", "can I trust this?",
    ],
)  # fmt: skip
def test_what_looks_wrong_is_listed_the_worst_first(client: Client, question: str) -> None:
    with session(client, sales=MESSY) as asked:
        answer = asked.query(question)
    found = {(row[0], row[1]): row[2] for row in answer.preview}
    assert found == {
        ("exact copies of other rows", ""): 1,
        ("spelt in several ways (case, spaces)", "region"): 1,
        ("days that are still to come", "day"): 2,
        ("missing values", "day"): 1,
        ("far from all other values", "amount"): 1,
    } | {key: rows for key, rows in found.items() if key[0].startswith("negative")}
    assert answer.preview[0][0] == "exact copies of other rows"
    assert answer.explanation.startswith(f"{len(found)} things in sales are worth a look: exact")


def test_clean_data_are_not_suspected(client: Client) -> None:
    with session(client, sales=CLEAN) as asked:
        answer = asked.query("is anything wrong with this?")
    assert answer.row_count == 0
    assert answer.explanation == "Nothing looks wrong in the 20 rows of sales."


def test_a_key_that_leads_nowhere_is_found(client: Client) -> None:
    orders = "id,customer_id\n" + "".join(f"{n},{n % 9 + 1}\n" for n in range(40)) + "41,77\n"
    customers = "id,name\n" + "".join(f"{n},Name {n}\n" for n in range(1, 10))
    with session(client, orders=orders, customers=customers) as asked:
        answer = asked.query("is anything wrong with orders?")
    assert ("no match in customers", "customer_id", 1, "77") in answer.preview


def test_a_table_may_be_named(client: Client) -> None:
    with session(client, small="a,b\n1,x\n", sales=CLEAN) as asked:
        assert asked.query("what is in small?").row_count == 2
        answer = asked.query("what is in this?")
    assert answer.row_count == 4
    assert "The other tables: small." in answer.explanation


def test_the_report_is_computed_again_from_its_plan(client: Client) -> None:
    with session(client, sales=MESSY) as asked:
        assert asked.query("check the data").replay()[1].same


def test_a_question_that_names_columns_is_no_first_question(client: Client) -> None:
    with session(client, sales=CLEAN) as asked:
        assert asked.query("total amount by region").row_count == 2
