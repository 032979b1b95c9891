"""Series over time in the sandboxed process and through a session, from a file to an answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from dip_sdk.client import Client
from dip_sdk.client._sync.session import Session
from dip_sdk.types.errors import QueryFailed
from dip_sdk.types.operations import model
from dip_sdk.types.session import Limits
from dip_sdk.worker.process import Worker
from dip_sdk.worker.stats.telling import num

SALES = [(date(2023, 1, 1) + timedelta(i), "NS"[i % 3 > 0], 100 + 7 * (i % 7) + i / 10)
         for i in range(430)]  # fmt: skip


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    folder = tmp_path_factory.mktemp("sales")
    lines = [f"{day},{day}T23:30:00Z,{region},{amount}" for day, region, amount in SALES]
    (folder / "sales.csv").write_text("\n".join(["day,at,region,amount", *lines]))
    with Client(workdir=folder / "work", planner="rules") as client:
        opened = client.session()
        opened.upload(folder / "sales.csv")
        yield opened


def test_a_file_is_resampled(session: Session) -> None:
    asked = {"table": "sales", "time": "day", "column": "amount", "unit": "month", "by": "region"}
    answer = session.statistic("resample", **asked)
    frame = pd.DataFrame(SALES, columns=["time", "region", "value"])
    frame["time"] = pd.to_datetime(frame["time"]).dt.to_period("M").dt.start_time
    told = frame.groupby(["region", "time"])["value"].agg(["sum", "size"])
    ours = answer.to_pandas()
    assert list(ours.columns) == ["region", "time", "value", "rows"]
    assert list(ours["value"]) == pytest.approx(list(told["sum"]))
    assert list(ours["rows"]) == list(told["size"])
    assert "The last month is covered only in part." in answer.explanation
    how = "Resampling of amount over day by region (unit month), on 430 rows."
    assert how in answer.facts.how
    assert answer.chart is not None
    assert answer.replay()[1].same


def test_timestamps_of_a_file_are_cut_in_utc(session: Session) -> None:
    asked = {"table": "sales", "column": "amount", "unit": "day"}
    moments = session.statistic("resample", time="at", **asked)
    assert moments.preview == session.statistic("resample", time="day", **asked).preview


@pytest.mark.parametrize(
    ("op", "asked"),
    [
        ("resample", {"unit": "week"}),
        ("moving_average", {"window": 7}),
        ("growth", {"unit": "month"}),
        ("decompose", {"unit": "day"}),
        ("forecast", {"unit": "week", "horizon": 4}),
        ("autocorrelation", {"lags": 9}),
    ],
)
def test_every_number_of_a_reading_is_in_the_table(session: Session, op: str, asked) -> None:
    answer = session.statistic(op, table="sales", time="day", column="amount", **asked)
    frame = answer.to_pandas()
    known = {num(abs(v)) for name in frame.select_dtypes("number") for v in frame[name].dropna()}
    days = {str(day)[:10] for day in frame["time"]} if "time" in frame else set()
    said = re.sub(r"\(p .*?level\)|95% interval", "", answer.explanation)
    assert set(re.findall(r"\d{4}-\d\d-\d\d", said)) <= days
    found = re.findall(r"\d[\d,.]*(?:e[-+]\d+)?", re.sub(r"\d{4}-\d\d-\d\d", "", said))
    assert found
    assert {number.rstrip(".,") for number in found} <= known


def test_text_is_no_time(session: Session) -> None:
    with pytest.raises(QueryFailed, match="'region' holds no dates") as raised:
        session.statistic("resample", table="sales", time="region", column="amount", unit="day")
    assert "cast" in raised.value.hint


def test_the_libraries_load_under_the_limits(tmp_path: Path) -> None:
    for name in ("tables", "results", "scratch", "sources"):
        (tmp_path / name).mkdir()
    worker = Worker(tmp_path, Limits(memory_mb=256, threads=2))
    worker.use([])
    rows = (
        "select date '2020-01-01' + i::int as t, sin(i / 7 * 6.2832) + i % 5 as x "
        "from range(60) r(i)"
    )
    for op, asked in {"decompose": {}, "forecast": {"horizon": 7}, "autocorrelation": {}}.items():
        found = model(op)
        assert found is not None
        operation = found.model_validate({"op": op, "time": "t", "column": "x", **asked})
        made = worker.operate("run", op, rows, operation)
        assert made.given == 60
        assert made.reading
    worker.close()
