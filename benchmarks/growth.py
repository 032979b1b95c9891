"""1m: growth over rows and columns: ingest linear, paging flat, quick profile linear."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import dip_sdk

from . import data
from .measure import Figure, median, seconds
from .paging import everything


def figures(folder: Path, scale: float) -> Iterator[Figure]:
    counts = [int(n * scale) for n in (100_000, 1_000_000, 10_000_000)]
    load, page = zip(*(_rows(folder, count) for count in counts), strict=True)
    note = ", ".join(f"{n:,}: {s:.2f} s" for n, s in zip(counts, load, strict=True))
    step = load[2] / load[1]
    yield Figure("1m", "ingest, ten times the rows", step, "x", 12, "1M rows", note)
    note = ", ".join(f"{n:,}: {s * 1000:.1f} ms" for n, s in zip(counts, page, strict=True))
    yield Figure(
        "1m", "a page, hundred times the rows", page[2] / page[0], "x", 2, "100k rows", note
    )
    few, many = _columns(folder, 200), _columns(folder, 2_000)
    note = f"200: {few:.2f} s, 2,000: {many:.2f} s"
    yield Figure("1m", "upload, ten times the columns", many / few, "x", 15, "200 columns", note)


def _rows(folder: Path, count: int) -> tuple[float, float]:
    path = data.csv(folder, count)
    with dip_sdk.Client(workdir=folder / f"growth_{count}") as client:
        session = client.session()
        load = seconds(lambda: session.upload(path, name="orders"))
        result = session.run(everything())
        result.page(count // 200)
        page = median(lambda: seconds(lambda: result.page(count // 200)), 9)
    path.unlink()
    return load, page


def _columns(folder: Path, columns: int) -> float:
    path = data.wide_csv(folder, columns, 2_000)
    with dip_sdk.Client(workdir=folder / f"columns_{columns}") as client:
        session = client.session()
        return seconds(lambda: session.upload(path))
