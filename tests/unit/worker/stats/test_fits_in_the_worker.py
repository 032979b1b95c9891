"""Fits in the sandboxed process: under its limits, and made again after a loss."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from dip_sdk.types.operations import Operation, model
from dip_sdk.types.session import Limits
from dip_sdk.worker.process import Worker

ROWS = (
    "select sin(i * 12.9898) * 43758.5453 % 1 as x, i % 17 as z, (i * 31 % 101)::double as y, "
    "(i % 2)::varchar as g from range({rows}) t(i)"
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


def test_every_fit_runs_under_the_limits(small: Worker) -> None:
    amount = {"target": "y", "features": ("x", "z", "g")}
    of_class = {"target": "g", "features": ("x", "z")}
    for operation in (
        asked("linear_regression", **amount, test_size=0.2),
        asked("logistic_regression", **of_class),
        asked("decision_tree", **amount),
        asked("random_forest", **of_class),
        asked("k_means", columns=("x", "y"), k=4),
    ):
        made = small.operate("run", operation.op, ROWS.format(rows=300), operation)
        assert made.given == 300
        assert made.reading
    assert small.layers.no_new_privileges


def test_fits_of_many_rows_keep_within_the_limits(small: Worker) -> None:
    rows = ROWS.format(rows=200_000)
    line = asked("linear_regression", target="y", features=("x", "z"), give="predictions")
    assert small.operate("run", "line", rows, line).rows == 200_000
    clusters = asked("k_means", columns=("x", "y"), k=3, n_init=1)
    assert small.operate("run", "clusters", rows, clusters).rows == 200_000
    tree = asked("decision_tree", target="g", features=("x", "y", "z"), max_depth=6)
    assert small.operate("run", "tree", rows, tree).rows == 2


def test_clusters_lost_with_the_worker_are_found_again(small: Worker) -> None:
    operation = asked("k_means", columns=("x", "y"), k=3)
    small.operate("run", "a", ROWS.format(rows=500), operation)
    counted = 'select "cluster", count(*), sum(x) from "run"."a" group by all order by all'
    before = small.look("run", counted, {}, 5).rows
    os.kill(small.pid, signal.SIGKILL)
    assert small.look("run", counted, {}, 5).rows == before
