"""The worker process from outside: start, stop, crash, restart, end."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest

from dip_sdk.types.errors import Cancelled, DataError, DipError, QueryFailed, WorkerLost
from dip_sdk.types.result import Condition
from dip_sdk.types.session import Limits
from dip_sdk.worker.channel import Call, Channel
from dip_sdk.worker.ingest_process import ingest
from dip_sdk.worker.messages import IngestRequest
from dip_sdk.worker.process import Worker
from dip_sdk.worker.runner import TableFile

ENDLESS = "select count(*) from range(1000000) a, range(1000000) b where (a.range*b.range) % 7 = 3"
DEAF = "select levenshtein(repeat('a', 200000), repeat('b', 200000))"
"""A statement that does not hear an interrupt."""


def in_background(work: Callable[[], object]) -> tuple[threading.Thread, list[object]]:
    """A thread that does the work, and where it puts what came of it."""
    found: list[object] = []

    def run() -> None:
        try:
            found.append(work())
        except DipError as error:
            found.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    return thread, found


def until(condition: Callable[[], bool], seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    return condition()


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def count(worker: Worker, run: str = "count") -> object:
    found = worker.look(run, "select count(*) from sales", {}, 1).rows[0][0]
    worker.drop(run)
    return found


def test_every_verb_comes_over_the_pipe(worker: Worker, folder: Path) -> None:
    made = worker.step("run", "a", "select region, id from sales where id < $n", {"n": 4})
    assert made.rows == 4
    assert worker.look("run", 'select max(id) from "run"."a"', {}, 1).rows == ((3,),)
    worker.keep("run", "a", "r")
    page = worker.page("r", 0, 2, ["-id"], [Condition(column="id", op="<", value=3)])
    assert page.rows == (("East", 2), ("South", 1))
    assert Path(worker.arrow("r")).parent == folder / "scratch"
    told: list[float] = []
    (path,) = worker.export("r", "csv", on_progress=told.append)
    assert Path(path).is_file()
    assert told
    assert worker.distinct("sales", "region", 9).complete
    assert [column.name for column in worker.profile("sales")] == ["id", "region", "amount", "day"]
    worker.forget("r")
    with pytest.raises(QueryFailed):
        worker.page("r", 0, 1)


def test_errors_come_over_the_pipe_as_they_are(worker: Worker) -> None:
    with pytest.raises(QueryFailed) as caught:
        worker.step("run", "a", "select amont from sales", {})
    assert caught.value.code == "does_not_fit"
    assert caught.value.hint == "Did you mean amount?"
    assert caught.value.sql == "select amont from sales"


def test_the_process_starts_when_first_needed_and_ends_with_close(folder: Path) -> None:
    worker = Worker(folder, Limits(memory_mb=300))
    worker.close()
    worker = Worker(folder, Limits(memory_mb=300))
    pid = worker.pid
    assert alive(pid)
    worker.close()
    worker.close()
    assert not alive(pid)
    with pytest.raises(WorkerLost) as caught:
        worker.page("r", 0, 1)
    assert caught.value.code == "worker_closed"


def test_the_process_ends_when_its_caller_dies(folder: Path) -> None:
    program = f"""
import os
from pathlib import Path
from dip_sdk.worker.process import Worker
worker = Worker(Path({str(folder)!r}))
print(worker.pid, flush=True)
worker.layers
import threading
threading.Thread(target=lambda: worker.step("r", "a", {DEAF!r}, {{}}), daemon=True).start()
import time; time.sleep(0.5)
os.kill(os.getpid(), 9)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert until(lambda: not alive(int(done.stdout)), 2)


def test_the_process_knows_no_secret_and_shares_no_terminal(worker: Worker) -> None:
    if sys.platform != "linux":
        pytest.skip("needs /proc")
    os.environ["ANTHROPIC_API_KEY"] = "canary"
    fresh = Worker(worker._supervisor._fleet._folder, Limits(memory_mb=300))
    try:
        environment = Path(f"/proc/{fresh.pid}/environ").read_text(encoding="utf-8")
        assert "canary" not in environment
        assert os.getsid(fresh.pid) == fresh.pid != os.getsid(0)
    finally:
        fresh.close()
        del os.environ["ANTHROPIC_API_KEY"]


def test_a_started_worker_has_loaded_nothing_heavy(worker: Worker) -> None:
    if sys.platform != "linux":
        pytest.skip("needs /proc")
    worker.step("run", "a", "select * from sales", {})
    worker.keep("run", "a", "r")
    worker.page("r", 0, 5, ["-id"])
    mapped = Path(f"/proc/{worker.pid}/maps").read_text(encoding="utf-8")
    assert "duckdb" in mapped
    assert not {name for name in ("numpy", "pyarrow", "pandas", "sqlglot") if name in mapped}


def test_a_stopped_run_is_over_at_once_for_its_caller(worker: Worker) -> None:
    worker.pid  # noqa: B018 - started before the clock
    for run, sql in (("endless", ENDLESS), ("deaf", DEAF)):
        thread, found = in_background(lambda run=run, sql=sql: worker.step(run, "a", sql, {}))
        time.sleep(0.3)
        started = time.monotonic()
        worker.cancel(run)
        thread.join()
        assert time.monotonic() - started < 0.9  # before its process is killed
        assert isinstance(found[0], Cancelled)
        with pytest.raises(Cancelled):
            worker.step(run, "b", "select 1", {})
        worker.drop(run)
        assert count(worker) == 30


def test_a_verb_of_a_stopped_run_is_refused_however_fast_its_process(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = Channel.send

    def answered_before_anyone_waits(channel: Channel, verb: str, **args: object) -> Call:
        call = sent(channel, verb, **args)
        call.over.wait(10)
        return call

    worker.step("run", "a", "select 1", {})
    worker.cancel("run")
    monkeypatch.setattr(Channel, "send", answered_before_anyone_waits)
    with pytest.raises(Cancelled):
        worker.step("run", "b", "select 1", {})


def test_a_stop_just_before_its_caller_waits_reaches_the_process(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = Channel.send
    steps: list[Call] = []

    def stopped_as_it_was_sent(channel: Channel, verb: str, **args: object) -> Call:
        call = sent(channel, verb, **args)
        if verb == "step":
            steps.append(call)
            worker.cancel("run")
        return call

    monkeypatch.setattr(Channel, "send", stopped_as_it_was_sent)
    with pytest.raises(Cancelled):
        worker.step("run", "a", ENDLESS, {})
    assert steps[0].over.wait(5)


def test_what_hears_an_interrupt_costs_no_process(worker: Worker) -> None:
    pid = worker.pid
    thread, _ = in_background(lambda: worker.step("long", "a", ENDLESS, {}))
    time.sleep(0.3)
    worker.cancel("long")
    thread.join()
    time.sleep(1.3)
    assert worker.pid == pid


def test_a_kill_lets_other_runs_start_again_unseen(worker: Worker) -> None:
    pid = worker.pid
    worker.step("other", "a", "select id, id * 2 as twice from sales", {})
    worker.step("other", "b", 'select sum(twice) as s from "other"."a" where id < $n', {"n": 10})
    deaf, stopped = in_background(lambda: worker.step("deaf", "a", DEAF, {}))
    slow = 'select count(*) + (select s from "other"."b") as n from range(3000000000)'
    waits, answered = in_background(lambda: worker.step("other", "c", slow, {}))
    time.sleep(0.3)
    worker.cancel("deaf")
    deaf.join()
    assert isinstance(stopped[0], Cancelled)
    assert until(lambda: not alive(pid), 3)
    waits.join(60)
    assert answered[0].preview == ((3_000_000_090,),)  # type: ignore[attr-defined]
    assert worker.look("other", 'select count(*) from "other"."a"', {}, 1).rows == ((30,),)
    assert worker.pid != pid


def test_a_step_beyond_its_time_is_stopped(folder: Path, tables: list[TableFile]) -> None:
    worker = Worker(folder, Limits(memory_mb=400, seconds=0.5))
    worker.use(tables)
    try:
        worker.step("run", "a", "select 1 as x", {})
        for sql in (ENDLESS, DEAF):
            with pytest.raises(QueryFailed) as caught:
                worker.step("run", "b", sql, {})
            assert caught.value.code == "step_timeout"
            assert worker.look("run", 'select x from "run"."a"', {}, 1).rows == ((1,),)
    finally:
        worker.close()


def test_a_crash_is_one_clear_error_and_the_next_question_works(worker: Worker) -> None:
    worker.step("run", "a", "select 1 as x", {})
    thread, found = in_background(lambda: worker.step("run", "b", DEAF, {}))
    time.sleep(0.3)
    os.kill(worker.pid, signal.SIGKILL)
    thread.join(5)
    assert isinstance(found[0], WorkerLost)
    assert found[0].hint
    assert worker.look("run", 'select x from "run"."a"', {}, 1).rows == ((1,),)
    assert count(worker) == 30


def test_a_crash_between_two_verbs_is_not_noticed(worker: Worker) -> None:
    worker.step("run", "a", "select 1 as x", {})
    pid = worker.pid
    os.kill(pid, signal.SIGKILL)
    assert until(lambda: not alive(pid))
    assert worker.look("run", 'select x from "run"."a"', {}, 1).rows == ((1,),)
    worker.keep("run", "a", "r")
    assert worker.page("r", 0, 1).rows == ((1,),)


def test_the_innocent_survive_a_crash(worker: Worker) -> None:
    """Who was pending in a crash of another tries again, alone."""
    slow = "select count(*) as n from range(1000000000)"
    jobs = [in_background(lambda i=i: worker.step(f"r{i}", "a", slow, {})) for i in range(3)]
    time.sleep(0.3)
    os.kill(worker.pid, signal.SIGKILL)
    for thread, _ in jobs:
        thread.join(60)
    assert [found[0].preview for _, found in jobs] == [((10**9,),)] * 3  # type: ignore[attr-defined]


def test_an_unfinished_result_is_made_again(worker: Worker) -> None:
    worker.step("run", "a", "select i, 'x' || i as s from range(2500000) t(i)", {})
    worker.keep("run", "a", "r")
    os.kill(worker.pid, signal.SIGKILL)
    assert worker.page("r", 2_400_000, 1).rows == ((2_400_000, "x2400000"),)


def test_a_result_survives_its_worker(folder: Path) -> None:
    worker = Worker(folder, Limits(memory_mb=400))
    worker.step("run", "a", "select i from range(300000) t(i)", {})
    worker.keep("run", "a", "r")
    worker.close()
    again = Worker(folder, Limits(memory_mb=400))
    try:
        assert again.page("r", 299_999, 5).rows == ((299_999,),)
    finally:
        again.close()
    assert sorted(path.name for path in (folder / "results").iterdir()) == ["r.duckdb"]
    assert list((folder / "scratch").iterdir()) == []


def test_a_page_comes_while_a_question_runs(worker: Worker) -> None:
    worker.step("run", "a", "select i from range(100000) t(i)", {})
    worker.keep("run", "a", "r")
    thread, _ = in_background(lambda: worker.step("long", "a", ENDLESS, {}))
    time.sleep(0.2)
    started = time.monotonic()
    for offset in range(0, 90_000, 9_000):
        assert worker.page("r", offset, 100).rows[0] == (offset,)
    assert time.monotonic() - started < 3
    worker.cancel("long")
    thread.join()


def test_many_threads_ask_at_once(worker: Worker) -> None:
    def ask(i: int) -> object:
        made = worker.step(f"run{i}", "a", "select sum(id) + $i as n from sales", {"i": i})
        worker.keep(f"run{i}", "a", f"r{i}")
        return made.preview[0][0], worker.page(f"r{i}", 0, 1).rows[0][0]

    with ThreadPoolExecutor(12) as pool:
        assert list(pool.map(ask, range(40))) == [(435 + i, 435 + i) for i in range(40)]


def test_a_table_outside_the_folder_gets_a_new_process(
    worker: Worker, tables: list[TableFile], tmp_path: Path
) -> None:
    path = tmp_path / "flat.parquet"
    duckdb.sql("select i from range(7) t(i)").write_parquet(str(path))
    old = worker.pid
    worker.step("run", "a", "select 5 as x", {})
    flat = TableFile(name="flat", path=str(path), store="parquet")
    worker.use([*tables, flat])
    assert worker.pid != old
    assert worker.look("new", "select count(*) from flat", {}, 1).rows == ((7,),)
    assert worker.look("run", 'select x from "run"."a"', {}, 1).rows == ((5,),)
    with pytest.raises(QueryFailed):
        worker.look("run", "select count(*) from flat", {}, 1)
    assert alive(old)
    worker.drop("run")
    assert until(lambda: not alive(old), 3)


def test_ctrl_c_while_waiting_stops_the_run(worker: Worker) -> None:
    worker.pid  # noqa: B018 - started before the signal
    timer = threading.Timer(0.5, lambda: signal.raise_signal(signal.SIGINT))
    timer.start()
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        worker.step("long", "a", DEAF, {})
    assert time.monotonic() - started < 5
    with pytest.raises(Cancelled):
        worker.step("long", "a", "select 1", {})


def test_ctrl_c_before_the_process_answers_stops_the_run(worker: Worker) -> None:
    children = Path(f"/proc/self/task/{threading.get_native_id()}/children")

    def interrupt() -> None:
        assert until(lambda: children.read_text(encoding="ascii") != before, 10)
        signal.raise_signal(signal.SIGINT)

    before = children.read_text(encoding="ascii")
    threading.Thread(target=interrupt, daemon=True).start()
    with pytest.raises(KeyboardInterrupt):
        worker.step("early", "a", DEAF, {})
    with pytest.raises(Cancelled):
        worker.step("early", "a", "select 1", {})
    assert worker.look("other", "select 5", {}, 1).rows == ((5,),)


def test_cancelling_what_is_not_there_is_no_error(worker: Worker) -> None:
    worker.cancel("nothing")
    worker.drop("nothing")
    assert count(worker) == 30


class Wish:
    """A wish to stop, as the engine's `Cancel`."""

    def __init__(self) -> None:
        self._callbacks: list[Callable[[], object]] = []
        self._set = False

    def set(self) -> None:
        self._set = True
        for callback in self._callbacks:
            callback()

    def is_set(self) -> bool:
        return self._set

    def on_set(self, callback: Callable[[], object]) -> None:
        self._callbacks.append(callback)


@pytest.fixture
def request_for(tmp_path: Path) -> Callable[[str], IngestRequest]:
    def make(text: str) -> IngestRequest:
        source = tmp_path / "sales.csv"
        source.write_text(text, encoding="utf-8")
        folder = str(tmp_path / "tables")
        Path(folder).mkdir(exist_ok=True)
        return IngestRequest(source=str(source), name="sales.csv", folder=folder, dataset_id="d1")

    return make


def test_a_file_is_read_in_a_process_of_its_own(
    request_for: Callable[[str], IngestRequest], folder: Path
) -> None:
    request = request_for("region,amount\nNorth,1\nSouth,2\n")
    told: list[str] = []
    (report,) = ingest(request, on_progress=lambda fraction, message: told.append(message))
    assert (report.rows, [c.name for c in report.columns][:2]) == (2, ["region", "amount"])
    assert Path(report.path) == Path(request.folder) / "d1.duckdb"


def test_a_reader_that_dies_is_an_error_about_the_file(
    request_for: Callable[[str], IngestRequest], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dip_sdk.worker.sandbox.HEADROOM_MB", 0)
    request = request_for("a,b\n" + "1,2\n" * 3_000_000)

    def kill(fraction: float, message: str) -> None:
        children = Path(f"/proc/{os.getpid()}/task/{threading.get_native_id()}/children")
        for pid in children.read_text(encoding="ascii").split():
            os.kill(int(pid), signal.SIGKILL)

    with pytest.raises(DataError) as caught:
        ingest(request, on_progress=kill)
    assert caught.value.code == "reader_crashed"
    assert caught.value.file == "sales.csv"


def test_reading_is_stopped_at_once(request_for: Callable[[str], IngestRequest]) -> None:
    wish = Wish()
    timer = threading.Timer(0.4, wish.set)
    timer.start()
    started = time.monotonic()
    with pytest.raises(Cancelled):
        ingest(request_for("a,b\n" + "1,2\n" * 5_000_000), cancel=wish)
    assert time.monotonic() - started < 5


def test_reading_that_takes_too_long_is_stopped(
    request_for: Callable[[str], IngestRequest],
) -> None:
    with pytest.raises(DataError) as caught:
        ingest(request_for("a,b\n" + "1,2\n" * 5_000_000), limits=Limits(seconds=0.3))
    assert caught.value.code == "reader_timeout"


def test_what_cannot_be_sent_is_an_error_not_a_wait(worker: Worker) -> None:
    with pytest.raises(QueryFailed) as caught:
        worker.look("run", "select $x", {"x": "\ud800"}, 1)
    assert caught.value.code == "cannot_be_sent"
    assert count(worker) == 30
