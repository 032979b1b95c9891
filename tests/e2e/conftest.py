"""A client over real workers, and what the tests of bad input look at: its processes and memory."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from dip_sdk import Client
from dip_sdk.client import Session

SALES = """region,amount,ordered
North,10,2024-01-05
South,20,2024-01-20
North,5,2024-02-03
"""
TOTAL = 35


@pytest.fixture(scope="module")
def workdir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("work")


@pytest.fixture(scope="module")
def client(workdir: Path) -> Iterator[Client]:
    with Client(workdir=workdir, planner="rules") as client:
        yield client


@pytest.fixture(scope="module")
def sales(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sales") / "sales.csv"
    path.write_text(SALES, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def session(client: Client, sales: Path) -> Session:
    """One conversation that lives through everything a module does to it."""
    session = client.session()
    session.upload(sales)
    return session


@pytest.fixture
def unharmed(session: Session) -> Iterator[None]:
    """After the test the session has the tables it had, and answers."""
    before = session.tables()
    yield
    assert session.tables() == before
    assert session.query("total amount", on="sales").value == TOTAL


@pytest.fixture(scope="session")
def workers() -> Callable[[int], list[int]]:
    """The worker processes of a process (by default this one)."""
    return workers_of


def workers_of(parent: int | None = None) -> list[int]:
    listed = subprocess.run(
        ["ps", "-eo", "pid=,ppid=,stat=,args="], capture_output=True, text=True, check=True
    )
    found = [line.split(None, 3) for line in listed.stdout.splitlines()]
    wanted = str(parent or os.getpid())
    return [
        int(pid)
        for pid, ppid, state, *words in found
        if ppid == wanted and "dip_sdk.worker" in words[0] and not state.startswith("Z")
    ]


@pytest.fixture(scope="session")
def gone() -> Callable[[list[int]], None]:
    """Waits until processes have ended; fails when they do not."""

    def wait(pids: list[int], seconds: float = 5.0) -> None:
        deadline = time.monotonic() + seconds
        while alive := [pid for pid in pids if _lives(pid)]:
            assert time.monotonic() < deadline, f"still alive: {alive}"
            time.sleep(0.05)

    return wait


def _lives(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


@pytest.fixture(scope="session")
def spared() -> Callable[[], AbstractContextManager[None]]:
    """What happens inside costs this process less than 64 MB of memory, at its peak."""
    return _spared


@contextmanager
def _spared() -> Iterator[None]:
    before = _memory("VmRSS")
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    yield
    assert _memory("VmHWM") - before < 64 << 10


def _memory(field: str) -> int:
    """KiB of memory of this process, now or at its peak."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(
        int(line.split()[1]) for line in status.splitlines() if line.startswith(f"{field}:")
    )
