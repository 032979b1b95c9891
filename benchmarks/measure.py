"""How figures are measured: variants in turn (A B A B), medians, whole processes."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Cost:
    """What a whole process took, with the processes it started and waited for."""

    wall: float
    cpu: float
    peak_mb: float
    """Of its largest single process."""


@dataclass(frozen=True)
class Figure:
    """One line of the report."""

    id: str
    what: str
    value: float
    unit: str
    aim: float
    base: str
    note: str = ""

    @property
    def reached(self) -> bool:
        return self.value <= self.aim

    def __str__(self) -> str:
        mark = "ok  " if self.reached else "OVER"
        note = f"  ({self.note})" if self.note else ""
        value, aim = f"{self.value:,.3g}{self.unit}", f"<= {self.aim:g}{self.unit}"
        return f"{self.id:<4} {mark} {value:>10}  {aim:>12}  {self.what} / {self.base}{note}"


LAUNCHER = """
import json, os, subprocess, sys, time
started = time.perf_counter()
child = subprocess.Popen([sys.executable, "-c", *sys.argv[1:]], stdout=subprocess.DEVNULL)
_, status, usage = os.wait4(child.pid, 0)
wall = time.perf_counter() - started
cpu = usage.ru_utime + usage.ru_stime
print(json.dumps([os.waitstatus_to_exitcode(status), wall, cpu, usage.ru_maxrss / 1024]))
"""


def process(code: str, *args: str, cwd: Path | None = None) -> Cost:
    """Run Python code in a fresh interpreter and count what it cost; a failure is raised.

    A small process starts it: a peak begins with the size of whoever started the process.
    """
    command = [sys.executable, "-c", LAUNCHER, code, *args]
    told = subprocess.run(command, cwd=cwd, stdout=subprocess.PIPE, check=True).stdout
    exit_code, wall, cpu, peak_mb = json.loads(told)
    if exit_code:
        raise RuntimeError(f"a measured process ended with {exit_code}: {code[:200]}")
    return Cost(wall, cpu, peak_mb)


def seconds(work: Callable[[], object]) -> float:
    """Wall seconds of one call."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def paired(
    ours: Callable[[], float], base: Callable[[], float], rounds: int = 3
) -> tuple[float, float, float]:
    """(median of ours, median of base, median of the ratios), measured in turn after a warm-up."""
    ours()
    base()
    pairs = [(ours(), base()) for _ in range(rounds)]
    ratio = statistics.median(a / b for a, b in pairs)
    return statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs), ratio


def median(work: Callable[[], float], rounds: int = 5) -> float:
    return statistics.median(work() for _ in range(rounds))


@contextmanager
def memory(pid: int | None = None) -> Iterator[Callable[[], float]]:
    """Megabytes by which a process has grown at most since the block began (Linux)."""
    status = Path(f"/proc/{pid or os.getpid()}/status")

    def resident(field: str) -> float:
        line = next(x for x in status.read_text().splitlines() if x.startswith(field))
        return int(line.split()[1]) / 1024

    Path(f"/proc/{pid or os.getpid()}/clear_refs").write_text("5")
    before = resident("VmRSS:")
    yield lambda: resident("VmHWM:") - before
