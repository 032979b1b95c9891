"""Every format gives back what went in, in constant memory, and nothing in it runs as a formula."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import threading
import time as clock
from collections.abc import Callable, Iterator
from datetime import datetime, time
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from dip_sdk.types.errors import DataError
from dip_sdk.types.values import Column, encode
from dip_sdk.worker.exports import export, workbook
from dip_sdk.worker.types import wire_type

Export = Callable[..., Path]


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        yield connection


@pytest.fixture
def write(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> Export:
    """Export a select to a file of the format and give its path."""

    def written(sql: str, format: Any, **options: Any) -> Path:
        bound = con.sql(sql)
        columns = [
            Column(name=name, type=wire_type(str(kind)))
            for name, kind in zip(bound.columns, bound.types, strict=True)
        ]
        (path,) = export(con, sql, columns, tmp_path / "out.2024", format, **options)
        return path

    return written


def cells(path: Path, sheet: int = 0) -> list[list[Any]]:
    book = openpyxl.load_workbook(path)
    return [[cell.value for cell in row] for row in book.worksheets[sheet].iter_rows()]


def lines(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


EVERYTHING = """
    select true as flag, 7 as small, 9007199254740993 as big, 12.50::decimal(10,2) as price,
        12345678901234567890.12::decimal(38,2) as sum, 0.1::double as ratio, 'nan'::double as gap,
        'ünï 😀, "q"' as words, date '2024-02-29' as day, time '01:02:03.5' as hour,
        timestamp '2024-02-29 01:02:03.25' as moment,
        timestamptz '2024-02-29 01:02:03+02' as instant,
        interval '14 months 3 days 30 hours 0.5 seconds' as span, '\\x00\\xFF'::blob as bytes,
        [1, null, 9007199254740993] as numbers,
        {'a b': date '2024-01-01', 'n': [1.5::decimal(3,1)]} as facts,
        map {'k': 1.25::double} as pairs, null::varchar as nothing
    union all
    select null, null, 1, null, null, null, 1.5, '', null, null, null, null, null, null, null,
        null, null, 'x'
"""


def test_the_name_keeps_its_dots_and_gets_the_ending(write: Export) -> None:
    assert write("select 1 as a", "csv").name == "out.2024.csv"


def test_parquet_gives_back_the_same_table(write: Export, con: duckdb.DuckDBPyConnection) -> None:
    sql = f"select * exclude (instant) from ({EVERYTHING})"
    path = write(sql, "parquet")
    back = con.sql(f"from read_parquet('{path}')")
    assert back.columns == con.sql(sql).columns
    assert str(back.fetchall()) == str(con.sql(sql).fetchall())


def test_parquet_keeps_an_instant(write: Export, con: duckdb.DuckDBPyConnection) -> None:
    path = write("select timestamptz '2024-02-29 01:02:03+02' as instant", "parquet")
    found = con.sql(f"select epoch_us(instant), typeof(instant) from read_parquet('{path}')")
    assert found.fetchall() == [(1709161323000000, "TIMESTAMP WITH TIME ZONE")]


def test_json_is_an_array_of_objects_by_the_wire_rules(write: Export) -> None:
    first, second = json.loads(write(EVERYTHING, "json").read_text(encoding="utf-8"))
    assert first == {
        "flag": True,
        "small": 7,
        "big": "9007199254740993",
        "price": "12.50",
        "sum": "12345678901234567890.12",
        "ratio": 0.1,
        "gap": None,
        "words": 'ünï 😀, "q"',
        "day": "2024-02-29",
        "hour": "01:02:03.5",
        "moment": "2024-02-29T01:02:03.25",
        "instant": "2024-02-28T23:02:03+00:00",
        "span": "P424DT6H0M0.5S",
        "bytes": "AP8=",
        "numbers": [1, None, "9007199254740993"],
        "facts": {"a b": "2024-01-01", "n": ["1.5"]},
        "pairs": [["k", 1.25]],
        "nothing": None,
    }
    assert second["big"] == 1
    assert second["words"] == ""
    assert second["facts"] is None


@pytest.mark.parametrize(
    "span", ["0 seconds", "-1 month", "-1 day 5 hours", "61 seconds", "1 microsecond", "99 hours"]
)
def test_json_writes_a_span_as_every_other_wire_does(
    write: Export, con: duckdb.DuckDBPyConnection, span: str
) -> None:
    sql = f"select interval '{span}' as span"
    (row,) = json.loads(write(sql, "json").read_text())
    assert row["span"] == encode(con.sql(sql).fetchall()[0][0])


def test_json_of_no_rows_is_an_empty_array(write: Export) -> None:
    assert json.loads(write("select 1 as a where false", "json").read_text()) == []


def test_nested_lists_of_structs_and_fixed_arrays_reach_json(write: Export) -> None:
    sql = "select [{'at': timestamp '2024-01-01 10:00:00', 'xs': [[1]]}] as a, [1, 2]::int[2] as b"
    assert json.loads(write(sql, "json").read_text()) == [
        {"a": [{"at": "2024-01-01T10:00:00", "xs": [[1]]}], "b": [1, 2]}
    ]


def test_csv_reads_back_with_nulls_texts_and_nested_values(write: Export) -> None:
    path = write(EVERYTHING, "csv")
    header, first, second = lines(path)
    row = dict(zip(header, first, strict=True))
    assert row["words"] == 'ünï 😀, "q"'
    assert row["big"] == "9007199254740993"
    assert row["sum"] == "12345678901234567890.12"
    assert row["instant"] == "2024-02-28 23:02:03+00"
    assert row["span"] == "P424DT6H0M0.5S"
    assert json.loads(row["facts"]) == {"a b": "2024-01-01", "n": ["1.5"]}
    assert json.loads(row["numbers"]) == [1, None, "9007199254740993"]
    assert row["nothing"] == ""
    assert second[header.index("nothing")] == "x"
    assert '""' in path.read_text(encoding="utf-8").splitlines()[2]  # an empty text is no null


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0"]


@pytest.mark.parametrize("text", FORMULAS)
def test_csv_defuses_a_text_that_would_run(
    write: Export, con: duckdb.DuckDBPyConnection, text: str
) -> None:
    con.execute("create table hostile as select $1 as cell, -5 as number", [text])
    _, row = lines(write("select cell, number from hostile", "csv"))
    assert row == ["'" + text, "-5"]


def test_csv_defuses_headers_enums_and_binary_too(write: Export) -> None:
    sql = """select 1 as "=1+1", '-a'::enum('-a') as e, '\\xFB\\xFF'::blob as b, ['=x'] as l"""
    assert lines(write(sql, "csv")) == [["'=1+1", "e", "b", "l"], ["1", "'-a", "'+/8=", '["=x"]']]


def test_csv_leaves_texts_alone_when_told_to(write: Export) -> None:
    sql = """select '=1+1' as "@a" """
    assert lines(write(sql, "csv", safe=False)) == [["@a"], ["=1+1"]]


def test_a_sheet_holds_numbers_dates_and_texts_as_such(write: Export) -> None:
    header, first, second = cells(write(EVERYTHING, "xlsx"))
    row = dict(zip(header, first, strict=True))
    assert row == {
        "flag": True,
        "small": 7,
        "big": "9007199254740993",
        "price": 12.5,
        "sum": "12345678901234567890.12",
        "ratio": 0.1,
        "gap": None,
        "words": 'ünï 😀, "q"',
        "day": datetime(2024, 2, 29),
        "hour": time(1, 2, 3, 500000),
        "moment": datetime(2024, 2, 29, 1, 2, 3, 250000),
        "instant": datetime(2024, 2, 28, 23, 2, 3),
        "span": "P424DT6H0M0.5S",
        "bytes": "AP8=",
        "numbers": '[1,null,"9007199254740993"]',
        "facts": '{"a b":"2024-01-01","n":["1.5"]}',
        "pairs": '[["k",1.25]]',
        "nothing": None,
    }
    assert second[header.index("big")] == "1"  # the whole column is text
    assert second[header.index("nothing")] == "x"


def test_a_sheet_shows_dates_decimals_and_zones_readably(write: Export) -> None:
    path = write(f"select day, moment, instant, price from ({EVERYTHING})", "xlsx")
    row = next(openpyxl.load_workbook(path).active.iter_rows(min_row=2))
    assert [cell.number_format for cell in row] == [
        "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss", 'yyyy-mm-dd hh:mm:ss "UTC"', "0.00",
    ]  # fmt: skip


def test_a_sheet_never_holds_a_formula(write: Export, con: duckdb.DuckDBPyConnection) -> None:
    con.execute('create table hostile as select unnest($1) as "=HYPERLINK(1)"', [FORMULAS])
    path = write("from hostile", "xlsx")
    column = openpyxl.load_workbook(path).active["A"]
    assert {cell.data_type for cell in column} == {"s"}
    assert [cell.value for cell in column][1:5] == FORMULAS[:4]


def test_a_date_that_excel_cannot_hold_makes_its_column_text(write: Export) -> None:
    sql = "select unnest([date '1850-01-01', null, date '2024-01-01']) as day"
    assert cells(write(sql, "xlsx")) == [["day"], ["1850-01-01"], [None], ["2024-01-01"]]


def test_a_wide_decimal_with_few_digits_stays_a_number(write: Export) -> None:
    sql = "select sum(x)::decimal(38,2) as total from (values (1.25), (2.5)) t(x)"
    assert cells(write(sql, "xlsx")) == [["total"], [3.75]]


def test_a_text_longer_than_a_cell_says_that_it_was_cut(write: Export) -> None:
    _, (cell,) = cells(write("select repeat('é', 40000) as a", "xlsx"))
    assert len(cell) == 32_767
    assert cell.endswith("é... [cut]")


def test_a_sheet_of_no_rows_has_its_header(write: Export) -> None:
    assert cells(write("select 1 as a, 'x' as b where false", "xlsx")) == [["a", "b"]]


def test_more_columns_than_a_sheet_holds_are_named(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    columns = [Column(name=f"n{i}", type="integer") for i in range(16_385)]
    with pytest.raises(DataError, match="16,384 columns, and there are 16,385"):
        export(con, "select 1", columns, tmp_path / "wide", "xlsx")


def test_rows_beyond_a_sheet_go_to_the_next(write: Export, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "SHEET_ROWS", 25_000)
    path = write("select i from range(60000) t(i)", "xlsx")
    book = openpyxl.load_workbook(path, read_only=True)
    assert book.sheetnames == ["Result", "Result 2", "Result 3"]
    sheets = [[row[0] for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets]
    book.close()
    assert [sheet[0] for sheet in sheets] == ["i", "i", "i"]
    assert [i for sheet in sheets for i in sheet[1:]] == list(range(60_000))


@pytest.mark.slow
def test_a_million_rows_and_more_fill_two_sheets(
    write: Export, con: duckdb.DuckDBPyConnection
) -> None:
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(write("select i from range(1100000) t(i)", "xlsx"))
    heights = [book.get_sheet_by_name(name).height for name in book.sheet_names]
    assert heights == [1_048_576, 1_100_000 - 1_048_575 + 1]


@pytest.mark.parametrize("format", ["csv", "json", "xlsx", "parquet"])
def test_the_order_of_the_source_is_kept(
    write: Export, con: duckdb.DuckDBPyConnection, format: str
) -> None:
    path = write("select hash(i) % 1000003 as h from range(50000) t(i) order by h desc", format)
    if format == "xlsx":
        found = [row[0] for row in cells(path)[1:]]
    else:
        reader = {"csv": "read_csv", "json": "read_json", "parquet": "read_parquet"}[format]
        found = [row[0] for row in con.sql(f"from {reader}('{path}')").fetchall()]
    assert len(found) == 50_000
    assert found == sorted(found, reverse=True)


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_progress_rises_from_nothing_to_all(write: Export, format: str) -> None:
    told: list[float] = []
    write("select i, i * 2 as j from range(100000) t(i)", format, on_progress=told.append)
    assert 0.0 <= told[0] < 1.0
    assert told[-1] == 1.0
    assert told == sorted(told)


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_an_interrupted_export_leaves_no_file(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, format: Any
) -> None:
    stop = threading.Timer(0.3, con.interrupt)
    stop.start()
    began = clock.perf_counter()
    with pytest.raises(Exception, match=r"(?i)interrupt"):
        export(
            con,
            "select i from range(300000000) t(i)",
            [Column(name="i", type="integer")],
            tmp_path / "out",
            format,
        )
    stop.join()
    assert clock.perf_counter() - began < 5
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize("format", ["csv", "json"])
def test_a_long_export_draws_nothing_on_stdout(
    con: duckdb.DuckDBPyConnection,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    format: Any,
) -> None:
    numbers = "select i, md5(i::varchar) as h from range(900000) t(i) order by h"
    columns = [Column(name="i", type="integer"), Column(name="h", type="text")]
    told: list[float] = []
    export(con, numbers, columns, tmp_path / "out", format, told.append)
    assert any(0 < share < 1 for share in told)
    assert capfd.readouterr().out == ""


PEAK = """
import resource, sys
import duckdb, pyarrow
from pathlib import Path
from dip_sdk.types.values import Column
from dip_sdk.worker.exports import export
rows, format, folder = int(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
con = duckdb.connect(config={"memory_limit": "300MB", "threads": 1})
values = "i, i * 1.5::double as d, 'text ' || i as s, date '2020-01-01' as day"
sql = f"select {values} from range({rows}) t(i)"
columns = [Column(name=n, type=t) for n, t in
           [("i", "integer"), ("d", "double"), ("s", "text"), ("day", "date")]]
export(con, sql, columns, folder / f"{rows}", format)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


@pytest.mark.slow
@pytest.mark.parametrize("format", ["csv", "xlsx", "json", "parquet"])
def test_five_times_the_rows_take_no_more_memory(tmp_path: Path, format: str) -> None:
    def peak(rows: int) -> int:
        command = [sys.executable, "-c", PEAK, str(rows), format, str(tmp_path)]
        return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)

    assert peak(1_000_000) < peak(200_000) + 64
