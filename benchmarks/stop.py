"""1l: every runaway of the set is stopped: terminal within 1 s, gone within 2 s, nothing harmed."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

from dip_sdk.types.errors import Cancelled, DipError
from dip_sdk.types.session import Limits
from dip_sdk.worker.process import Worker

from .measure import Figure, memory

RUNAWAYS = {
    "cross join": "select count(*) from range(1000000) a, range(1000000) b where a.range < b.range",
    "recursion": "with recursive r as (select 1 i union all select i + 1 from r) "
    "select max(i) from r",
    "range": "select list_sum(range(300000000))",
    "repeat": "select length(repeat('x', 3000000000::bigint) || range) from range(3)",
    "regex": "select count(*) from range(10000000) "
    "where regexp_matches(repeat('a', 300), '(a+)+b')",
    "lambda": "select list_reduce(range(30000000), lambda x, y: x + y)",
    "levenshtein": "select levenshtein(repeat('ab', 100000), repeat('ba', 100000))",
    "huge IN": "select count(*) from range(100000000) where range in ({items})".format(
        items=", ".join(map(str, range(0, 400_000, 2)))
    ),
}  # fmt: skip


def figures(folder: Path, scale: float) -> Iterator[Figure]:  # noqa: ARG001 - one shape for all
    root = folder / "stop"
    for part in ("sources", "tables", "results", "scratch"):
        (root / part).mkdir(parents=True)
    worker = Worker(root, Limits(memory_mb=1_000))
    worker.use(())
    with memory() as grown:
        for name, sql in RUNAWAYS.items():
            late, usable = _stop(worker, name, sql)
            yield Figure("1l", f"stop of {name}: terminal", late, " s", 1.0, "-", usable)
        yield Figure("1l", "growth of the caller over all stops", grown(), " MB", 64, "-")
    worker.close()


def _stop(worker: Worker, name: str, sql: str) -> tuple[float, str]:
    """(seconds from cancel to the end as its caller sees it, when the next question answered)."""
    asked = [0.0]

    def cancel() -> None:
        asked[0] = time.perf_counter()
        worker.cancel(name)

    timer = threading.Timer(1.0, cancel)
    timer.start()
    ended = "it ended by itself"
    try:
        worker.step(name, "answer", sql, {})
    except Cancelled:
        ended = ""
    except DipError as error:
        ended = f"refused: {error.code}"
    timer.cancel()
    late = time.perf_counter() - asked[0] if asked[0] else 0.0
    started = time.perf_counter()
    worker.step("next", f"after_{name.replace(' ', '_')}", "select 1 as one", {})
    return late, f"{ended or 'stopped'}; next answer after {time.perf_counter() - started:.2f} s"
