"""1o: twenty sessions asking at once, against one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import dip_sdk

from . import data
from .measure import Figure, paired, seconds

MANY = 20


def figures(folder: Path, scale: float) -> Iterator[Figure]:
    path = data.parquet(folder, int(200_000 * scale))
    with dip_sdk.Client(workdir=folder / "sessions") as client:
        sessions = [client.session() for _ in range(MANY)]
        for session in sessions:
            session.upload(path, name="orders")
            session.query("total amount by region")
        ask = [lambda s=s: s.query("average amount by product") for s in sessions]
        with ThreadPoolExecutor(MANY) as pool:
            together, apart, ratio = paired(
                lambda: seconds(lambda: [f.result() for f in [pool.submit(one) for one in ask]]),
                lambda: seconds(lambda: [one() for one in ask]),
            )
    note = f"{together:.2f} s against {apart:.2f} s"
    yield Figure("1o", "20 sessions at once", ratio, "x", 1.2, "in turn", note)
