"""1g: a question on a million rows, warm, against the same SQL in plain DuckDB."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb

import dip_sdk

from . import data
from .measure import Figure, paired, seconds


def figures(folder: Path, scale: float) -> Iterator[Figure]:
    path = data.parquet(folder, int(1_000_000 * scale))
    plain = duckdb.connect()
    plain.execute(f"create table orders as from '{path}'")
    with dip_sdk.Client(workdir=folder / "question") as client:
        session = client.session()
        session.upload(path, name="orders")
        first = session.query("total amount by region")
        assert first.status == "answered", first
        ours, base, _ = paired(
            lambda: seconds(lambda: session.query("total amount by region")),
            lambda: seconds(lambda: plain.sql(first.sql).fetchall()),
            rounds=15,
        )
    over = (ours - base) * 1000
    note = f"{ours * 1000:.1f} ms against {base * 1000:.1f} ms"
    yield Figure("1g", "question on 1M rows, over plain SQL", over, " ms", 30, "same SQL", note)
