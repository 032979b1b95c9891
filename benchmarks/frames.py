"""1j: a result of a million rows as a pandas frame, against Arrow to pandas in one process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb

import dip_sdk

from . import data
from .measure import Figure, paired, seconds
from .paging import everything


def figures(folder: Path, scale: float) -> Iterator[Figure]:
    path = data.parquet(folder, int(1_000_000 * scale))
    plain = duckdb.connect()
    plain.execute(f"create table orders as from '{path}'")
    with dip_sdk.Client(workdir=folder / "frames") as client:
        session = client.session()
        session.upload(path, name="orders")
        result = session.run(everything())
        ours, base, ratio = paired(
            lambda: seconds(result.to_pandas),
            lambda: seconds(lambda: plain.sql("from orders").to_arrow_table().to_pandas()),
            rounds=5,
        )
    note = f"{ours:.2f} s against {base:.2f} s"
    yield Figure("1j", "1M rows to pandas", ratio, "x", 2, "in-process Arrow to pandas", note)
