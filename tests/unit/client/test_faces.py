"""Both colours over an engine that is made up: what they ask of it, and what they make of it."""

from __future__ import annotations

import asyncio
import datetime as dt
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from dip_sdk.client import AsyncClient, Client
from dip_sdk.engine.bridge import Cancel
from dip_sdk.types import events as ev
from dip_sdk.types.dataset import Dataset, Parsed, Table, TableColumn
from dip_sdk.types.errors import Cancelled, ConfigError, DataError, QueryFailed, to_wire
from dip_sdk.types.plan import AnswerStep, Plan, SqlStep
from dip_sdk.types.result import Clarification, Option, Page, Replay, ResultFacts
from dip_sdk.types.session import Settings, Turn
from dip_sdk.types.values import Column

NOW = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
COLUMNS = (Column(name="region", type="text"), Column(name="total", type="integer"))
ROWS = (("North", 3), ("South", 4), ("East", 5))
PLAN = Plan(
    question="q",
    planner="rules",
    steps=(SqlStep(name="t", sql="select 1"), AnswerStep(table="t")),
)
WAIT = 5.0


class MadeUpSession:
    """Answers "fail", "wait", "unclear", "cut" as they say, and anything else with three rows."""

    def __init__(self, name: str | None, scratch: Path) -> None:
        self.id, self.name = name or "tmp-1", name
        self.sources = scratch
        self.scratch = scratch
        self.asked: list = []
        self.pages: list = []
        self.kept: list[Dataset] = []
        self.read: list = []
        self.settings = Settings()
        self.closes = 0
        self.ended = threading.Event()

    def ask(self, question, *, planner, on, query_id, cancel) -> Iterator[ev.Event]:
        self.asked.append((question.text, dict(question.params), planner, on))
        return self._run(question.text, query_id, cancel)

    def run(self, plan, *, query_id, cancel, remember=True):
        self.asked.append(plan)
        return self._run(plan.question, query_id, cancel)

    def choose(self, result_id, option, *, query_id, cancel):
        self.asked.append((result_id, option))
        return self._run("chosen", query_id, cancel)

    def _run(self, text: str, query_id: str, cancel: Cancel) -> Iterator[ev.Event]:
        head = {"session_id": self.id, "query_id": query_id, "at": NOW}
        stopped = threading.Event()
        cancel.on_set(stopped.set)
        try:
            yield ev.Status(**head, message="Loading session data...")
            yield ev.Text(**head, delta="It ", snapshot="It ")
            yield ev.Text(**head, delta="is.", snapshot="It is.")
            if text == "wait":
                stopped.wait(WAIT)
                yield ev.CancelledEvent(**head)
            elif text == "fail":
                error = QueryFailed("No such thing.", sql="select")
                yield ev.Failed(**head, code="x", message=error.message, error=to_wire(error))
            elif text != "cut":
                yield ev.QueryResult(**head, payload=self.facts(text))
        finally:
            self.ended.set()

    def facts(self, text: str) -> ResultFacts:
        unclear = Clarification(question="Which?", options=(Option(label="a", value=PLAN),))
        return ResultFacts(
            id=f"r-{text}",
            session_id=self.id,
            question=text,
            status="clarify" if text == "unclear" else "answered",
            clarification=unclear if text == "unclear" else None,
            planner="rules",
            columns=COLUMNS,
            row_count=3,
            preview=ROWS,
            plan=PLAN,
            at=NOW,
        )

    def add(self, source, options, *, on_progress, cancel):
        on_progress(0.5, f"Reading {source.name}")
        content = source.path.read_bytes()
        self.read.append((source, options, content))
        columns = (TableColumn(name="a", type="integer"),)
        parsed = Parsed(format=source.format or "csv")
        number = f"d{len(self.read)}"
        table = Table(
            name=Path(source.name).stem, dataset_id=number, source=source.name, rows=1,
            columns=columns, parsed=parsed, fingerprint="f", path="p", inner="i",
        )  # fmt: skip
        made = Dataset(
            id=number, name=source.name, source=source.origin, format=parsed.format,
            size=1, tables=(table,),
        )  # fmt: skip
        self.kept = [d for d in self.kept if d.source != source.origin] + [made]
        return made

    def datasets(self):
        return tuple(self.kept)

    def page(self, result_id, offset, limit, sort, where):
        self.pages.append((result_id, offset, limit, sort, where))
        rows = ROWS[offset : offset + limit]
        return Page(columns=COLUMNS, rows=rows, offset=offset, total=len(ROWS))

    def arrow(self, result_id, sort, where):
        path = self.scratch / "rows.arrow"
        table = pa.table({"region": ["North", "South"], "total": [3, 4]})
        with pa.ipc.new_file(str(path), table.schema) as writer:
            writer.write_table(table)
        return path

    def export(self, result_id, format, sort, where):
        path = self.scratch / "part"
        path.write_text(f"{format} {sort}")
        return (path,)

    def replay(self, result_id, *, query_id, cancel):
        return self.facts("again"), Replay(same=True)

    def result(self, result_id):
        return self.facts(result_id.removeprefix("r-"))

    def history(self):
        return (Turn(question="q", result_id="r-q", at=NOW),)

    def close(self):
        self.closes += 1


class MadeUpEngine:
    def __init__(self, scratch: Path) -> None:
        self.scratch = scratch
        self.opened: list[MadeUpSession] = []
        self.closes = 0

    def open(self, name=None, *, read_only=False):
        time.sleep(0.01)  # so that two may meet here
        self.opened.append(MadeUpSession(name, self.scratch))
        return self.opened[-1]

    def sessions(self):
        return ("q3",)

    def close(self):
        self.closes += 1


@pytest.fixture
def engine(tmp_path):
    return MadeUpEngine(tmp_path)


@pytest.fixture
def client(engine):
    with Client(engine=engine) as client:
        yield client


@pytest.fixture
def session(client):
    return client.session("q3")


def test_a_question_reaches_the_engine_with_all_that_was_said(session, engine):
    session.query("total of {x}", {"x": dt.date(2024, 1, 1)}, planner="rules", on="sales")
    assert engine.opened[0].asked == [("total of {x}", {"x": "2024-01-01"}, "rules", ("sales",))]


def test_the_events_come_in_order_and_end_with_the_result(session):
    with session.stream("q") as stream:
        types = [event.type for event in stream]
        assert types == ["status", "text", "text", "query_result"]
        assert stream.result().id == "r-q"
        assert stream.result().row_count == 3


def test_the_words_of_a_stream_can_be_had_alone(session):
    with session.stream("q") as stream:
        assert "".join(stream.text) == "It is."
        assert stream.result().status == "answered"


def test_a_failed_run_raises_from_result_but_not_while_iterating(session):
    with session.stream("fail") as stream:
        assert [event.type for event in stream][-1] == "error"
        with pytest.raises(QueryFailed, match="No such thing") as error:
            stream.result()
    assert error.value.sql == "select"


def test_a_stream_that_is_left_stops_its_run(session, engine):
    with session.stream("wait") as stream:
        next(stream)
    assert engine.opened[0].ended.wait(WAIT)


def test_a_cancelled_stream_ends_with_cancelled(session):
    with session.stream("wait") as stream:
        next(stream)
        stream.cancel()
        stream.cancel()
        assert [event.type for event in stream][-1] == "cancelled"
        with pytest.raises(Cancelled):
            stream.result()


def test_an_interrupt_stops_the_run_and_is_raised_again(session, engine):
    main = threading.main_thread().ident
    assert main is not None
    timer = threading.Timer(0.1, signal.pthread_kill, (main, signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        session.query("wait")
    timer.join()
    assert engine.opened[0].ended.wait(WAIT)
    assert session.query("q").id == "r-q"


def test_a_client_has_one_session_of_its_own(client, engine):
    threads = [threading.Thread(target=client.query, args=("q",)) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with client.stream("q") as stream:
        stream.result()
    assert [session.name for session in engine.opened] == [None]
    assert len(engine.opened[0].asked) == 6


def test_a_choice_is_answered(session, engine):
    unclear = session.query("unclear")
    assert session.choose(unclear, 0).id == "r-chosen"
    assert engine.opened[0].asked[-1] == ("r-unclear", 0)
    with pytest.raises(ConfigError, match="asks nothing back"):
        session.choose(session.query("q"), 0)


def test_pages_are_asked_for_by_number(session, engine):
    result = session.query("q")
    page = result.page(2, size=2, sort=["-total"], filter={"region": "North"})
    assert page.rows == ROWS[2:]
    ((result_id, offset, limit, sort, where),) = engine.opened[0].pages
    assert (result_id, offset, limit, sort) == ("r-q", 2, 2, ("-total",))
    assert [(c.column, c.op, c.value) for c in where] == [("region", "=", "North")]


def test_all_pages_come_one_after_the_other(session):
    rows = [row for page in session.query("q").pages(size=2) for row in page.rows]
    assert tuple(rows) == ROWS


def test_rows_come_as_frames_and_nothing_is_left_behind(session, tmp_path):
    result = session.query("q")
    assert result.to_arrow().to_pydict() == {"region": ["North", "South"], "total": [3, 4]}
    assert result.to_pandas()["total"].sum() == 7
    assert result.to_polars()["total"].sum() == 7
    assert pl.DataFrame(result).height == 2
    assert not (tmp_path / "rows.arrow").exists()


def test_an_export_goes_where_it_was_asked_for(session, tmp_path):
    target = tmp_path / "out.csv"
    assert session.query("q").export(target, sort="-total") == (target,)
    assert target.read_text() == "csv ('-total',)"


def test_an_export_to_nowhere_is_refused_before_any_work(session, tmp_path):
    with pytest.raises(ConfigError, match="no folder"):
        session.query("q").export(tmp_path / "nowhere" / "out.csv")
    assert not (tmp_path / "part").exists()


def test_an_edited_statement_runs(session, engine):
    session.query("q").edit(sql="select 2").run()
    assert engine.opened[0].asked[-1].sql_steps[0].sql == "select 2"


def test_a_result_is_replayed_and_opened_again(session):
    result, report = session.query("q").replay()
    assert (result.id, report.same) == ("r-again", True)
    (turn,) = session.history()
    assert session.result(turn.result_id).id == "r-q"


def test_an_unknown_language_is_refused(session):
    with pytest.raises(ConfigError, match="'cobol'"):
        session.query("q").to_code("cobol")


def test_settings_are_read_and_changed(session, engine):
    assert session.settings() == Settings()
    assert session.configure(currency="EUR").currency == "EUR"
    assert engine.opened[0].settings.currency == "EUR"


def test_progress_of_an_upload_is_told_in_the_callers_thread(session, tmp_path):
    (tmp_path / "a.csv").write_text("a\n1\n")
    told = []
    session.upload(
        tmp_path / "a.csv", on_progress=lambda *what: told.append((what, threading.get_ident()))
    )
    assert told == [((0.5, "Reading a.csv"), threading.get_ident())]


def test_options_reach_the_reader(session, engine, tmp_path):
    (tmp_path / "a.csv").write_text("a\n1\n")
    session.upload(tmp_path / "a.csv", delimiter=";", in_place=True)
    ((source, options, _),) = engine.opened[0].read
    assert (options.delimiter, options.in_place) == (";", True)
    assert source.path == tmp_path / "a.csv"


def test_an_error_in_the_progress_callback_stops_the_upload(session, tmp_path):
    (tmp_path / "a.csv").write_text("a\n1\n")

    def broken(fraction, message):
        raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        session.upload(tmp_path / "a.csv", on_progress=broken)


def test_a_frame_is_read_again_only_when_it_changed(session, engine):
    frame = pd.DataFrame({"a": [1, 2]})
    first = session.upload(sales=frame)
    assert session.upload(sales=frame.copy()) == first
    assert len(engine.opened[0].read) == 1
    changed = session.upload(frame.assign(a=[1, 3]), name="sales")
    assert changed != first
    assert len(engine.opened[0].read) == 2
    assert session.upload(more=frame)[0].name == "more"
    assert [data.source for data in session.datasets()] == ["sales", "more"]


def test_a_frame_without_a_name_is_refused(session):
    with pytest.raises(DataError, match="needs a name"):
        session.upload(pd.DataFrame({"a": [1]}))


def test_files_made_for_an_upload_are_deleted(session, engine):
    session.upload(sales=pd.DataFrame({"a": [1]}))
    ((source, options, content),) = engine.opened[0].read
    assert content[:6] == b"ARROW1"
    assert not source.path.exists()
    assert not options.in_place


def test_a_closed_client_says_so(engine):
    client = Client(engine=engine)
    session = client.session()
    client.close()
    client.close()
    for use in (client.session, lambda: session.query("q"), lambda: client.query("q")):
        with pytest.raises(ConfigError, match="closed"):
            use()


def test_closing_ends_sessions_but_not_an_engine_that_was_given(engine):
    with Client(engine=engine) as client:
        client.session("q3")
        client.query("q")
    assert [session.closes for session in engine.opened] == [1, 1]
    assert engine.closes == 0


async def test_the_async_client_answers_alike(engine, tmp_path):
    async with AsyncClient(engine=engine) as client:
        session = await client.session("q3")
        async with session.stream("q") as stream:
            assert [event.type async for event in stream][-1] == "query_result"
            result = await stream.result()
        assert (await result.page(1, size=1)).rows == ROWS[:1]
        assert [page.offset async for page in result.pages(size=2)] == [0, 2]
        assert (await result.to_pandas())["total"].sum() == 7
        assert await result.export(tmp_path / "out.csv") == (tmp_path / "out.csv",)
        (data,) = await session.upload(sales=pd.DataFrame({"a": [1]}))
        assert data.name == "sales"


async def test_ten_questions_run_at_once_and_pages_come_meanwhile(engine):
    async with AsyncClient(engine=engine) as client:
        result = await client.query("q")
        waiting = [asyncio.create_task(client.query("wait")) for _ in range(10)]
        await asyncio.sleep(0.05)
        assert (await result.page()).rows == ROWS
        assert len(engine.opened[0].asked) == 11
        for task in waiting:
            task.cancel()
        done = await asyncio.gather(*waiting, return_exceptions=True)
        assert all(isinstance(item, asyncio.CancelledError) for item in done)


async def test_an_async_stream_that_is_left_stops_its_run(engine):
    async with AsyncClient(engine=engine) as client:
        async with client.stream("wait") as stream:
            await anext(stream)
        assert await asyncio.to_thread(engine.opened[0].ended.wait, WAIT)


async def test_another_task_can_cancel_a_stream(engine):
    async with AsyncClient(engine=engine) as client, client.stream("wait") as stream:
        asking = asyncio.create_task(stream.result())
        await asyncio.sleep(0.05)
        await stream.cancel()
        with pytest.raises(Cancelled):
            await asking


def test_an_async_client_in_two_loops_says_what_to_do(engine):
    client = AsyncClient(engine=engine)
    asyncio.run(client.query("q"))
    with pytest.raises(ConfigError, match="another event loop"):
        asyncio.run(client.query("q"))
