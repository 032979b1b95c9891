"""The public interface, in this process and on a backend, told as its users use it."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import pytest_asyncio

from dip_sdk.client import AsyncClient, AsyncQueryStream
from dip_sdk.client.core.asks import RunPlan
from dip_sdk.types.errors import ApiError, Cancelled, ConfigError, DataError, DipError, PlanRejected
from dip_sdk.types.events import LAST, QueryResult

pytestmark = pytest.mark.asyncio(loop_scope="module")

SALES = """region,amount,ordered
North,10,2024-01-05
South,20,2024-01-20
North,5,2024-02-03
East,7,2024-02-10
South,1,2024-03-01
"""
TOTALS = {"North": 15, "South": 21, "East": 7}
BILLS = "city,net_amount,gross_amount\nParis,1,2\nOslo,3,4\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("data")
    (made / "sales.csv").write_text(SALES)
    (made / "bills.csv").write_text(BILLS)
    return made


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def client(where):
    async with AsyncClient(**where) as client:
        yield client


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def session(client, folder):
    """Sales only, and never changed."""
    async with await client.session() as session:
        await session.upload(folder / "sales.csv")
        yield session


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def result(session):
    return await session.query("total amount by region")


@pytest_asyncio.fixture(loop_scope="module")
async def scratch(client):
    """A session to change."""
    async with await client.session() as session:
        yield session


def totals(rows) -> dict:
    """Region -> amount, as plain numbers."""
    return {region: float(amount) for region, amount in rows}


async def test_an_answer_tells_all_about_itself(result, session):
    assert result.status == "answered"
    assert result.question == "total amount by region"
    assert totals(result.preview) == TOTALS
    assert (len(result.columns), result.row_count) == (2, 3)
    assert result.explanation
    assert result.planner == "rules"
    assert "sum" in result.sql.lower() or "SUM" in str(result.plan)
    assert result.plan is not None
    assert result.plan.answer is not None
    assert result.sent == ()
    assert result.usage.calls == 0
    assert result.seconds > 0
    assert result.value is None
    assert isinstance(result.checks, tuple)
    assert result.clarification is None
    assert result.missing is None
    assert result.facts.id == result.id
    assert result.facts.session_id == session.id


async def test_a_single_number_is_the_value(session):
    assert (await session.query("how many rows are there in sales")).value == 5


async def test_every_suggestion_is_answered(result, session):
    for question in result.suggestions:
        assert (await session.query(question)).status == "answered"


async def test_values_are_bound_not_written(session):
    answer = await session.query("total amount for region {name}", {"name": "North"})
    assert answer.value in (15, "15")


async def test_a_planner_and_tables_can_be_named(session):
    answer = await session.query("total amount", planner="rules", on="sales")
    assert answer.value in (43, "43")
    with pytest.raises(DipError, match="nothing"):
        await session.query("total amount", on="nothing")


async def test_a_question_without_an_answer_is_told_why(session):
    answer = await session.query("total zebras by galaxy")
    assert answer.status == "cannot_answer"
    assert answer.missing is not None
    assert answer.missing.message


async def test_a_question_of_two_readings_is_asked_back_and_chosen(scratch, folder):
    await scratch.upload(folder / "bills.csv")
    unclear = await scratch.query("total amount")
    assert unclear.status == "clarify"
    assert len(unclear.clarification.options) == 2
    answers = [await scratch.choose(unclear, n) for n in range(2)]
    assert {str(answer.value) for answer in answers} == {"4", "6"}
    with pytest.raises(ConfigError):
        await scratch.choose(answers[0], 0)


async def test_rows_come_in_pages_sorted_and_filtered(result):
    region, amount = (column.name for column in result.columns)
    page = await result.page(1, size=2, sort=[f"-{amount}"])
    assert totals(page.rows) == {"South": 21, "North": 15}
    assert (page.total, page.has_more) == (3, True)
    rest = await result.page(2, size=2, sort=f"-{amount}")
    assert totals(rest.rows) == {"East": 7}
    some = await result.page(filter={region: ["North", "East"], amount: (">", 10)})
    assert totals(some.rows) == {"North": 15}
    assert [page.offset async for page in result.pages(size=2)] == [0, 2]
    with pytest.raises(ConfigError, match="no column"):
        await result.page(sort="zzz")


async def test_rows_come_as_frames(result):
    _, amount = (column.name for column in result.columns)
    frame = await result.to_pandas(sort=amount)
    assert isinstance(frame, pd.DataFrame)
    assert totals(frame.itertuples(index=False)) == TOTALS
    assert frame[amount].is_monotonic_increasing
    assert isinstance(await result.to_polars(), pl.DataFrame)
    arrow = await result.to_arrow()
    assert isinstance(arrow, pa.Table)
    assert arrow.num_rows == 3


@pytest.mark.parametrize("ending", ["csv", "xlsx", "json", "parquet"])
async def test_rows_are_exported(result, ending, tmp_path):
    target = tmp_path / f"out.{ending}"
    target.write_text("old")
    assert await result.export(target) == (target,)
    read = {
        "csv": pd.read_csv,
        "xlsx": lambda path: pd.read_excel(path, engine="calamine"),
        "json": pd.read_json,
        "parquet": pd.read_parquet,
    }[ending]
    assert totals(read(target).itertuples(index=False)) == TOTALS
    assert list(tmp_path.iterdir()) == [target]


async def test_a_chart_is_drawn_restyled_and_saved(result, tmp_path):
    assert result.chart is not None
    values = json.dumps(result.chart.spec["data"])
    assert all(region in values for region in TOTALS)
    other = await result.chart.restyle("line", title="By region")
    assert "By region" in json.dumps(other.spec)
    assert other.save(tmp_path / "c.svg").read_text().startswith("<svg")


async def test_an_answer_shows_itself(result):
    assert "North" in repr(result)
    assert "North" in result._repr_html_()
    assert "North" in result._repr_markdown_()
    assert result.chart._repr_mimebundle_()["image/png"]


async def test_an_answer_becomes_code(result, session, folder, monkeypatch):
    monkeypatch.chdir(folder)  # a backend knows the file by its name alone
    assert "select" in (await result.to_code()).lower()
    script = await result.to_code("pandas")
    assert "sales.csv" in script
    answer: dict = {}
    exec(script.replace("print(answer)", ""), answer)
    assert totals(answer["answer"].itertuples(index=False)) == TOTALS
    monthly = await session.query("total amount by month")
    exec((await monthly.to_code("pandas")).replace("print(answer)", ""), answer)
    assert answer["answer"].iloc[:, -1].tolist() == [30, 12, 1]


async def test_an_answer_is_computed_again(result):
    again, report = await result.replay()
    assert report.same
    assert report.differences == ()
    assert totals(again.preview) == TOTALS


async def test_a_plan_runs_as_it_stands(result, session):
    assert totals((await session.run(result.plan)).preview) == TOTALS


async def test_a_statistic_is_an_answer_like_any_other(session):
    answer = await session.statistic("describe", table="sales", columns="amount")
    row = dict(zip([column.name for column in answer.columns], answer.preview[0], strict=True))
    assert (row["column"], row["n"], row["mean"]) == ("amount", 5, 8.6)
    assert "Descriptive statistics of amount, on 5 rows." in answer.facts.how
    assert (await answer.replay())[1].same
    with pytest.raises(ConfigError, match="no operation 'descr'"):
        await session.statistic("descr", table="sales")
    with pytest.raises(ConfigError, match="cannot take 'speed'"):
        await session.statistic("describe", table="sales", speed=3)
    with pytest.raises(PlanRejected, match="amont"):
        await session.statistic("describe", table="sales", columns="amont")


async def test_a_table_is_looked_over(session, scratch, folder):
    answer = await session.overview()
    assert answer.explanation.startswith("sales from sales.csv has 5 rows and 3 columns")
    assert [row[0] for row in answer.preview] == ["region", "amount", "ordered"]
    assert answer.preview[1][2:7] == (5, 0, 5, "1", "20")
    await scratch.upload(folder / "sales.csv", folder / "bills.csv")
    named = await scratch.overview("bills")
    assert [row[0] for row in named.preview] == ["city", "net_amount", "gross_amount"]
    with pytest.raises(DipError, match="nothing"):
        await scratch.overview("nothing")


async def test_a_statement_is_edited_by_hand(result):
    edit = result.edit(sql="select region, max(amount) as top from sales group by region")
    assert edit.plan.sql_steps
    answer = await edit.run()
    assert totals(answer.preview) == {"North": 10, "South": 20, "East": 7}


@pytest.mark.parametrize(
    "sql", ["drop table sales", "select * from read_csv('/etc/passwd')", "select 1; select 2"]
)
async def test_a_statement_that_may_not_run_is_rejected(result, sql):
    with pytest.raises(PlanRejected):
        await result.edit(sql=sql).run()


async def test_an_answer_becomes_a_table(scratch, folder):
    await scratch.upload(folder / "sales.csv")
    answer = await scratch.query("total amount by region")
    table = await answer.save_as("regional totals")
    assert table.name == "regional_totals"
    assert (await scratch.query("how many rows are there", on=table.name)).value == 3
    assert await scratch.undo()
    assert [table.name for table in await scratch.tables()] == ["sales"]


async def test_events_come_as_they_happen(session):
    async with session.stream("total amount by region") as stream:
        events = [event async for event in stream]
        answer = await stream.result()
    assert isinstance(events[-1], QueryResult)
    assert [isinstance(event, LAST) for event in events].count(True) == 1
    assert {"status", "step", "rows"} <= {event.type for event in events}
    assert all(event.query_id == stream.query_id for event in events)
    assert totals(answer.preview) == TOTALS


async def test_words_come_alone(session):
    async with session.stream("total amount by region") as stream:
        assert isinstance("".join([word async for word in stream.text]), str)
        assert (await stream.result()).status == "answered"


async def test_a_stream_is_cancelled(result, session):
    async def itself():
        return session

    many = ", ".join(f"sales as s{n}" for n in range(14))
    plan = result.edit(sql=f"select sum(s0.amount * s13.amount) as total from {many}").plan
    async with AsyncQueryStream(itself, RunPlan(plan)) as stream:
        await anext(stream)
        await stream.cancel()
        assert [event.type async for event in stream][-1] == "cancelled"
        with pytest.raises(Cancelled):
            await stream.result()
    assert (await session.query("how many rows are there in sales")).value == 5


async def test_sources_of_every_kind_are_read(scratch, folder, tmp_path):
    told = []
    datasets = await scratch.upload(
        f"{folder}/*s.csv", on_progress=lambda fraction, message: told.append((fraction, message))
    )
    assert [data.name for data in datasets] == ["bills.csv", "sales.csv"]
    assert told
    with (folder / "sales.csv").open("rb") as file:
        (copy,) = await scratch.upload(file, name="copy")
    assert copy.tables[0].rows == 5
    frame = pd.DataFrame({"points": [1, 2]})
    (first, _) = await scratch.upload(mine=frame, theirs=pl.DataFrame({"b": [1]}))
    assert await scratch.upload(mine=frame) == (first,)
    (changed,) = await scratch.upload(mine=frame.assign(points=[3, 4]))
    assert changed.id != first.id
    names = {table.name for table in await scratch.tables()}
    assert {"sales", "bills", "mine", "theirs"} <= names
    assert (await scratch.query("total points in mine")).value in (7, "7")


async def test_options_say_how_to_read(scratch, tmp_path):
    (tmp_path / "odd.csv").write_text("a|b\n1,5|x\n")
    (data,) = await scratch.upload(tmp_path / "odd.csv", delimiter="|", decimal=",")
    assert [column.name for column in data.tables[0].visible] == ["a", "b"]
    assert data.tables[0].parsed.delimiter == "|"


async def test_what_cannot_be_read_is_named(scratch, folder, tmp_path):
    with pytest.raises(DataError, match=r"slaes\.csv") as error:
        await scratch.upload(folder / "slaes.csv")
    assert "sales.csv" in error.value.hint
    (tmp_path / "empty.csv").write_text("")
    with pytest.raises(DataError):
        await scratch.upload(tmp_path / "empty.csv")
    assert await scratch.datasets() == ()


async def test_tables_are_known_renamed_and_removed(scratch, folder):
    await scratch.upload(folder / "sales.csv", folder / "bills.csv")
    (sales, bills) = await scratch.datasets()
    assert (sales.name, sales.size) == ("sales.csv", len(SALES))
    profiled = await scratch.profile("sales")
    amount = next(column for column in profiled.profile if column.name == "amount")
    assert (float(amount.minimum), float(amount.maximum)) == (1, 20)
    assert (await scratch.rename("sales", "orders")).name == "orders"
    await scratch.remove("bills")
    assert [table.name for table in await scratch.tables()] == ["orders"]
    assert "bills" in await scratch.undo()
    assert "orders" in await scratch.undo()
    assert [table.name for table in await scratch.tables()] == ["sales", "bills"]
    assert bills.tables[0].rows == 2


async def test_likely_joins_are_found(scratch, tmp_path):
    (tmp_path / "orders.csv").write_text("order_id,customer_id\n1,7\n2,8\n3,7\n")
    (tmp_path / "customers.csv").write_text("customer_id,name\n7,Ann\n8,Bob\n")
    await scratch.upload(tmp_path / "orders.csv", tmp_path / "customers.csv")
    links = await scratch.links()
    assert any(link.right_table == "customers" and link.right_unique for link in links)


async def test_earlier_answers_are_opened_again(scratch, folder):
    await scratch.upload(folder / "sales.csv")
    answer = await scratch.query("total amount by region")
    (turn,) = await scratch.history()
    assert (turn.question, turn.result_id) == ("total amount by region", answer.id)
    again = await scratch.result(turn.result_id)
    assert totals((await again.page()).rows) == TOTALS


async def test_settings_are_kept(scratch):
    assert (await scratch.settings()).week_start == "monday"
    await scratch.configure(week_start="sunday", currency="EUR")
    settings = await scratch.settings()
    assert (settings.week_start, settings.currency) == ("sunday", "EUR")


async def test_a_verified_question_is_answered_by_its_kept_plan(scratch, folder):
    await scratch.upload(folder / "sales.csv")
    await (await scratch.query("total amount by region")).verify("amounts")
    assert [v.name for v in (await scratch.glossary()).verified] == ["amounts"]
    again = await scratch.query("Total  amount by region?")
    assert (again.planner, totals((await again.page()).rows)) == ("verified", TOTALS)


async def test_words_are_added_to_the_glossary(scratch):
    await scratch.define({"synonyms": {"amount": ["revenue"]}})
    glossary = await scratch.define({"synonyms": {"amount": "turnover"}})
    assert glossary.synonyms == {"amount": ("revenue", "turnover")}


async def test_ten_questions_run_at_once_and_pages_come_meanwhile(result, session):
    started = [session.stream("total amount by region") for _ in range(10)]
    for stream in started:
        await anext(stream)
    assert totals((await result.page()).rows) == TOTALS
    for stream in started:
        assert totals((await stream.result()).preview) == TOTALS


async def test_a_named_session_lasts(where, folder):
    async with AsyncClient(**where) as client:
        session = await client.session("q3")
        assert session.name == "q3"
        assert session.id
        await session.upload(folder / "sales.csv")
        await session.query("total amount by region")
    async with AsyncClient(**where) as client:
        assert await client.sessions() == ("q3",)
        session = await client.session("q3", read_only=True)
        (turn,) = await session.history()
        assert totals((await (await session.result(turn.result_id)).page()).rows) == TOTALS
        with pytest.raises(ConfigError, match="read-only"):
            await session.remove("sales")
        await session.close()
        await client.delete("q3")
        assert await client.sessions() == ()
        with pytest.raises(ConfigError, match="no session 'q3'"):
            await client.delete("q3")


async def test_a_session_is_shared_with_a_colleague_who_only_reads(where, folder, colleague):
    email, theirs = colleague
    async with AsyncClient(**where) as client, AsyncClient(**theirs) as other:
        session = await client.session("shared")
        await session.upload(folder / "sales.csv")
        answer = await session.query("total amount by region")
        assert await session.members() == ()
        assert await other.shared() == ()
        if "url" not in where:
            for refused in (
                session.share, session.unshare, client.accept, lambda one: client.session(id=one)
            ):  # fmt: skip
                with pytest.raises(ConfigError, match="needs a backend") as wrong:
                    await refused(email)
                assert wrong.value.hint
        else:
            await reads_only(session, answer, other, email)
        await session.close()
        await client.delete("shared")
        assert await other.shared() == ()


async def reads_only(session, answer, other, email):
    """On a backend: invite, accept, read, be refused to change, and be out again."""
    invitation = await session.share(email)
    ((waiting, accepted),) = [(m.email, m.accepted) for m in await session.members()]
    assert (waiting, accepted) == (email, False)
    seen = await other.accept(invitation.token)
    with pytest.raises(ApiError) as used:
        await other.accept(invitation.token)
    assert used.value.code == "no_invitation"
    assert [(m.email, m.accepted) for m in await session.members()] == [(email, True)]
    (told,) = await other.shared()
    assert (told.id, told.name, told.owner) == (session.id, "shared", "ada@example.com")
    assert seen.id == session.id
    again = await other.session(id=told.id)
    assert totals((await (await again.result(answer.id)).page()).rows) == TOTALS
    assert [table.name for table in await again.tables()] == ["sales"]
    with pytest.raises(ConfigError, match="its name or its id"):
        await other.session("shared", id=told.id)
    for refused in (
        lambda: again.query("how many rows"), lambda: again.rename("sales", "mine"),
        lambda: again.configure(currency="EUR"), lambda: again.share("eve@example.com"),
        again.undo, again.members,
    ):  # fmt: skip
        with pytest.raises(ApiError) as wrong:
            await refused()
        assert (wrong.value.code, wrong.value.status) == ("read_only", 403)
        assert wrong.value.hint
    await seen.close()
    await session.unshare(email)
    with pytest.raises(ApiError) as gone:
        await again.tables()
    assert gone.value.status == 404
    with pytest.raises(ConfigError, match="not shared with"):
        await session.unshare(email)


async def test_a_client_has_a_session_of_its_own(where, folder):
    client = AsyncClient(**where)
    await client.upload(folder / "sales.csv")
    answer = await client.query("total amount by region")
    assert totals(answer.preview) == TOTALS
    async with client.stream("how many rows are there in sales") as stream:
        assert (await stream.result()).value == 5
    await client.close()
    with pytest.raises(ConfigError, match="closed"):
        await client.query("total amount by region")
