"""1n: a group-by, a join and a sort larger than the memory limit finish by spilling."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from dip_sdk.types.session import Limits
from dip_sdk.worker.process import Worker

from .measure import Figure, seconds

LARGER = {
    "group by": "select range // 2 as k, count(*) as n, max(hash(range)) as h "
    "from range({rows}) group by k",
    "join": "select a.range as k, hash(b.range) as h from range({rows}) a "
    "join range({rows}) b on a.range = b.range",
    "sort": "select hash(range) as h, range as i, hash(range + 1) as g "
    "from range({rows}) order by h",
}


def figures(folder: Path, scale: float) -> Iterator[Figure]:
    root = folder / "spill"
    for part in ("sources", "tables", "results", "scratch"):
        (root / part).mkdir(parents=True)
    limit = 400
    worker = Worker(root, Limits(memory_mb=limit))
    worker.use(())
    count = int(30_000_000 * scale)
    for name, sql in LARGER.items():
        run = name.replace(" ", "_")
        took = seconds(lambda sql=sql, run=run: worker.step(run, "t", sql.format(rows=count), {}))
        worker.drop(run)
        what = f"{name} of {count:,} rows in {limit} MB finishes"
        yield Figure("1n", what, took, " s", 300, "-")
    worker.close()
