"""Hostile statements, written from what the engine can do: every one is refused, and quickly."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from dip_sdk.engine.guard import RULES, Guard
from dip_sdk.types.dataset import Parsed, Table, TableColumn
from dip_sdk.types.errors import PlanRejected

MADE = {"earlier": ["region", "total", "n"]}
SALES = ["id", "region", "amount", "ordered", "shipped", "customer_id", "tags"]


def hostile() -> list[str]:
    text = Path(__file__).with_name("hostile_statements.sql").read_text(encoding="utf-8")
    notes = [note for note in text.split("\n\n-- ") if note]
    return [line for note in notes for line in note.split("\n")[1:] if line]


def table(name: str, columns: list[str]) -> Table:
    return Table(
        name=name, dataset_id="d", source="s", rows=1, inner="i", path="p", fingerprint="f",
        columns=tuple(TableColumn(name=column, type="text") for column in columns),
        parsed=Parsed(format="csv"),
    )  # fmt: skip


@pytest.fixture(scope="module")
def guard() -> Guard:
    return Guard([table("sales", SALES), table("customers", ["id", "name", "city"])])


def test_the_corpus_is_large():
    assert len(set(hostile())) == len(hostile()) >= 590


@pytest.mark.parametrize("sql", hostile())
def test_a_hostile_statement_is_refused(guard: Guard, sql: str):
    with pytest.raises(PlanRejected) as caught:
        guard.check(sql, run="run1", made=MADE, params={"region": "North"})
    assert caught.value.rule in RULES


@pytest.mark.parametrize("sql", hostile())
def test_it_is_refused_in_disguise(guard: Guard, sql: str):
    """In other letters, after a comment, over lines, with what some editors put around it."""
    for disguised in (
        sql.upper(), f"/* select 1 */ {sql}", sql.replace(" ", "\n\t"), f"  {sql} ;; ",
        f"\ufeff{sql}", sql.replace(" ", "--\n"), sql.replace(" ", "\u00a0"),
    ):  # fmt: skip
        with pytest.raises(PlanRejected):
            guard.check(disguised, run="run1", made=MADE, params={"region": "North"})


BOMBS = {
    "parentheses": "select " + "(" * 9_000 + "1" + ")" * 9_000,
    "open parentheses": "select " + "(" * 19_000,
    "brackets": "select " + "[" * 9_000 + "]" * 9_000,
    "subscripts": "select a" + "[1]" * 6_000,
    "many subscripts": "select " + ", ".join(["a[1][1][1][1][1][1][1][1]"] * 700),
    "or": "select 1 where " + " or ".join(["a"] * 3_900),
    "sum": "select " + "+".join(["1"] * 9_900),
    "not": "select " + "not " * 4_900 + "1",
    "minus": "select " + "- " * 9_000 + "1",
    "tilde": "select " + "~ " * 9_900 + "1",
    "case": "select " + "case when 1 then " * 1_000 + "1",
    "casts": "select 1" + "::int" * 3_900,
    "dots": "select a" + ".b" * 9_900,
    "arrows": "select a" + "->'b'" * 3_900,
    "powers": "select " + "^".join(["1"] * 9_900),
    "comparisons": "select " + "<".join(["1"] * 9_900),
    "joins": "select * from sales" + " join sales" * 1_700 + " on true" * 10,
    "few joins": "select * from sales" + " join sales" * 30 + " on true" * 30,
    "lateral joins": "select * from sales" + " join lateral (select 1)" * 60,
    "joins in brackets": "select * from " + "(sales join " * 60 + "nothing" + ")" * 60,
    "unions": "select 1" + " union select 1" * 1_200,
    "from": "from " * 3_900 + "sales",
    "interval": "select " + "interval " * 2_100 + "1",
    "between": "select a" + " between a and a" * 1_200,
    "subqueries": "select * from " + "(select * from " * 1_200 + "sales" + ")" * 1_200,
    "functions": "select " + "abs(" * 4_000 + "1" + ")" * 4_000,
    "lambdas": "select " + "list_transform([1], lambda x: " * 600 + "1" + ")" * 600,
    "structs": "select " + "{'a': " * 2_000 + "1" + "}" * 2_000,
    "sorts": "select " + "percentile_cont(1) within group (order by " * 60 + "1" + ")" * 60,
    "joins after END": "select * from sales" + " join end" * 40,
    "natural joins": "select 1 from sales join customers on" + " join natural" * 40,
    "quotes": "select " + "'" * 19_001,
    "comments": "select " + "/*" * 9_900,
    "semicolons": ";" * 19_999,
    "commas": "select " + "," * 19_000,
    "dollars": "select " + "$" * 19_000,
    "names": "select " + ", ".join(f"nothing{i}" for i in range(1_300)) + " from sales",
    "long": "select '" + "x" * 50_000_000 + "'",
    "list": "select id in (" + ",".join(["1"] * 100_000) + ") from sales",
    "with": "with " + ", ".join(f"c{i} as (from c{i + 1})" for i in range(700)) + " from c0",
}


@pytest.mark.parametrize("sql", BOMBS.values(), ids=BOMBS)
def test_a_bomb_is_refused_at_once(guard: Guard, sql: str):
    with pytest.raises(PlanRejected):
        guard.check(sql)
    fastest = min(seconds(guard, sql) for _ in range(3))
    assert fastest < 0.1


ENDLESS = {
    "if": "select " + "- if " * 40 + "1",
    "limits": "select " + "list(id limit " * 40 + "1" + ")" * 40 + " from sales",
    "counts": "select id from sales limit " + "(select 1 limit " * 40 + "1" + ")" * 40,
}
"""Each would keep the parser busy for longer than anybody lives."""


@pytest.mark.parametrize(
    "sql",
    [
        ENDLESS["if"],
        pytest.param(ENDLESS["limits"], marks=pytest.mark.slow),
        pytest.param(ENDLESS["counts"], marks=pytest.mark.slow),
    ],
    ids=ENDLESS,
)
def test_what_would_never_end_is_refused_in_seconds(guard: Guard, sql: str):
    start = time.monotonic()
    with pytest.raises(PlanRejected) as caught:
        guard.check(sql)
    assert caught.value.rule == "too_deep"
    assert time.monotonic() - start < 10


def seconds(guard: Guard, sql: str) -> float:
    start = time.process_time()
    with pytest.raises(PlanRejected):
        guard.check(sql)
    return time.process_time() - start
