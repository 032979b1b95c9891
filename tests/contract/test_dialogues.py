"""Dialogues of three turns: what changes the question before, and what begins anew.

What is expected is computed by plain DuckDB over the same rows.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb
import pytest

import dip_sdk
from dip_sdk.client import Result, Session

DEMO = files("dip_sdk") / "data"
PRODUCTS, REGIONS = ("Desk", "Chair", "Lamp", "Shelf"), ("North", "South", "East", "West")
SALES = f"""
select 100 + i as order_id,
  (array['Ada', 'Ben', 'Cleo', 'Dan', 'Eve'])[1 + (i * 7) % 5] as customer,
  (array{list(REGIONS)})[1 + (i * 3 + i // 7) % 4] as region,
  (array{list(PRODUCTS)})[1 + (i * 5 + i // 9) % 4] as product,
  date '2023-01-04' + (i * 11) % 720 as ordered,
  round(40 + (i * 137.5) % 900, 2) as amount,
  round(20 + (i * 61.25) % 400, 2) as cost,
  1 + (i * 3) % 8 as quantity
from (select cast(range as integer) as i from range(90)) as made
"""


PARCELS = """
select 500 + i as parcel, date '2023-03-01' + (i * 5) % 90 as sent,
  date '2023-03-04' + (i * 5) % 90 + (i * 7) % 30 as arrived, 1 + (i * 3) % 11 as weight
from (select cast(range as integer) as i from range(40)) as made
"""
PENGUINS = f"""
select * replace (coalesce(sex, 'NA') as sex)
from read_csv('{DEMO}/penguins.csv', nullstr='NA')
"""
"""The file says NA for what is missing; of a text it may be a value."""
FILES = {
    "penguins": "penguins.csv",
    "weather": "weather.ndjson",
    "flights": "flights.parquet",
}


@dataclass(frozen=True)
class Turn:
    """What is asked, and what should come of it."""

    question: str
    sql: str = ""
    ordered: bool = False
    mark: str = ""
    status: str = "answered"


def dialogues() -> list[list[Turn]]:
    """The dialogues of the file beside this module."""
    text = Path(__file__).with_name("dialogues.txt").read_text(encoding="utf8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    parts = "\n".join(lines).strip().split("\n\n")
    return [
        [_turn(turn) for turn in re.split(r"^> ", part.strip(), flags=re.MULTILINE)[1:]]
        for part in parts
    ]


def _turn(told: str) -> Turn:
    question, *rest = told.strip().splitlines()
    said = {line.split(" ", 1)[0]: line.split(" ", 1)[1].strip() for line in rest}
    return Turn(
        question,
        sql=said.get("=", said.get("=~", "")),
        ordered="=~" in said,
        mark=said.get("!", ""),
        status=said.get("?", "answered"),
    )


DIALOGUES = dialogues()


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(f"create table sales as {SALES}")
        connection.execute(f"create table parcels as {PARCELS}")
        connection.execute(f"create table penguins as {PENGUINS}")
        connection.execute(f"create table weather as from read_json('{DEMO}/weather.ndjson')")
        connection.execute(f"create table flights as from '{DEMO}/flights.parquet'")
        yield connection


@pytest.fixture(scope="module")
def made(
    plain: duckdb.DuckDBPyConnection, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """Table -> its file."""
    folder = tmp_path_factory.mktemp("tables")
    for table in ("sales", "parcels"):
        plain.execute(f"copy {table} to '{folder}/{table}.csv'")
    ours = {table: f"{folder}/{table}.csv" for table in ("sales", "parcels")}
    return ours | {table: str(DEMO / name) for table, name in FILES.items()}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dip_sdk.Client]:
    with dip_sdk.Client(planner="rules", workdir=tmp_path_factory.mktemp("work")) as client:
        yield client


def test_there_are_at_least_sixty_dialogues_of_three_turns() -> None:
    assert len(DIALOGUES) >= 60
    assert {len(turns) for turns in DIALOGUES} == {3}


@pytest.mark.slow
@pytest.mark.parametrize("turns", DIALOGUES, ids=lambda turns: turns[0].question)
def test_each_turn_answers_what_was_meant(
    turns: list[Turn],
    client: dip_sdk.Client,
    made: dict[str, str],
    plain: duckdb.DuckDBPyConnection,
) -> None:
    with client.session() as session:
        session.upload(*(made[table] for table in tables_of(turns)))
        for turn in turns:
            check(turn, session, plain)


def tables_of(turns: list[Turn]) -> list[str]:
    """The tables that a dialogue is about, each once."""
    named = [name for turn in turns for name in re.findall(r"from (\w+)", turn.sql)]
    return list(dict.fromkeys(named))


def check(turn: Turn, session: Session, plain: duckdb.DuckDBPyConnection) -> None:
    result = session.query(turn.question)
    assert result.status == turn.status, (turn.question, result.explanation, result.missing)
    if turn.sql:
        expected = plain.execute(turn.sql).fetchall()
        assert rows(result, ordered=turn.ordered) == told(expected, ordered=turn.ordered), turn
    if turn.mark:
        assert result.plan.chart is not None
        assert result.plan.chart.mark == turn.mark


def rows(result: Result, *, ordered: bool) -> list[tuple[str, ...]]:
    return told([row for page in result.pages() for row in page.rows], ordered=ordered)


def told(found: Any, *, ordered: bool) -> list[tuple[str, ...]]:
    """Rows as text, numbers to nine digits."""
    texts = [tuple(_cell(cell) for cell in row) for row in found]
    return texts if ordered else sorted(texts)


def _cell(cell: object) -> str:
    try:
        number = float(str(cell))
    except ValueError:
        return str(cell)
    return "" if math.isnan(number) else f"{number:.9g}"
