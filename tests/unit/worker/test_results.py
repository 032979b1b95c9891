"""Kept results: the same rows from memory and file, in every order, after a restart too."""

import itertools
import random
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from dip_sdk.types.errors import QueryFailed
from dip_sdk.types.result import Condition
from dip_sdk.types.session import Limits
from dip_sdk.types.values import Wire
from dip_sdk.worker import files, permutations, results
from dip_sdk.worker.duckdb import DuckDBRunner
from dip_sdk.worker.runner import TableFile

MANY = 60_000
"""Beyond what is sorted anew for every page."""
RUNS = itertools.count()


def keep(runner: DuckDBRunner, sql: str, result: str = "r") -> None:
    run = f"run-{result}-{next(RUNS)}"
    runner.step(run, "a", sql, {})
    runner.keep(run, "a", result)


def cells(runner: DuckDBRunner, *args: Any, **kwargs: Any) -> list[Wire]:
    """The first column of a page."""
    return [row[0] for row in runner.page("r", *args, **kwargs).rows]


def where(column: str, op: Any, value: Wire = None) -> list[Condition]:
    return [Condition(column=column, op=op, value=value)]


def test_pages_cover_the_result_in_order(runner: DuckDBRunner) -> None:
    keep(runner, f"select i from range({MANY}) t(i) order by i desc")
    page = runner.page("r", 100, 3)
    assert page.rows == ((MANY - 101,), (MANY - 102,), (MANY - 103,))
    assert (page.total, page.offset, page.has_more) == (MANY, 100, True)
    assert cells(runner, MANY - 1, 10) == [0]
    assert cells(runner, MANY, 10) == []


def test_memory_file_and_restart_give_the_same(runner: DuckDBRunner, folder: Path) -> None:
    sql = f"""select i as n, 'x' || i as s, i / 3 as d, (i / 7)::decimal(12, 3) as m,
        timestamptz '2024-01-01' + interval (i) minute as z, interval (i) month as iv,
        map {{'k': i}} as mp, [i, null] as l, {{'a': i}} as st, i % 2 = 0 as b,
        date '2024-01-01' + (i % 99)::int as dt, encode('é') as bin, 'nan'::double as odd
        from range({MANY}) t(i)"""
    made = runner.step("run", "a", sql, {})
    runner.keep("run", "a", "r")
    first = runner.page("r", 500, 20)
    runner.finish("r")
    later = runner.page("r", 500, 20)
    fresh = DuckDBRunner(folder, Limits(memory_mb=400))
    assert first == later == fresh.page("r", 500, 20)
    assert runner.page("r", 0, 100).rows == made.preview
    assert first.columns == made.columns
    assert first.columns[-1].non_finite == MANY
    fresh.close()


def test_the_memory_is_given_back_once_the_file_is_there(runner: DuckDBRunner) -> None:
    keep(runner, f"select i from range({MANY}) t(i)")
    runner.finish("r")
    assert runner._instance is not None
    assert not runner._instance.busy
    with pytest.raises(QueryFailed):
        runner.look("x", 'select * from "run-r-0"."a"', {}, 1)


def test_a_result_may_be_empty_or_have_any_names(runner: DuckDBRunner) -> None:
    keep(runner, 'select 1 as "a""b", 2 as t, 3 as r, 4 as p, 5 as "-x" where false')
    page = runner.page("r", 0, 10, ["-x", "--x", "r", "t"])
    assert page.rows == ()
    assert [c.name for c in page.columns] == ['a"b', "t", "r", "p", "-x"]


@pytest.mark.parametrize("rows", [50, MANY])
def test_every_sorted_page_is_a_slice_of_one_total_order(runner: DuckDBRunner, rows: int) -> None:
    draw = random.Random(7)
    values = [draw.choice([None, *range(20)]) for _ in range(rows)]
    listed = ", ".join(f"({'null' if v is None else v})" for v in values)
    keep(runner, f"select k, row_number() over () as n from (values {listed}) t(k)")
    for sort, descending in ((["k"], False), (["-k"], True)):
        sign = -1 if descending else 1
        order = sorted(range(rows), key=lambda i: (values[i] is None, sign * (values[i] or 0), i))
        expected = [(values[i], i + 1) for i in order]
        for offset in (0, 7, rows - 30):
            page = runner.page("r", offset, 25, sort)
            assert list(page.rows) == expected[offset : offset + 25]
            assert page.total == rows


def test_several_keys_sort_one_after_the_other(runner: DuckDBRunner) -> None:
    keep(runner, "select i % 3 as a, i % 5 as b, i from range(30) t(i)")
    rows = runner.page("r", 0, 30, ["-a", "b"]).rows
    assert list(rows) == sorted(rows, key=lambda row: (-row[0], row[1], row[2]))


def test_what_is_shown_as_null_sorts_as_null(runner: DuckDBRunner) -> None:
    keep(runner, "select unnest(['1', 'inf', '3', 'nan', null])::double as x")
    assert cells(runner, 0, 5, ["-x"]) == [3.0, 1.0, None, None, None]


@pytest.mark.parametrize("rows", [500, MANY])
def test_a_filtered_page_counts_what_is_left(runner: DuckDBRunner, rows: int) -> None:
    keep(runner, f"select i, i % 10 as k from range({rows}) t(i)")
    page = runner.page("r", 20, 3, ["-i"], where("k", "=", 3))
    assert [row[0] for row in page.rows] == [rows - 7 - 10 * n for n in (20, 21, 22)]
    assert page.total == rows // 10


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (("n", ">=", 3), [3, 4]),
        (("n", "<", "2"), [0, 1]),
        (("n", "!=", 2), [0, 1, 3, 4]),
        (("n", "in", [1, 3, 99]), [1, 3]),
        (("n", "in", []), []),
        (("s", "=", "It's"), [1]),
        (("s", "=", None), [4]),
        (("s", "in", ["x", None]), [4]),
        (("s", "is null", None), [4]),
        (("s", "is not null", None), [0, 1, 2, 3]),
        (("s", "contains", "IT"), [1]),
        (("s", "contains", "%"), [2]),
        (("d", "=", "0.30"), [3]),
        (("day", ">", "2024-01-03"), [3, 4]),
        (("at", "<=", "2024-01-01T01:00:00+00:00"), [0, 1]),
        (("S", "=", "a"), [0]),
    ],
)
def test_filters_are_typed(
    runner: DuckDBRunner, condition: tuple[str, Any, Wire], expected: list[int]
) -> None:
    keep(
        runner,
        """select i as n, ['a', 'It''s', '50%', 'b', null][i + 1] as s,
        (i / 10)::decimal(4, 2) as d, date '2024-01-01' + i::int as day,
        timestamptz '2024-01-01 00:00:00+00' + interval (i) hour as at from range(5) t(i)""",
    )
    assert cells(runner, 0, 10, (), where(*condition)) == expected


def test_an_unknown_column_names_the_nearest(runner: DuckDBRunner) -> None:
    keep(runner, "select 1 as amount, 2 as region")
    for ask in ({"sort": ["-amuont"]}, {"where": where("amuont", "=", 1)}):
        with pytest.raises(QueryFailed) as caught:
            runner.page("r", 0, 5, **ask)  # type: ignore[arg-type]
        assert caught.value.code == "unknown_column"
        assert "'amount'" in caught.value.hint


def test_a_filter_that_does_not_fit_its_column_says_so(runner: DuckDBRunner) -> None:
    keep(runner, "select 1 as amount")
    with pytest.raises(QueryFailed, match="'many' is not a whole number"):
        runner.page("r", 0, 5, (), where("amount", ">", "many"))


def test_an_unknown_result_says_so(runner: DuckDBRunner) -> None:
    for name in ("nothing", "../tables/data", "a/b", ""):
        with pytest.raises(QueryFailed) as caught:
            runner.page(name, 0, 5)
        assert caught.value.code == "unknown_result"


def test_a_forgotten_result_leaves_no_file(runner: DuckDBRunner, folder: Path) -> None:
    keep(runner, f"select i from range({MANY}) t(i)")
    runner.page("r", 0, 5, ["-i"])
    runner.forget("r")
    runner.forget("r")
    assert list((folder / "results").iterdir()) == []
    with pytest.raises(QueryFailed):
        runner.page("r", 0, 5)


def test_a_result_may_be_kept_again_under_its_name(runner: DuckDBRunner) -> None:
    keep(runner, "select 1 as x")
    assert cells(runner, 0, 5) == [1]
    keep(runner, "select 2 as x")
    assert cells(runner, 0, 5) == [2]


def test_a_result_file_can_be_used_as_a_table(runner: DuckDBRunner, folder: Path) -> None:
    keep(runner, f"select i from range({MANY}) t(i)")
    path = str(folder / "results" / "r.duckdb")
    runner.use([TableFile(name="again", path=path, inner=files.TABLE)])
    found = runner.look("x", "select i, _row from again where i = 5", {}, 2)
    assert found.rows == ((5, 5),)


@pytest.mark.parametrize("rows", [100, MANY])
def test_arrow_has_all_rows_in_the_order_asked_for(runner: DuckDBRunner, rows: int) -> None:
    keep(
        runner,
        f"""select i, i % 3 as k, timestamptz '2024-01-01 00:00:00+00' as z,
        (i / 4)::decimal(18, 2) as d from range({rows}) t(i)""",
    )
    table = pa.ipc.open_file(
        pa.memory_map(runner.arrow("r", ["-i"], where("k", "=", 0)))
    ).read_all()
    expected = [i for i in range(rows - 1, -1, -1) if i % 3 == 0]
    assert table["i"].to_pylist() == expected
    assert table.schema.field("z").type == pa.timestamp("us", "UTC")
    assert table.schema.field("d").type == pa.decimal128(18, 2)


def test_a_result_is_exported_in_the_order_asked_for(runner: DuckDBRunner, folder: Path) -> None:
    keep(runner, "select i, 'a,b' as s from range(5) t(i)")
    told: list[float] = []
    (path,) = runner.export("r", "csv", ["-i"], where("i", "<", 2), told.append)
    assert Path(path).parent == folder / "scratch"
    assert Path(path).read_text(encoding="utf-8-sig").splitlines()[1:] == ['1,"a,b"', '0,"a,b"']
    assert told[-1] == 1.0


def test_only_so_many_files_are_open(runner: DuckDBRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST_OPEN", 3)
    names = [f"r{i}" for i in range(8)]
    for i, name in enumerate(names):
        keep(runner, f"select {i} as x", name)
    for name in itertools.chain(names, names):
        assert runner.page(name, 0, 1).rows == ((int(name[1:]),),)
    assert len(runner._results._files._open) <= 3


def test_permutations_are_let_go_when_they_take_too_much(
    runner: DuckDBRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(runner, f"select i, i % 7 as k, i % 11 as m from range({MANY}) t(i)")
    cache = runner._results._permutations
    monkeypatch.setattr(cache, "_most", MANY * permutations.BYTES_A_ROW * 2)
    for sort in ("k", "-k", "m", "-m", "i", "-i"):
        assert len(runner.page("r", 100, 5, [sort]).rows) == 5
    assert len(cache._kept) <= 2
    connection = runner._results._connection.cursor()
    tables = connection.execute(
        "select count(*) from duckdb_tables() where table_name like 'permutation%'"
    ).fetchall()
    assert tables == [(len(cache._kept),)]


def test_a_file_that_cannot_be_written_leaves_the_result_readable(
    runner: DuckDBRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(results.Files, "write", fail)
    keep(runner, "select 7 as x")
    assert cells(runner, 0, 1) == [7]
    with pytest.raises(OSError, match="No space"):
        runner.finish("r")
