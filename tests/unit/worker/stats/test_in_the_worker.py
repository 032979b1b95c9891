"""Operations in the sandboxed process: under its limits, stopped, and made again after a loss."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dip_sdk.types.errors import Cancelled, DipError, QueryFailed
from dip_sdk.types.operations import Operation, model
from dip_sdk.types.session import Limits
from dip_sdk.worker.process import Worker

ROWS = (
    "select sin(i * 12.9898) * 43758.5453 % 1 as x, (i % {groups})::varchar as g, "
    "(i // 5 % 2) as h, (i % 3) as k from range({rows}) t(i)"
)


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Worker]:
    """A worker with little memory."""
    for name in ("tables", "results", "scratch", "sources"):
        (tmp_path / name).mkdir()
    made = Worker(tmp_path, Limits(memory_mb=256, threads=2))
    made.use([])
    yield made
    made.close()


def asked(op: str, **arguments: object) -> Operation:
    found = model(op)
    assert found is not None
    return found.model_validate({"op": op, **arguments})


def test_the_libraries_load_under_the_limits(small: Worker) -> None:
    rows = ROWS.format(groups=2, rows=300)
    for operation in (
        asked("welch_t", column="x", by="g"),
        asked("lilliefors", columns="x"),
        asked("mantel_haenszel", column="g", by="h", strata="k"),
        asked("tukey_hsd", column="x", by="g"),
        asked("bin", column="x", method="quantile"),
        asked("rank", columns="x", by="g"),
        asked("impute", columns="x", method="most_frequent"),
        asked("drop_duplicates"),
        asked("encode", columns="g"),
    ):
        made = small.operate("run", operation.op, rows, operation)
        assert made.given == 300
        assert made.reading
    assert small.layers.no_new_privileges


def test_what_cannot_be_computed_comes_over_the_pipe_as_it_is(small: Worker) -> None:
    with pytest.raises(QueryFailed, match="the test takes two") as raised:
        small.operate("run", "a", ROWS.format(groups=5, rows=50), asked("welch_t", column="x",
                                                                        by="g"))  # fmt: skip
    assert raised.value.code == "not_two_groups"
    assert small.look("run", "select 1", {}, 1).rows == ((1,),)


def test_a_run_is_made_again_with_its_operations(small: Worker) -> None:
    operation = asked("describe", columns="x")
    small.operate("run", "a", ROWS.format(groups=2, rows=9), operation)
    os.kill(small.pid, signal.SIGKILL)
    assert small.look("run", 'select n from "run"."a"', {}, 1).rows == ((9,),)


@pytest.mark.slow
def test_an_operation_that_hears_nothing_is_stopped(small: Worker) -> None:
    """Every pair of fifty groups: ten seconds in a library that no interrupt reaches."""
    operation, found = asked("tukey_hsd", column="x", by="g"), list[object]()

    def run() -> None:
        try:
            found.append(small.operate("run", "a", ROWS.format(groups=50, rows=500), operation))
        except DipError as error:
            found.append(error)

    small.operate("other", "a", ROWS.format(groups=2, rows=9), asked("welch_t", column="x", by="g"))
    before = small.pid
    thread = threading.Thread(target=run)
    thread.start()
    time.sleep(0.5)
    started = time.monotonic()
    small.cancel("run")
    thread.join()
    assert time.monotonic() - started < 0.9  # before its process is killed
    assert isinstance(found[0], Cancelled)
    deadline = time.monotonic() + 5
    while small.pid == before and time.monotonic() < deadline:
        time.sleep(0.05)
    assert small.pid != before
    assert small.look("other", 'select count(*) from "other"."a"', {}, 1).rows == ((1,),)
