"""1p: from an event of the engine to its consumer, in this process."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from pathlib import Path

from dip_sdk.engine.bridge import Cancel, iterate

from .measure import Figure

COUNT = 20_000


def figures(folder: Path, scale: float) -> Iterator[Figure]:  # noqa: ARG001 - one shape for all
    def stamps(_cancel: Cancel) -> Iterator[float]:
        for _ in range(COUNT):
            yield time.perf_counter()
            time.sleep(0)

    late = [(time.perf_counter() - sent) * 1e6 for sent in iterate(stamps, Cancel())]
    typical = statistics.median(late)
    yield Figure("1p", "engine event to consumer", typical, " us", 100, "-")
