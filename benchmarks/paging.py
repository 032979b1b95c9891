"""1h, 1i: pages of a result of ten million rows, against sorting and slicing the whole frame."""

from __future__ import annotations

import json
import random
import statistics
from collections.abc import Iterator
from pathlib import Path

import duckdb

import dip_sdk
from dip_sdk.types.plan import AnswerStep, Plan, SqlStep

from . import data
from .measure import Figure, median, seconds

ORDERS = ("-amount", "amount", "-discount")
ORDERS_NOTE = "median of three, asked at once: the file of the result is being written meanwhile"


def figures(folder: Path, scale: float) -> Iterator[Figure]:
    count = int(10_000_000 * scale)
    path = data.parquet(folder, count)
    naive = _naive(path)
    with dip_sdk.Client(workdir=folder / "paging") as client:
        session = client.session()
        session.upload(path, name="orders")
        result = session.run(everything())
        assert result.row_count == count
        chance = random.Random(7)

        def page(sort: list[str]) -> float:
            number = chance.randrange(1, count // 100)
            return seconds(lambda: result.page(number, size=100, sort=sort))

        base = f"sort, slice and JSON of a whole frame, {naive:.1f} s"
        page([])
        share = median(lambda: page([]), 21) / naive * 100
        yield Figure("1h", "page of 100 at a random offset", share, " %", 0.2, base)
        first = seconds(lambda: result.page(1, size=100, sort=["-amount"])) / naive * 100
        yield Figure("1i", "first page after choosing a sort", first, " %", 5, base)
        builds = [seconds(lambda by=by: result.page(9, sort=[by])) for by in ORDERS]
        build = statistics.median(builds) / naive * 100
        yield Figure("1i", "building the order", build, " %", 30, base, ORDERS_NOTE)
        share = median(lambda: page(["-amount"]), 21) / naive * 100
        yield Figure("1i", "pages after the order stands", share, " %", 0.5, base)


def everything() -> Plan:
    """A plan whose answer is the whole table."""
    steps = (SqlStep(name="all_rows", sql="select * from orders"), AnswerStep(table="all_rows"))
    return Plan(question="all rows", planner="rules", steps=steps)


def _naive(path: Path) -> float:
    frame = duckdb.sql(f"from '{path}'").df()

    def page() -> None:
        rows = frame.sort_values("amount", ascending=False).iloc[5_000:5_100]
        json.dumps(rows.to_dict("records"), default=str)

    return median(lambda: seconds(page), 2)
