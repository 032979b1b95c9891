"""Statements made by a grammar: whatever the guard accepts does nothing but read the tables.

Accepted statements run on a database with nothing locked, in a folder with a secret file, so that
the guard alone stands between them and it.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dip_sdk.engine.guard import RULES, Guard
from dip_sdk.types.dataset import Parsed, Table, TableColumn
from dip_sdk.types.errors import PlanRejected

SECRET = "canary-4711"
COLUMNS = ["id", "region", "amount", "tags", "attrs"]
SALES = Table(
    name="sales", dataset_id="d", source="s", rows=1, inner="i", path="p", fingerprint="f",
    columns=tuple(TableColumn(name=column, type="text") for column in COLUMNS),
    parsed=Parsed(format="csv"),
)  # fmt: skip

NAMES = sorted(
    name
    for (name,) in duckdb.sql("select distinct function_name from duckdb_functions()").fetchall()
    if name.isidentifier() and not name.startswith("icu_collate") and "sleep" not in name
)
TEXTS = [
    "x",
    "canary.csv",
    "./canary.csv",
    "*.csv",
    "it''s",
    "memory_limit",
    "select 1",
    "$.a",
    "%Y",
]
THINGS = [
    *COLUMNS, "s.id", "_row", "*", "s.*", "1", "-7", "2.5", "null", "true", "$region", "x",
    "current_date", "user", '"id"', "date '2024-01-05'", "interval 1 day", "[1, 2]",
]  # fmt: skip
BETWEEN = [
    "+", "-", "*", "/", "//", "%", "^", "**", "||", "=", "<>", "<", "and", "or", "->", "->>", "^@",
    "~", "in", "like", "is", "::", ".", ",", "as", "collate",
]  # fmt: skip
SOURCES = [
    "sales", "sales s", "'canary.csv'", '"canary.csv"', "main.sales", "duckdb_settings", "earlier",
    "range(3) x", "unnest([1]) u(x)", "(values (1)) v(x)", "sqlite_master",
]  # fmt: skip
SPLICES = ["; drop table base", "/* */", "--", ";", "') ; select ('", '"', "'", "$$", "\\", "\n",
           "into t", "for update", "union all from sales", "limit 1", "order by all",
           "returning *", "group by all", "qualify true", "using sample 1 rows"]  # fmt: skip

texts = st.sampled_from(TEXTS).map(lambda text: f"'{text}'")
names = st.sampled_from(NAMES)


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("{}({})".format, names, inner),
        st.builds("{}({}, {})".format, names, inner, inner),
        st.builds("({}).{}()".format, inner, names),
        st.builds("{} {} {}".format, inner, st.sampled_from(BETWEEN), inner),
        st.builds("({})".format, inner),
        st.builds("case when {} then {} end".format, inner, inner),
        st.builds("cast({} as varchar)".format, inner),
        st.builds("(select {} from {})".format, inner, st.sampled_from(SOURCES)),
        st.builds("list_transform([1], lambda x: {})".format, inner),
        st.builds("sum({}) over (order by {})".format, inner, inner),
    )


values = st.recursive(st.one_of(st.sampled_from(THINGS), texts), _grown, max_leaves=6)
sources = st.one_of(
    st.sampled_from(SOURCES),
    st.builds("{}({})".format, names, values),
    st.builds("(select {} from {}) s".format, values, st.sampled_from(SOURCES)),
    st.builds("sales s, {}".format, st.sampled_from(SOURCES)),
)
queries = st.one_of(
    st.builds("select {} from {}".format, values, sources),
    st.builds("select {}".format, values),
    st.builds("select {}, {} from sales where {}".format, values, values, values),
    st.builds(
        "select {} from sales group by {} order by {} limit 3".format, values, values, values
    ),
    st.builds("with c as (select {} as x from {}) select * from c".format, values, sources),
    st.builds("from {} select {}".format, sources, values),
    st.builds("select {} from sales union all select {}".format, values, values),
)


@st.composite
def statements(draw: st.DrawFn) -> str:
    """A query, now and then with something pushed into it."""
    sql = draw(queries)
    if draw(st.booleans()):
        at = draw(st.integers(0, len(sql)))
        sql = f"{sql[:at]} {draw(st.sampled_from(SPLICES))} {sql[at:]}"
    return sql


class Canary:
    """A database with nothing locked, in a folder of its own, and what must stay as it is."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "canary.csv").write_text(f"a,b\n{SECRET},1\n")
        self.connection = duckdb.connect()
        self.connection.execute("""
            set memory_limit = '1GB'; set threads = 1;
            create table base as select * from (values
                (0, 1, 'North', 2.5, ['a'], {'a': 1}), (1, 2, 'South', 4.0, [], {'a': null})
            ) v(_row, id, region, amount, tags, attrs);
            create view sales as from base;
            create schema run1;
            create table run1.earlier as select 1 as x;
        """)
        self.before = self.state()

    def state(self) -> tuple[object, ...]:
        ask = self.connection.execute
        return (
            sorted((path.name, path.read_bytes()) for path in self.folder.iterdir()),
            ask("select * from duckdb_tables() order by all").fetchall(),
            ask("select view_name, sql from duckdb_views() order by all").fetchall(),
            ask("select name, value from duckdb_settings() order by all").fetchall(),
            ask("select database_name, path from duckdb_databases() order by all").fetchall(),
            ask("from duckdb_variables()").fetchall(),
            ask("select * from base order by all").fetchall(),
        )

    def run(self, sql: str, used: tuple[str, ...]) -> str:
        """All that the statement shows; an error shows its message."""
        params = {"region": "North", "today": "2024-06-01"}
        stop = threading.Timer(1.0, self.connection.interrupt)
        stop.start()
        try:
            return repr(self.connection.execute(sql, {n: params[n] for n in used}).fetchmany(1000))
        except duckdb.Error as error:
            return str(error)
        finally:
            stop.cancel()


@contextmanager
def standing_in(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def check(guard: Guard, sql: str):
    return guard.check(
        sql, run="run1", made={"earlier": ["x"]}, params={"region": "North", "today": "2024-06-01"}
    )


def test_what_is_accepted_only_reads(tmp_path: Path):
    guard = Guard([SALES])
    accepted: list[str] = []
    rules: set[str | None] = set()

    @settings(
        max_examples=1500, deadline=None, derandomize=True, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(statements())
    def attack(sql: str) -> None:
        try:
            checked = check(guard, sql)
        except PlanRejected as refused:
            rules.add(refused.rule)
            return
        accepted.append(sql)
        assert SECRET not in canary.run(checked.sql, checked.params), sql
        assert canary.state() == canary.before, sql

    with standing_in(tmp_path):
        canary = Canary(tmp_path)
        attack()
        canary.connection.close()
    assert len(accepted) > 100
    assert rules <= set(RULES)


def test_the_canary_would_notice(tmp_path: Path):
    """The same trap without the guard: reads, writes and settings show."""
    with standing_in(tmp_path):
        canary = Canary(tmp_path)
        assert SECRET in canary.run("from 'canary.csv'", ())
        for sql in (
            "copy sales to 'out.csv'",
            "create table t as select 1",
            "set threads = 2",
            "delete from base",
            "set variable v = 1",
            "attach ':memory:' as other",
        ):
            canary.run(sql, ())
            assert canary.state() != canary.before, sql
            canary.before = canary.state()
        canary.connection.close()


@pytest.mark.parametrize("sql", ["select 1 from sales s", "with c as (from sales) from c"])
def test_what_is_accepted_stays_accepted_as_shown(sql: str):
    guard = Guard([SALES])
    first = check(guard, sql)
    assert check(guard, first.shown).sql == first.sql
