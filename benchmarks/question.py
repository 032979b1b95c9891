"""1g: a question on a million rows, warm, against the same SQL in plain DuckDB."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb

import dip_sdk
from dip_sdk.client import Result

from . import data
from .measure import Figure, paired, seconds


def figures(folder: Path, scale: float) -> Iterator[Figure]:
    path = data.parquet(folder, int(1_000_000 * scale))
    plain = duckdb.connect()
    plain.execute(f"create table orders as from '{path}'")
    least = iter(range(1, 50))
    with dip_sdk.Client(workdir=folder / "question") as client:
        session = client.session()
        session.upload(path, name="orders")
        results = []

        def ask() -> None:
            """A question that was not asked before: nothing of it is remembered."""
            words = f"total amount by region for orders with quantity above {next(least)}"
            results.append(session.query(words))

        def compute() -> None:
            plain.execute(results[-1].sql, bound(results[-1])).fetchall()

        ours, base, _ = paired(lambda: seconds(ask), lambda: seconds(compute), rounds=15)
        assert all(result.status == "answered" for result in results), results[-1]
    over = (ours - base) * 1000
    note = f"{ours * 1000:.1f} ms against {base * 1000:.1f} ms"
    yield Figure("1g", "question on 1M rows, over plain SQL", over, " ms", 30, "same SQL", note)


def bound(result: Result) -> dict[str, object]:
    """The values of the statement that made the answer."""
    return dict(result.plan.sql_steps[-1].params)
