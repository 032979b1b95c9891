"""Hostile files and runaway SQL through the public client: the caller lives and stays small."""

from __future__ import annotations

import gzip
import io
import os
import struct
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dip_sdk import Client
from dip_sdk.client import Session
from dip_sdk.client._sync.stream import QueryStream
from dip_sdk.client.core.asks import RunPlan
from dip_sdk.engine.engine import Engine
from dip_sdk.types.errors import Cancelled, DataError, DipError, QueryFailed
from dip_sdk.types.plan import AnswerStep, Plan, SqlStep
from dip_sdk.types.session import Limits
from dip_sdk.worker import sandbox

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="reads memory from /proc"),
]

MEMORY_MB = 600
LIMIT_KB = (
    MEMORY_MB + sandbox.HEADROOM_MB + sandbox.HEADROOM_PER_CPU_MB * (os.cpu_count() or 1)
) << 10
SPARE_KB = 64 << 10
TOTAL = 35
SALES = "region,amount\nNorth,10\nSouth,20\nNorth,5\n"
RUNAWAYS = {
    "recursion": "with recursive r as (select 1 as n union all select n + 1 from r) "
    "select max(n) from r",
    "cross join": "select count(*) from big a, big b, big c where (a.n * b.n + c.n) % 7 = 3",
    "regex": "select count(*) from big a, big b where regexp_matches("
    "repeat('a', 5000) || a.n || b.n, '(a|aa|a?a)+(b|c)*[0-9]{300}z$')",
    "growing text": "select string_agg(repeat('abc', 1000), ',') from big a, big b",
    "distance": "select sum(levenshtein(repeat('a', 9000), repeat('b', 9000) || n)) from big",
    "spill": "select a.n, b.n as m from big a, big b order by (a.n * b.n) % 1000003, m",
}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    limits = Limits(memory_mb=MEMORY_MB, threads=2, disk_mb=300)
    engine = Engine(workdir=tmp_path_factory.mktemp("work"), limits=limits, planner="rules")
    with Client(engine=engine) as client:
        yield client
    engine.close()


@pytest.fixture(scope="module")
def session(client: Client, tmp_path_factory: pytest.TempPathFactory) -> Session:
    session = client.session()
    folder = tmp_path_factory.mktemp("data")
    (folder / "sales.csv").write_text(SALES, encoding="utf-8")
    (folder / "big.csv").write_text("n\n" + "\n".join(map(str, range(100_000))), encoding="utf-8")
    session.upload(folder / "sales.csv", folder / "big.csv")
    answers(session)
    return session


def answers(session: Session) -> None:
    assert session.query("total amount", on="sales").value == TOTAL


def plan(sql: str) -> Plan:
    step = SqlStep(name="made", title="Made", sql=sql)
    return Plan(question="by hand", planner="hand", steps=(step, AnswerStep(table="made")))


def memory(field: str, pid: int | str = "self") -> int:
    """KiB of memory of a process; 0 when it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next((int(s.split()[1]) for s in status.splitlines() if s.startswith(f"{field}:")), 0)


@contextmanager
def spared() -> Iterator[None]:
    """What happens inside costs this process less than 64 MB at its peak."""
    before = memory("VmRSS")
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    yield
    assert memory("VmHWM") - before < SPARE_KB


@contextmanager
def watched() -> Iterator[list[int]]:
    """The largest memory of any worker of this process, looked at ten times a second."""
    peak, over = [0], threading.Event()

    def look() -> None:
        while not over.wait(0.1):
            peak[0] = max([peak[0], *(memory("VmHWM", pid) for pid in workers())])

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield peak
    finally:
        over.set()
        thread.join()


def workers() -> list[int]:
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
            parent = (process / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if b"dip_sdk.worker" in words and int(parent) == os.getpid():
            found.append(int(process.name))
    return found


def archive(members: dict[str, bytes]) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return sink.getvalue()


def workbook() -> dict[str, bytes]:
    """The parts of a plain workbook."""
    book = openpyxl.Workbook()
    book.active.append(["region", "amount"])
    book.active.append(["North", 10])
    sink = io.BytesIO()
    book.save(sink)
    with zipfile.ZipFile(sink) as made:
        return {name: made.read(name) for name in made.namelist()}


def far_cell() -> bytes:
    parts = workbook()
    sheet = "xl/worksheets/sheet1.xml"
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    parts[sheet] = parts[sheet].replace(b"</sheetData>", far)
    return archive(parts)


def swollen_workbook() -> bytes:
    parts = workbook()
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = parts[sheet].replace(b"</sheetData>", b" " * (400 << 20) + b"</sheetData>")
    return archive(parts)


def lying_parquet() -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table({"a": list(range(1000))}), sink)
    whole = sink.getvalue().to_pybytes()
    return whole[:-8] + struct.pack("<I", 2**31 - 1) + b"PAR1"


def rotten_parquet() -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table({"a": list(range(1000))}), sink, compression="none")
    whole = bytearray(sink.getvalue().to_pybytes())
    whole[4:80] = b"\xff" * 76
    return bytes(whole)


HOSTILE: dict[str, tuple[str, Callable[[], bytes]]] = {
    "a far cell": ("far.xlsx", far_cell),
    "a swollen sheet": ("swollen.xlsx", swollen_workbook),
    "a zip bomb": ("bomb.zip", lambda: archive({"a.csv": b"a,b\n" + b"0,0\n" * (100 << 20)})),
    "a gzip bomb": ("bomb.csv.gz", lambda: gzip.compress(b"a,b\n" + b"0,0\n" * (100 << 20), 6)),
    "deep brackets": ("deep.json", lambda: b"[" * 200_000 + b"]" * 200_000),
    "a Parquet footer that lies": ("lies.parquet", lying_parquet),
    "Parquet pages of rot": ("rot.parquet", rotten_parquet),
}


@pytest.fixture(scope="module", params=HOSTILE)
def hostile(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """The file; made in a process of its own, so that this one's memory stays as it is."""
    name, _ = HOSTILE[request.param]
    path = tmp_path_factory.mktemp("hostile") / name
    child = os.fork()
    if child == 0:
        path.write_bytes(HOSTILE[request.param][1]())
        os._exit(0)
    os.waitpid(child, 0)
    yield path
    path.unlink()


def test_a_hostile_file_harms_nobody(hostile: Path, session: Session) -> None:
    before = session.tables()
    began = time.monotonic()
    with watched() as peak, spared(), pytest.raises(DipError) as caught:
        session.upload(hostile)
    assert time.monotonic() - began < 60
    assert peak[0] < LIMIT_KB
    assert isinstance(caught.value, DataError), caught.value
    assert caught.value.hint
    assert session.tables() == before
    answers(session)


@pytest.mark.parametrize("name", RUNAWAYS)
def test_a_runaway_plan_is_stopped_within_a_second(name: str, session: Session) -> None:
    stream = QueryStream(lambda: session, RunPlan(plan(RUNAWAYS[name])))
    found: list[tuple[float, DipError]] = []

    def run() -> None:
        with pytest.raises(DipError) as caught, stream:
            stream.result()
        found.append((time.monotonic(), caught.value))

    with watched() as peak, spared():
        thread = threading.Thread(target=run)
        thread.start()
        thread.join(1.5)
        stopped = time.monotonic()
        stream.cancel()
        thread.join(3)
        assert found, "the run goes on"
        answers(session)
    ended, error = found[0]
    assert ended - stopped < 1
    assert isinstance(error, (Cancelled, QueryFailed)), error
    assert peak[0] < LIMIT_KB


def test_an_edited_runaway_ends_with_its_iterator(session: Session) -> None:
    edit = session.query("total amount", on="sales").edit(sql=RUNAWAYS["recursion"])
    stream = QueryStream(lambda: session, RunPlan(edit.plan))
    with stream:
        for event in stream:
            if event.type == "status" and "Understanding" in event.message:
                break
    answers(session)


def test_stopping_one_of_ten_leaves_nine_their_answers(session: Session) -> None:
    slow = "select sum(a.n) + {0} - {0} as total from big a, (select n from big limit 2000) b"
    away = QueryStream(lambda: session, RunPlan(plan(RUNAWAYS["distance"])))

    def stopped() -> str:
        with away:
            try:
                away.result()
            except Cancelled as error:
                return error.code
        return "answered"

    with ThreadPoolExecutor(10) as pool:
        tenth = pool.submit(stopped)
        nine = [pool.submit(session.run, plan(slow.format(n))) for n in range(9)]
        time.sleep(0.5)
        away.cancel()
        assert tenth.result(5) == "cancelled"
        totals = {future.result(60).value for future in nine}
    assert totals == {sum(range(100_000)) * 2000}


def test_files_after_questions_and_frames_after_files_just_work(
    client: Client, tmp_path: Path
) -> None:
    (tmp_path / "sales.csv").write_text(SALES, encoding="utf-8")
    (tmp_path / "fees.csv").write_text("region,charge\nNorth,4\nSouth,5\n", encoding="utf-8")
    with client.session() as session:
        session.upload(tmp_path / "sales.csv")
        first = session.query("total amount")
        session.upload(tmp_path / "fees.csv")
        assert session.query("total charge").value == 9
        session.upload(people=pd.DataFrame({"name": ["Ann", "Bo"], "age": [30, 41]}))
        assert session.query("average age", on="people").value == 35.5
        with pytest.raises(DataError):
            session.upload(broken=pd.DataFrame({"bad": [object()]}))
        assert session.query("total amount", on="sales").value == first.value == TOTAL


def test_a_file_beyond_the_disk_limit_is_refused(tmp_path: Path) -> None:
    """`disk_mb` bounds what a reader may write."""
    path = tmp_path / "noise.csv"
    with path.open("w", encoding="ascii") as file:
        file.write("key,noise\n")
        for key in range(30_000):
            file.write(f"{key},{os.urandom(1000).hex()}\n")
    (tmp_path / "sales.csv").write_text(SALES, encoding="utf-8")
    engine = Engine(workdir=tmp_path / "work", limits=Limits(disk_mb=8), planner="rules")
    with Client(engine=engine) as client:
        session = client.session()
        session.upload(tmp_path / "sales.csv")
        with spared(), pytest.raises(DataError) as caught:
            session.upload(path)
        assert caught.value.code == "out_of_disk"
        assert (
            caught.value.message == "noise.csv needs more disk space than there is for reading it."
        )
        assert [table.name for table in session.tables()] == ["sales"]
        answers(session)
    engine.close()
