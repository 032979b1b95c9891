"""1d: the full profile of a table, against DuckDB's SUMMARIZE."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb

from dip_sdk.types.dataset import TableColumn
from dip_sdk.worker.profile import profile
from dip_sdk.worker.types import wire_type

from . import data
from .measure import Figure, paired, seconds


def figures(folder: Path, scale: float) -> Iterator[Figure]:
    long = data.parquet(folder, int(1_650_000 * scale))
    wide = data.wide_csv(folder, 2_000, int(5_000 * scale))
    for what, path in (("1.65M rows x 9", long), ("5,000 rows x 2,000", wide)):
        con = duckdb.connect()
        con.execute(f"create table t as from '{path}'")
        described = con.sql("describe t").fetchall()
        columns = [TableColumn(name=row[0], type=wire_type(row[1])) for row in described]
        ours, base, ratio = paired(
            lambda con=con, columns=columns: seconds(lambda: profile(con.cursor(), "t", columns)),
            lambda con=con: seconds(lambda: con.cursor().sql("summarize t").fetchall()),
            rounds=3,
        )
        note = f"{ours:.2f} s against {base:.2f} s"
        yield Figure("1d", f"full profile, {what}", ratio, "x", 0.5, "SUMMARIZE", note)
