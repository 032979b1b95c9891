"""Statements that never end or eat the machine: stopped within a second, harming nobody else."""

import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dip_sdk.types.errors import Cancelled, DipError, QueryFailed
from dip_sdk.types.session import Limits
from dip_sdk.worker import sandbox
from dip_sdk.worker.process import Worker

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="reads memory from /proc"),
]

MEMORY_MB = 600
IN_LIST = ", ".join(str(i * 7) for i in range(200_000))
RUNAWAYS = {
    "cross join": "select count(*) from range(1000000) a, range(1000000) b "
    "where (a.range * b.range) % 7 = 3",
    "recursion": "with recursive r as (select 1 as n union all select n + 1 from r) "
    "select max(n) from r",
    "list of a range": "select len(list(i)) from range(300000000) t(i)",
    "range as a value": "select len(range(300000000))",
    "repeat": "select len(repeat('x', 3000000000))",
    "regex": "select count(*) from range(100000000) t(i) "
    "where regexp_matches(repeat('a', 5000) || i, '(a|aa|a?a)+(b|c)*[0-9]{300}z$')",
    "list_reduce": "select list_reduce(range(30000000), lambda x, y: (x * 31 + y) % 1000003)",
    "levenshtein": "select levenshtein(repeat('a', 200000), repeat('b', 200000))",
    "long list": f"select count(*) from range(100000000) t(i) where i in ({IN_LIST})",
    "spill": "select *, random() as r, repeat('x', 100) as s from range(300000000) order by r",
    "growing text": "select string_agg(repeat('abc', 1000), ',') from range(30000000)",
    "wide cross join": "select a.range as a, b.range as b from range(1000000) a, range(1000000) b",
}
LIMIT_KB = (
    MEMORY_MB + sandbox.HEADROOM_MB + sandbox.HEADROOM_PER_CPU_MB * (os.cpu_count() or 1)
) << 10


def resident(pid: int | str, field: str = "VmRSS") -> int:
    """KiB of memory of a process; 0 when it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except (FileNotFoundError, ProcessLookupError):
        return 0
    lines = [line for line in status.splitlines() if line.startswith(f"{field}:")]
    return int(lines[0].split()[1]) if lines else 0


def ticks(pid: int) -> int:
    """CPU time a process has used, in clock ticks; -1 when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return -1
    return -1 if fields[0] == "Z" else int(fields[11]) + int(fields[12])


def idle_or_gone(pid: int) -> bool:
    before = ticks(pid)
    time.sleep(0.15)
    return before < 0 or ticks(pid) < 0 or ticks(pid) - before <= 3


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Worker]:
    made = Worker(tmp_path, Limits(memory_mb=MEMORY_MB, threads=2, disk_mb=300))
    made.step("warm", "a", "select 1", {})
    made.drop("warm")
    yield made
    made.close()


@pytest.mark.parametrize("name", RUNAWAYS)
def test_a_runaway_is_stopped_and_the_next_question_works(worker: Worker, name: str) -> None:
    pid, own = worker.pid, resident("self")
    found: list[DipError] = []

    def run() -> None:
        try:
            worker.step("away", "a", RUNAWAYS[name], {})
        except DipError as error:
            found.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(1.0)
    peak = resident(pid, "VmHWM")
    stopped = time.monotonic()
    worker.cancel("away")
    thread.join(1.0)
    assert not thread.is_alive()
    assert isinstance(found[0], (Cancelled, QueryFailed)), found[0]
    while not idle_or_gone(pid):
        assert time.monotonic() - stopped < 2.5
    assert max(peak, resident(pid, "VmHWM")) < LIMIT_KB
    assert resident("self") - own < 64 << 10
    worker.drop("away")
    assert worker.look("next", "select 6 * 7", {}, 1).rows == ((42,),)


def test_stopping_one_of_ten_leaves_the_others_their_answers(worker: Worker) -> None:
    found: dict[int, object] = {}

    def ask(i: int) -> None:
        try:
            worker.step(f"run{i}", "a", f"select {i} as i", {})
            sql = f'select i + count(*) as n from "run{i}"."a", range(60000000) group by i'
            found[i] = worker.step(f"run{i}", "b", sql, {}).preview[0][0]
        except DipError as error:
            found[i] = type(error)

    def run_away() -> None:
        try:
            worker.step("away", "a", RUNAWAYS["levenshtein"], {})
        except DipError as error:
            found[9] = type(error)

    threads = [threading.Thread(target=ask, args=(i,)) for i in range(9)]
    threads.append(threading.Thread(target=run_away))
    for thread in reversed(threads):
        thread.start()
    time.sleep(0.5)
    worker.cancel("away")
    for thread in threads:
        thread.join(60)
    assert found == {i: 60_000_000 + i for i in range(9)} | {9: Cancelled}


def test_a_spill_beyond_the_disk_ends_by_itself_and_leaves_nothing(
    worker: Worker, tmp_path: Path
) -> None:
    with pytest.raises(QueryFailed) as caught:
        worker.step("away", "a", RUNAWAYS["spill"], {})
    assert caught.value.code in ("out_of_disk", "out_of_memory")
    worker.close()
    assert list((tmp_path / "scratch").iterdir()) == []
