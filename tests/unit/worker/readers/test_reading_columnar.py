"""Parquet, Arrow files of DataFrames, and compressed files of every kind."""

from __future__ import annotations

import gzip
import io
import zipfile
from datetime import datetime
from decimal import Decimal
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dip_sdk.types.errors import DataError

Reader = Any
CSV = b"id,name\n1,a\n2,b\n"


def parquet(table: pa.Table) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out)
    return out.getvalue()


def arrow(table: pa.Table, *, stream: bool = False) -> bytes:
    out = io.BytesIO()
    new = pa.ipc.new_stream if stream else pa.ipc.new_file
    with new(out, table.schema) as writer:
        writer.write_table(table, max_chunksize=2)
    return out.getvalue()


def zst(content: bytes) -> bytes:
    return pa.compress(content, "zstd", asbytes=True)


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("_dot_", "."), content)
    return out.getvalue()


def test_parquet_is_loaded_in_order(read: Reader) -> None:
    got = read("a.parquet", parquet(pa.table({"i": list(range(5000)), "n": [{"a": 1}] * 5000})))
    assert got.column("i") == list(range(5000))
    assert got.types == ["integer", "struct"]
    assert got.report.store == "duckdb"


def test_parquet_can_stay_where_it_is(read: Reader) -> None:
    got = read("a.parquet", parquet(pa.table({"i": [1, 2]})), in_place=True)
    assert got.report.store == "parquet"
    assert got.report.path.endswith("a.parquet")
    assert (got.report.rows, got.types) == (2, ["integer"])


def test_a_cut_parquet_file_is_refused(read: Reader) -> None:
    with pytest.raises(DataError, match="damaged"):
        read("a.parquet", parquet(pa.table({"i": [1, 2]}))[:-20])


@pytest.mark.parametrize("stream", [False, True])
def test_a_frame_keeps_its_types(read: Reader, stream: bool) -> None:
    frame = pd.DataFrame(
        {
            "cat": pd.Categorical(["b", "a", None]),
            "zoned": pd.to_datetime(["2024-01-01", "2024-06-01", None]).tz_localize("Europe/Rome"),
            "day": pd.to_datetime(["2024-01-01", "2024-01-02", None]),
            "money": [Decimal("1.10"), None, Decimal("2.25")],
            "flag": [True, None, False],
            "text": ["1,5", "x", None],
        }
    )
    got = read("df.arrow", arrow(pa.Table.from_pandas(frame), stream=stream))
    assert got.types == ["text", "timestamptz", "timestamp", "decimal(3,2)", "boolean", "text"]
    assert got.column("cat") == ["b", "a", None]
    assert got.column("day")[0] == datetime(2024, 1, 1)
    assert got.column("money") == [Decimal("1.10"), None, Decimal("2.25")]
    assert got.sql("select epoch(zoned) from {table}")[0] == (1704063600.0,)


def test_ordered_categories_sort_in_their_order(read: Reader) -> None:
    sizes = pd.Categorical(["high", "low", "mid"], ["low", "mid", "high"], ordered=True)
    got = read("df.arrow", arrow(pa.Table.from_pandas(pd.DataFrame({"size": sizes}))))
    assert got.sql("select size::varchar from {table} order by size") == [
        ("low",), ("mid",), ("high",),
    ]  # fmt: skip
    assert got.types == ["text"]


def test_a_type_that_cannot_be_queried_is_named(read: Reader) -> None:
    union = pa.UnionArray.from_sparse(
        pa.array([0, 1], pa.int8()), [pa.array([1, 2]), pa.array(["a", "b"])]
    )
    with pytest.raises(DataError, match="'mixed'") as refused:
        read("df.arrow", arrow(pa.table({"ok": [1, 2], "mixed": union})))
    assert refused.value.column == "mixed"


def test_a_frame_without_columns_is_refused(read: Reader) -> None:
    with pytest.raises(DataError, match="no columns"):
        read("df.arrow", arrow(pa.table({})))


COMPRESSED = {
    "a.csv.gz": gzip.compress(CSV),
    "a.csv.zst": zst(CSV),
    "a.zip": zipped(a_dot_csv=CSV),
    "a.bin": gzip.compress(CSV),
}


@pytest.mark.parametrize("name", COMPRESSED)
def test_compressed_files_are_read_by_their_bytes(read: Reader, name: str) -> None:
    got = read(name, COMPRESSED[name])
    assert got.rows() == [(1, "a"), (2, "b")]
    assert got.report.name == "a"


def test_every_member_of_an_archive_is_a_table(read: Reader) -> None:
    content = zipped(one_dot_csv=CSV, two_dot_json=b'[{"x": 1}]', three_dot_csv=CSV + b"3,c\n")
    got = read("all.zip", content)
    assert [(r.name, r.rows) for r in got.reports] == [
        ("all_one", 2), ("all_two", 1), ("all_three", 3),
    ]  # fmt: skip
    assert got.rows(2)[-1] == (3, "c")


def test_what_file_managers_add_to_archives_is_passed_over(read: Reader) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.csv", CSV)
        archive.writestr("__MACOSX/._a.csv", b"\0\5\26\7")
        archive.writestr(".DS_Store", b"\0\0")
    assert len(read("a.zip", out.getvalue()).reports) == 1


def test_compressed_parquet_and_workbooks_are_read(read: Reader) -> None:
    assert read("a.parquet.gz", gzip.compress(parquet(pa.table({"i": [1]})))).names == ["i"]


def test_a_file_compressed_twice_or_cut_is_refused(read: Reader) -> None:
    with pytest.raises(DataError, match="twice"):
        read("a.gz", gzip.compress(gzip.compress(CSV)))
    with pytest.raises(DataError, match="damaged"):
        read("b.gz", gzip.compress(CSV * 1000)[:-30])
    with pytest.raises(DataError, match="damaged"):
        read("c.zst", zst(CSV * 1000)[:-5])


def test_an_archive_of_nothing_is_refused(read: Reader) -> None:
    with pytest.raises(DataError, match="empty"):
        read("a.zip", zipped())
