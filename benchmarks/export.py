"""1k: exports, against DuckDB's COPY and pandas' Excel writer; memory from 1x to 5x the size."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb

import dip_sdk
from dip_sdk.types.plan import AnswerStep, Plan, SqlStep

from . import data
from .measure import Figure, paired, process, seconds
from .paging import everything

WIDE = "select * from orders limit {count}"
GROWN = """
import sys
from pathlib import Path
import duckdb
from dip_sdk.types.values import Column
from dip_sdk.worker.exports import export
con = duckdb.connect()
con.execute("set memory_limit='400MB'")
source = f"select * from '{sys.argv[1]}'"
described = con.sql(f"describe {source}").fetchall()
from dip_sdk.worker.types import wire_type
columns = [Column(name=row[0], type=wire_type(row[1])) for row in described]
export(con, source, columns, Path(sys.argv[2]), sys.argv[3], None)
"""


def figures(folder: Path, scale: float) -> Iterator[Figure]:
    path = data.parquet(folder, int(10_000_000 * scale))
    plain = duckdb.connect()
    plain.execute(f"create table orders as from '{path}'")
    with dip_sdk.Client(workdir=folder / "export") as client:
        session = client.session()
        session.upload(path, name="orders")
        result = session.run(everything())
        for form, options in (("csv", "header"), ("parquet", "format parquet")):
            target, other = folder / f"ours.{form}", folder / f"plain.{form}"
            ours, base, ratio = paired(
                lambda target=target: seconds(lambda: result.export(target)),
                lambda other=other, options=options: seconds(
                    lambda: plain.execute(f"copy orders to '{other}' ({options})")
                ),
            )
            note = f"{ours:.1f} s against {base:.1f} s"
            what = f"{form} of {result.row_count:,} rows"
            yield Figure("1k", what, ratio, "x", 1.3, "DuckDB COPY", note)
            target.unlink()
            other.unlink()
        yield _workbook(folder, session, int(100_000 * scale))
    for form in ("csv", "xlsx"):
        yield _growth(folder, form, int(200_000 * scale))


def _workbook(folder: Path, session: dip_sdk.Client, count: int) -> Figure:
    columns = ", ".join(f'"{name}" as "{name}_{n}"' for n in (1, 2) for name in _COLUMNS)
    sql = f"select {columns}, id as a, id as b from orders limit {count}"
    steps = (SqlStep(name="wide", sql=sql), AnswerStep(table="wide"))
    result = session.run(Plan(question="wide", planner="rules", steps=steps))
    frame = result.to_pandas()
    ours, base, ratio = paired(
        lambda: seconds(lambda: result.export(folder / "ours.xlsx")),
        lambda: seconds(lambda: frame.to_excel(folder / "plain.xlsx", index=False)),
        rounds=1,
    )
    note = f"{ours:.1f} s against {base:.1f} s"
    return Figure("1k", f"xlsx of {count:,} x 20", ratio, "x", 0.15, "pandas to_excel", note)


_COLUMNS = (
    "id", "customer", "amount", "quantity", "ordered", "region", "product", "paid", "discount",
)  # fmt: skip


def _growth(folder: Path, form: str, count: int) -> Figure:
    small, large = data.parquet(folder, count), data.parquet(folder, 5 * count)
    one = process(GROWN, str(small), str(folder / "one"), form).peak_mb
    five = process(GROWN, str(large), str(folder / "five"), form).peak_mb
    note = f"{five:.0f} MB against {one:.0f} MB"
    return Figure("1k", f"memory of a {form} export at 5x", five / one, "x", 1.3, "at 1x", note)
