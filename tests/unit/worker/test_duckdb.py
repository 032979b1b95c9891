"""The DuckDB runner: what steps make, how types are kept, what its lock is set to."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dip_sdk.types.errors import Cancelled, DataError, DipError, QueryFailed
from dip_sdk.types.result import PREVIEW_ROWS
from dip_sdk.types.session import Limits
from dip_sdk.types.values import Wire
from dip_sdk.worker.duckdb import DuckDBRunner
from dip_sdk.worker.instance import CLOSED, Instance, Resources, settings
from dip_sdk.worker.runner import TableFile


def one(runner: DuckDBRunner, sql: str, **params: Wire) -> tuple[str, Wire]:
    """Type and value of the single cell of a step."""
    made = runner.step("run", "a", sql, params)
    return made.columns[0].type, made.preview[0][0]


def test_a_step_makes_a_table_and_shows_its_first_rows(runner: DuckDBRunner) -> None:
    made = runner.step("run", "totals", "select region, sum(id) as n from sales group by 1", {})
    assert [(c.name, c.type) for c in made.columns] == [("region", "text"), ("n", "integer")]
    assert sorted(made.preview) == [("East", 155), ("North", 135), ("South", 145)]
    assert made.rows == 3
    assert made.seconds > 0


def test_a_later_step_reads_an_earlier_one(runner: DuckDBRunner) -> None:
    runner.step("run", "big", "select * from sales where amount > 30", {})
    assert one(runner, 'select count(*) from "run"."big"') == ("integer", 5)


def test_runs_do_not_see_each_other(runner: DuckDBRunner) -> None:
    runner.step("one", "t", "select 1 as x", {})
    runner.step("two", "t", "select 2 as x", {})
    assert runner.look("one", 'select x from "one"."t"', {}, 5).rows == ((1,),)


def test_the_preview_is_bounded(runner: DuckDBRunner) -> None:
    made = runner.step("run", "many", "select * from range(1000)", {})
    assert (made.rows, len(made.preview)) == (1000, PREVIEW_ROWS)


def test_the_order_of_the_statement_is_the_order_of_the_table(runner: DuckDBRunner) -> None:
    sql = "select i, (i * 7919) % 50021 as k from range(50000) t(i) order by k desc"
    runner.step("run", "sorted", sql, {})
    rows = runner.look("run", 'select k from "run"."sorted"', {}, 50_000).rows
    found = [row[0] for row in rows]
    assert found == sorted(found, reverse=True)
    assert len(found) == 50_000


def test_parameters_are_bound_by_name(runner: DuckDBRunner) -> None:
    hostile = "North' or 1=1 --"
    sql = "select count(*) from sales where region = $region and day >= $since and id in $ids"
    params: dict[str, Wire] = {"region": "North", "since": "2024-01-10", "ids": [0, 9, 12]}
    assert one(runner, sql, **params) == ("integer", 2)
    assert one(runner, sql, **(params | {"region": hostile})) == ("integer", 0)


def test_look_keeps_nothing_and_tells_whether_there_is_more(runner: DuckDBRunner) -> None:
    found = runner.look("run", "select id from sales order by id desc", {}, 2)
    assert (found.rows, found.more) == (((29,), (28,)), True)
    assert not runner.look("run", "select id from sales", {}, 30).more
    with pytest.raises(QueryFailed):
        runner.keep("run", "a", "r")


def test_each_row_of_a_table_has_its_number(runner: DuckDBRunner) -> None:
    assert runner.look("run", "select _row, id from sales where id = 7", {}, 1).rows == ((7, 7),)


@pytest.mark.parametrize(
    ("sql", "type", "value"),
    [
        ("select sum(i) from range(10) t(i)", "integer", 45),
        ("select sum(9223372036854775807::bigint) from range(3)", "decimal(38,0)",
         "27670116110564327421"),
        ("select 170141183460469231731687303715884105727::hugeint", "double",
         1.7014118346046923e38),
        ("select [1::hugeint, 2]", "list", [1, 2]),
        ("select 9007199254740993", "integer", "9007199254740993"),
        ("select 1.50::decimal(9, 2)", "decimal(9,2)", "1.50"),
        ("select 'b'::enum('a', 'b')", "text", "b"),
        ("select 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid", "text",
         "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
        ("select '101'::bit", "text", "101"),
        ("select '12:00:00+02'::timetz", "text", "12:00:00+02"),
        ("select null", "text", None),
        ("select row(1, 'a')", "text", "(1, a)"),
        ("select date '2024-02-29'", "date", "2024-02-29"),
        ("select time '01:02:03.5'", "time", "01:02:03.500000"),
        ("select timestamp '2024-02-29 01:02:03'", "timestamp", "2024-02-29T01:02:03"),
        ("select timestamptz '2024-02-29 01:02:03+02'", "timestamptz",
         "2024-02-28T23:02:03+00:00"),
        ("select [timestamptz '2024-02-29 00:00:00+00']", "list", ["2024-02-29T00:00:00+00:00"]),
        ("select interval '14 months 3 days 04:05:06.5'", "interval", "P1Y2M3DT4H5M6.5S"),
        ("select -interval '2 days'", "interval", "-P2D"),
        ("select interval '1 month' - interval '2 days'", "interval", "P1M-2D"),
        ("select interval '0 days'", "interval", "P0D"),
        ("select map {'a': 1, 'b': null}", "map", [["a", 1], ["b", None]]),
        ("select map {[1]: 'x'}", "map", [[[1], "x"]]),
        ("select {'a': 1, 'b c': [interval 1 day]}", "struct", {"a": 1, "b c": ["P1D"]}),
        ("select '\\xAA'::blob", "binary", "qg=="),
        ("select true", "boolean", True),
        ("select '{\"a\": 1}'::json", "text", '{"a": 1}'),
        ("select array_value(1, 2)", "list", [1, 2]),
        ("select 'infinity'::double", "double", None),
    ],
)  # fmt: skip
def test_types_on_the_wire(runner: DuckDBRunner, sql: str, type: str, value: Wire) -> None:
    assert one(runner, sql) == (type, value)


def test_numbers_no_json_can_hold_are_counted(runner: DuckDBRunner) -> None:
    made = runner.step("run", "a", "select unnest(['1.5', 'nan', '-inf', null])::double as x", {})
    assert made.preview == ((1.5,), (None,), (None,), (None,))
    assert made.columns[0].non_finite == 2


def test_columns_get_unique_names(runner: DuckDBRunner) -> None:
    sql = "select 1 as a, 2 as A, 3 as a_2, 4 as rowid, 5 as ' ', 6 + 1"
    made = runner.step("run", "a", sql, {})
    assert [c.name for c in made.columns] == ["a", "A_3", "a_2", "rowid_2", "column5", "(6 + 1)"]
    assert runner.look("run", sql, {}, 1).columns == made.columns


@pytest.mark.parametrize(
    ("sql", "code", "message", "hint"),
    [
        ("select amont from sales", "does_not_fit", "no column 'amont'", "amount"),
        ("select * from sale", "unknown_name", "no table 'sale'", "sales"),
        ("select sums(id) from sales", "unknown_name", "no function 'sums'", "sum"),
        ("select region::int from sales", "conversion", "'North' is not a whole number", ""),
        ("select sum(region) from sales", "does_not_fit", "sum() does not take text", "Convert"),
        ("select region, id, sum(1) from sales group by 1", "does_not_fit", "'id'", ""),
        ("selct 1", "syntax", "syntax error", ""),
        ("select 1 % 0", "query_failed", "divided by zero", ""),
    ],
)
def test_a_failing_statement_is_explained(
    runner: DuckDBRunner, sql: str, code: str, message: str, hint: str
) -> None:
    with pytest.raises(QueryFailed) as caught:
        runner.step("run", "a", sql, {})
    error = caught.value
    assert error.code == code
    assert message in error.message
    assert hint in error.hint
    assert error.sql == sql
    assert "LINE 1" not in str(error)


def test_an_error_names_no_path(runner: DuckDBRunner, folder: Path) -> None:
    with pytest.raises(QueryFailed) as caught:
        runner.step("run", "a", f"select * from read_csv('{folder}/x.csv')", {})
    assert str(folder) not in f"{caught.value} {caught.value.detail}"


def test_a_statement_beyond_the_memory_says_so(runner: DuckDBRunner) -> None:
    with pytest.raises(QueryFailed) as caught:
        runner.step("run", "a", "select list(i) from range(300000000) t(i)", {})
    assert caught.value.code == "out_of_memory"
    assert one(runner, "select 1") == ("integer", 1)


def test_a_statement_beyond_the_disk_says_so(folder: Path, tables: list[TableFile]) -> None:
    runner = DuckDBRunner(folder, Limits(memory_mb=300, threads=2, disk_mb=50))
    sql = "select *, random() as r, repeat('x', 40) as s from range(9000000) order by r"
    with pytest.raises(QueryFailed) as caught:
        runner.step("run", "a", sql, {})
    assert caught.value.code == "out_of_disk"
    runner.close()


def test_cancel_stops_the_run_and_no_other(runner: DuckDBRunner) -> None:
    found: dict[str, object] = {}
    endless = "select count(*) from range(1000000) a, range(1000000) b where (a.range*b.range)%7=3"

    def run(name: str, sql: str) -> None:
        try:
            found[name] = runner.step(name, "a", sql, {}).preview
        except DipError as error:
            found[name] = type(error)

    threads = [
        threading.Thread(target=run, args=("long", endless)),
        threading.Thread(target=run, args=("short", "select count(*) from range(200000000)")),
    ]
    for thread in threads:
        thread.start()
    time.sleep(0.2)
    runner.cancel("long")
    for thread in threads:
        thread.join(10)
    assert found == {"long": Cancelled, "short": ((200_000_000,),)}


def test_a_dropped_run_is_gone(runner: DuckDBRunner) -> None:
    runner.step("run", "a", "select 1 as x", {})
    runner.drop("run")
    runner.drop("run")
    with pytest.raises(QueryFailed):
        runner.look("other", 'select * from "run"."a"', {}, 1)


def test_a_run_keeps_the_tables_it_began_with(
    runner: DuckDBRunner, tables: list[TableFile]
) -> None:
    runner.step("old", "a", "select count(*) as n from sales", {})
    runner.use(tables[1:])
    assert runner.look("old", "select count(*) from sales", {}, 1).rows == ((30,),)
    with pytest.raises(QueryFailed):
        runner.look("new", "select count(*) from sales", {}, 1)
    assert runner.look("new", "select count(*) from regions", {}, 1).rows == ((3,),)


def test_a_table_may_be_a_parquet_file(runner: DuckDBRunner, folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "it's.parquet"
    duckdb.sql("select i, 'x' || i as s from range(5) t(i)").write_parquet(str(path))
    for in_place in (True, False):
        runner = DuckDBRunner(folder, Limits(memory_mb=400), in_place=in_place)
        runner.use([TableFile(name="flat", path=str(path), store="parquet")])
        assert runner.look("r", "select s, _row from flat where i = 3", {}, 1).rows == (("x3", 3),)
        runner.close()


def test_a_missing_table_file_is_an_error_with_a_hint(runner: DuckDBRunner, folder: Path) -> None:
    with pytest.raises(DataError) as caught:
        runner.use([TableFile(name="x", path=str(folder / "no.duckdb"), inner="x")])
    assert caught.value.hint
    assert str(folder) not in str(caught.value)
    assert one(runner, "select count(*) from sales") == ("integer", 30)


def test_a_table_may_be_named_anything(runner: DuckDBRunner, tables: list[TableFile]) -> None:
    name = 'Q1 "sales"; drop table x --'
    runner.use([tables[0].model_copy(update={"name": name})])
    quoted = name.replace('"', '""')
    assert one(runner, f'select count(*) from "{quoted}"') == ("integer", 30)


def test_distinct_values_come_most_frequent_first(runner: DuckDBRunner) -> None:
    found = runner.distinct("sales", "region", 2)
    assert found.values == (("East", 10), ("North", 10))
    assert not found.complete
    assert runner.distinct("regions", "manager", 5).values == (("Ann", 1), ("Bo", 1))


def test_every_setting_holds_on_a_fresh_cursor(tmp_path: Path) -> None:
    resources = Resources(memory_mb=512, threads=2, disk_mb=1024, spill=str(tmp_path / "spill"))
    instance = Instance((), resources)
    cursor = instance.cursor()

    def set_to(name: str) -> Any:
        ((value,),) = cursor.execute(f"select current_setting('{name}')").fetchall()
        return value

    wanted = settings(resources) | CLOSED
    assert {name: set_to(name) for name in wanted} == wanted | {
        "memory_limit": "512.0 MiB",
        "max_temp_directory_size": "1.0 GiB",
    }
    assert wanted["threads"] == 2
    cursor.close()
    instance.retire()


def test_an_instance_lives_until_its_last_user_ends(tmp_path: Path) -> None:
    resources = Resources(memory_mb=256, threads=1, disk_mb=64, spill=str(tmp_path / "spill"))
    instance = Instance((), resources)
    instance.acquire()
    instance.retire()
    cursor: Callable[[], duckdb.DuckDBPyConnection] = instance.cursor
    assert cursor().execute("select 1").fetchall() == [(1,)]
    instance.release()
    with pytest.raises(duckdb.Error):
        cursor()
