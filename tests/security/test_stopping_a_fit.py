"""A fit that would take hours: stopped within a second, and the next question is answered."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dip_sdk.client import Client
from dip_sdk.client._sync.session import Session
from dip_sdk.client._sync.stream import QueryStream
from dip_sdk.client.core.asks import statistic
from dip_sdk.types.errors import Cancelled

ROWS = "x,y,z\n" + "".join(f"{i * 37 % 101},{i * 53 % 89},{i * 71 % 97}\n" for i in range(3000))
ENDLESS = {"target": "y", "features": ["x", "z"], "task": "regression", "n_estimators": 100_000}


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    (tmp_path / "rows.csv").write_text(ROWS)
    with Client(workdir=tmp_path / "work", planner="rules") as client:
        opened = client.session()
        opened.upload(tmp_path / "rows.csv")
        yield opened


@pytest.mark.slow
@pytest.mark.parametrize("grown", [0.0, 4.0], ids=["at once", "while trees grow"])
def test_a_running_forest_is_stopped_within_a_second(session: Session, grown: float) -> None:
    asked = statistic("random_forest", "rows", ENDLESS)
    with QueryStream(lambda: session, asked) as stream:
        next(stream)
        time.sleep(grown)
        started = time.monotonic()
        stream.cancel()
        assert [event.type for event in stream][-1] == "cancelled"
        assert time.monotonic() - started < 1
        with pytest.raises(Cancelled):
            stream.result()
    few = ENDLESS | {"n_estimators": 5}
    assert session.statistic("random_forest", table="rows", **few).row_count == 2
