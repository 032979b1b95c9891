"""What runs gives the same rows as what was written: statements of analysts, run both ways."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from dip_sdk.engine.guard import Guard
from dip_sdk.types.dataset import Parsed, Table, TableColumn

HERE = Path(__file__).parent
TABLES = ("sales", "customers", "events", "Größe tabelle")
HIDDEN = {"_row", "price_number"}
MADE = {"earlier": ["region", "total", "n"]}
PARAMS = {"region": "North", "lowest": 12}


def statements() -> list[str]:
    paragraphs = (HERE / "analyst_statements.sql").read_text(encoding="utf-8").split("\n\n")
    return [text.strip() for text in paragraphs if not text.startswith("--")]


def database(*, hidden: bool) -> duckdb.DuckDBPyConnection:
    """The tables, with or without their hidden columns."""
    connection = duckdb.connect()
    connection.execute((HERE / "guard_tables.sql").read_text(encoding="utf-8"))
    for name in TABLES:
        columns = [row[0] for row in connection.execute(f'describe "base_{name}"').fetchall()]
        kept = [
            f'"{c.replace(chr(34), chr(34) * 2)}"' for c in columns if hidden or c not in HIDDEN
        ]
        connection.execute(f'create view "{name}" as select {", ".join(kept)} from "base_{name}"')
    return connection


def table(connection: duckdb.DuckDBPyConnection, name: str) -> Table:
    rows = connection.execute(f'describe "{name}"').fetchall()
    reading = {"price_number": "price"}
    columns = [TableColumn(name=r[0], type="text", reading_of=reading.get(r[0])) for r in rows]
    return Table(
        name=name, dataset_id="d", source="s", rows=1, columns=tuple(columns), inner="i", path="p",
        parsed=Parsed(format="csv"), fingerprint="f",
    )  # fmt: skip


@pytest.fixture(scope="module")
def rendered() -> Iterator[duckdb.DuckDBPyConnection]:
    with database(hidden=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def written() -> Iterator[duckdb.DuckDBPyConnection]:
    with database(hidden=False) as connection:
        connection.execute("create view earlier as select * from run1.earlier")
        connection.execute("set lambda_syntax = 'ENABLE_SINGLE_ARROW'")
        yield connection


@pytest.fixture(scope="module")
def guard(rendered: duckdb.DuckDBPyConnection) -> Guard:
    return Guard(table(rendered, name) for name in TABLES)


def answer(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple[list[str], list[str]]:
    """Types and rows; rows sorted where the statement leaves their order open."""
    used = {name: value for name, value in PARAMS.items() if f"${name}" in sql}
    cursor = connection.execute(sql, used)
    types = [str(column[1]) for column in cursor.description]
    rows = [repr(row) for row in cursor.fetchall()]
    return types, rows if "order by" in sql.lower() else sorted(rows)


def test_the_corpus_is_large():
    assert len(statements()) >= 190


@pytest.mark.parametrize("sql", statements())
def test_a_statement_gives_the_same_as_written(
    sql: str,
    guard: Guard,
    rendered: duckdb.DuckDBPyConnection,
    written: duckdb.DuckDBPyConnection,
):
    checked = guard.check(sql, run="run1", made=MADE, params=PARAMS)
    naming_hidden = any(name in sql for name in HIDDEN)
    plain = rendered if naming_hidden else written
    assert answer(rendered, checked.sql) == answer(plain, sql)


@pytest.mark.parametrize("sql", statements())
def test_what_is_shown_can_be_asked_again(sql: str, guard: Guard):
    checked = guard.check(sql, run="run1", made=MADE, params=PARAMS)
    again = guard.check(checked.shown, run="run1", made=MADE, params=PARAMS)
    assert again.sql == checked.sql
