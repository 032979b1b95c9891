"""Profiles: exact where tables are small, told as sampled where they are not."""

from __future__ import annotations

import duckdb
import pytest

from dip_sdk.types.dataset import TableColumn
from dip_sdk.types.profile import ColumnProfile
from dip_sdk.worker.profile import profile
from dip_sdk.worker.types import wire_type


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    made = duckdb.connect()
    made.execute("set timezone = 'UTC'")
    return made


def of(con: duckdb.DuckDBPyConnection, query: str) -> dict[str, ColumnProfile]:
    con.execute(f"create or replace table t as {query}")
    rows = con.execute("describe t").fetchall()
    columns = [TableColumn(name=row[0], type=wire_type(row[1])) for row in rows]
    return {p.name: p for p in profile(con, "t", columns)}


def test_a_small_table_is_profiled_exactly(con: duckdb.DuckDBPyConnection) -> None:
    got = of(con, "select * from (values (1, 'a'), (2, 'b'), (2, null), (7, 'b')) v(n, s)")
    n, s = got["n"], got["s"]
    assert (n.rows, n.nulls, n.distinct, n.minimum, n.maximum, n.mean) == (4, 0, 3, 1, 7, 3.0)
    assert n.quantiles == pytest.approx((1.15, 1.75, 2.0, 3.25, 6.25))
    assert sum(count for _, _, count in n.histogram) == 4
    assert (s.nulls, s.distinct, s.minimum, s.maximum) == (1, 2, "a", "b")
    assert s.frequent == (("b", 2), ("a", 1))
    assert not n.sampled
    assert not s.sampled


def test_values_are_written_as_on_the_wire(con: duckdb.DuckDBPyConnection) -> None:
    got = of(
        con,
        "select date '2024-01-02' d, timestamp '2024-01-02 03:04:05' t, 1.50::decimal(5,2) m,"
        " timestamptz '2024-01-02 03:04:05+00' z, time '10:00' c, true b, 9007199254740993 big",
    )
    assert got["d"].minimum == "2024-01-02"
    assert got["t"].minimum == "2024-01-02T03:04:05"
    assert got["m"].minimum == "1.50"
    assert got["z"].minimum == "2024-01-02T03:04:05+00:00"
    assert got["c"].minimum == "10:00:00"
    assert got["b"].frequent == ((True, 1),)
    assert got["big"].minimum == "9007199254740993"


def test_what_is_not_finite_is_left_out(con: duckdb.DuckDBPyConnection) -> None:
    got = of(con, "select unnest(['nan'::double, 'inf'::double, 1.0, null]) x")["x"]
    assert (got.nulls, got.minimum, got.maximum, got.mean) == (1, 1.0, 1.0, 1.0)


def test_lists_and_structs_tell_their_nulls_only(con: duckdb.DuckDBPyConnection) -> None:
    got = of(con, "select unnest([[1], null, [2, 3]]) l, {'a': 1} s")
    assert (got["l"].nulls, got["l"].distinct, got["l"].minimum) == (1, 0, None)
    assert got["s"].nulls == 0


def test_an_empty_table_and_an_empty_column_are_profiled(con: duckdb.DuckDBPyConnection) -> None:
    assert of(con, "select 1 a, 'x' b where false")["a"].rows == 0
    column = of(con, "select null::double a from range(5)")["a"]
    assert (column.nulls, column.distinct, column.histogram) == (5, 0, ())


def test_a_large_table_is_sampled_and_says_so(con: duckdb.DuckDBPyConnection) -> None:
    got = of(
        con,
        "select i, 'name ' || i as name, ['a', 'b', 'c'][1 + i % 3] as kind, null::integer as gone"
        " from range(300000) t(i)",
    )
    i, kind = got["i"], got["kind"]
    assert i.sampled
    assert (i.minimum, i.maximum, i.nulls, i.mean) == (0, 299_999, 0, 149_999.5)
    assert i.distinct == pytest.approx(300_000, rel=0.1)
    assert i.quantiles[2] == pytest.approx(150_000, rel=0.05)
    assert sum(count for _, _, count in i.histogram) == pytest.approx(300_000, rel=0.01)
    assert kind.frequent == (("a", 100_000), ("b", 100_000), ("c", 100_000))
    assert not kind.sampled
    assert got["name"].sampled
    assert got["gone"].nulls == 300_000


def test_a_profile_is_the_same_each_time(con: duckdb.DuckDBPyConnection) -> None:
    query = "select i * 7 % 1001 as x from range(200000) t(i)"
    assert of(con, query) == of(con, query)


def test_wide_tables_are_profiled(con: duckdb.DuckDBPyConnection) -> None:
    columns = ", ".join(f"i + {n} as c{n}" for n in range(500))
    got = of(con, f"select {columns} from range(50) t(i)")
    assert got["c499"].maximum == 548
