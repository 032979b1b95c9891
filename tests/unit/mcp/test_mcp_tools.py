"""The tools as an assistant calls them: the official client, the real engine, one process."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client
from tests.claude_server import ClaudeServer, calls

from dip_sdk import AsyncClient
from dip_sdk.mcp.arguments import MOST_ROWS
from dip_sdk.mcp.room import Room
from dip_sdk.mcp.server import server
from dip_sdk.mcp.shown import CELL, HEAD

SALES = "region,amount\nNorth,10\nNorth,5\nZanzibar,7\n"
ENDLESS = (
    "select count(*) from range(1000000) a, range(1000000) b where (a.range * b.range) % 7 = 3"
)

DESCRIBED = [
    {"kind": "operation", "name": "d", "table": "sales", "operation": {"op": "describe"}},
    {"kind": "answer", "table": "d"},
]


@asynccontextmanager
async def opened(folder: Path, text: str = SALES) -> AsyncIterator[Room]:
    """A room over one file, with a folder for exports."""
    (folder / "sales.csv").write_text(text, encoding="utf-8")
    (folder / "out").mkdir()
    client = AsyncClient(planner="rules", workdir=folder / "work")
    room = Room(client, [str(folder / "sales.csv")], {}, exports=folder / "out")
    try:
        yield room
    finally:
        await room.close()


@asynccontextmanager
async def calling(folder: Path, text: str = SALES) -> AsyncIterator[Client]:
    async with opened(folder, text) as room, Client(server(room, "results")) as client:
        yield client


async def told(client: Client, tool: str, **given: Any) -> dict[str, Any]:
    """What a tool gives, which its text says too."""
    result = await client.call_tool(tool, given)
    assert not result.is_error, result.content
    assert json.loads(result.content[0].text) == result.structured_content
    return result.structured_content


async def refused(client: Client, tool: str, **given: Any) -> dict[str, Any]:
    """The error of a call: a code, a message, what to do next, and nothing else."""
    result = await client.call_tool(tool, given)
    assert result.is_error, result.content
    error = result.structured_content
    assert set(error) == {"code", "message", "hint"}
    assert error["message"]
    assert error["hint"]
    assert "Traceback" not in str(result.content)
    return error


async def test_a_question_is_answered_with_sentence_rows_sql_and_what_was_sent(
    tmp_path: Path,
) -> None:
    async with calling(tmp_path) as client:
        answer = await told(client, "ask", question="total amount by region", show_plan=True)
        assert answer["status"] == "answered"
        assert "North (15)" in answer["answer"]
        assert answer["table"] == [["North", 15], ["Zanzibar", 7]]
        assert "GROUP BY" in answer["sql"]
        assert answer["sent"] == {"requests": [], "usd": 0.0}
        again = await told(client, "run_plan", steps=answer["steps"])
        assert again["table"] == answer["table"]
        page = await told(
            client, "page", result_id=answer["result_id"], size=1, sort=["-region"],
            where=[{"column": "total amount", "op": "<", "value": 15}],
        )  # fmt: skip
        assert (page["table"], page["total"], page["has_more"]) == ([["Zanzibar", 7]], 1, False)
        follow = await told(client, "ask", question="only North")
        assert follow["table"] == [["North", 15]]


async def test_a_question_with_two_readings_comes_back_and_takes_an_option(tmp_path: Path) -> None:
    flights = "carrier,departure_delay,arrival_delay\nAA,1,10\nAA,3,30\nBB,5,50\n"
    question = "average delay by carrier"
    async with calling(tmp_path, flights) as client:
        asked = await told(client, "ask", question=question)
        assert asked["status"] == "clarify"
        assert [option["option"] for option in asked["options"]] == [1, 2]
        assert all(option["reading"] and option["would_give"] for option in asked["options"])
        error = await refused(client, "ask", question=question, option=3)
        assert error["code"] == "arguments"
        chosen = await told(client, "ask", question=question, option=2)
        assert chosen["status"] == "answered"
        assert chosen["table"] in ([["BB", 5.0], ["AA", 2.0]], [["BB", 50.0], ["AA", 20.0]])


async def test_tables_and_profiles_say_what_can_be_asked(tmp_path: Path) -> None:
    async with calling(tmp_path) as client:
        (table,) = (await told(client, "list_tables"))["tables"]
        assert (table["name"], table["rows"], table["from"]) == ("sales", 3, "sales.csv")
        assert table["columns"][1] == {"name": "amount", "type": "integer"}
        profile = await told(client, "profile", table="sales", column="AMOUNT")
        assert [c["maximum"] for c in profile["columns"]] == [10]
        error = await refused(client, "profile", table="sales", column="amonut")
        assert (error["code"], error["hint"]) == ("no_such_column", "Did you mean 'amount'?")
        hidden = await refused(client, "profile", table="sales", column="_row")
        assert hidden["code"] == "no_such_column"


async def test_the_tools_are_few_and_take_nothing_else(tmp_path: Path) -> None:
    async with calling(tmp_path) as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert list(tools) == ["list_tables", "profile", "ask", "run_plan", "page", "export"]
        assert [n for n, t in tools.items() if not t.annotations.read_only_hint] == ["export"]
        assert all(t.input_schema["additionalProperties"] is False for t in tools.values())


@pytest.fixture(scope="module")
def hostile() -> dict[str, tuple[str, dict[str, Any], str]]:
    """What -> (tool, arguments, code of the refusal)."""
    deep: dict[str, Any] = {"kind": "sql", "name": "a", "sql": "select 1", "params": {}}
    return {
        "a tool that is not there": ("shell", {"command": "id"}, "unknown_tool"),
        "an argument that is not there": ("ask", {"question": "x", "path": "/etc"}, "arguments"),
        "a text for a number": ("page", {"result_id": "x", "size": "5"}, "arguments"),
        "a huge page": ("page", {"result_id": "x", "size": 10**9}, "arguments"),
        "a page before the first": ("page", {"result_id": "x", "page": 0}, "arguments"),
        "a number beyond every bound": ("page", {"result_id": "x", "page": 10**30}, "arguments"),
        "a huge question": ("ask", {"question": "why " * 10_000}, "arguments"),
        "half a character": ("ask", {"question": "\ud800"}, "arguments"),
        "a huge statement": ("run_plan", {"sql": "select " + "1," * 20_000 + "1"}, "arguments"),
        "neither statement nor steps": ("run_plan", {}, "arguments"),
        "both": ("run_plan", {"sql": "select 1", "steps": [deep]}, "arguments"),
        "a step of no kind": ("run_plan", {"steps": [{"kind": "shell"}]}, "arguments"),
        "a table that is a path": ("profile", {"table": "/etc/passwd"}, "unknown_table"),
        "a question about a path": (
            "ask", {"question": "how many rows", "on": ["/etc/passwd"]}, "unknown_table",
        ),
        "a result that is a path": ("page", {"result_id": "../../secret"}, "unknown_result"),
        "an export of no result": (
            "export", {"result_id": "x", "file": "a.csv"}, "unknown_result",
        ),
        "a drop": ("run_plan", {"sql": "drop table sales"}, "plan_rejected"),
        "an insert": ("run_plan", {"sql": "insert into sales values ('x', 1)"}, "plan_rejected"),
        "two statements": ("run_plan", {"sql": "select 1; drop table sales"}, "plan_rejected"),
        "a copy": ("run_plan", {"sql": "copy sales to '/tmp/x.csv'"}, "plan_rejected"),
        "an attached file": ("run_plan", {"sql": "attach '/tmp/x.db'"}, "plan_rejected"),
        "a setting": ("run_plan", {"sql": "set memory_limit = '99GB'"}, "plan_rejected"),
        "a file": ("run_plan", {"sql": "from read_text('/etc/passwd')"}, "plan_rejected"),
        "a file by its name": ("run_plan", {"sql": "from '/etc/passwd'"}, "plan_rejected"),
        "the network": (
            "run_plan", {"sql": "from read_csv('https://example.com/x.csv')"}, "plan_rejected",
        ),
        "the engine's own tables": (
            "run_plan", {"sql": "from duckdb_settings()"}, "plan_rejected",
        ),
    }  # fmt: skip


async def test_hostile_calls_are_refused_and_harm_nothing(
    tmp_path: Path, hostile: dict[str, tuple[str, dict[str, Any], str]]
) -> None:
    async with calling(tmp_path) as client:
        found = {}
        for what, (tool, given, _) in hostile.items():
            found[what] = (await refused(client, tool, **given))["code"]
        assert found == {what: code for what, (_, _, code) in hostile.items()}
        assert (await told(client, "run_plan", sql="from sales"))["rows"] == 3
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "sales.csv", "work"]
    assert not list((tmp_path / "out").iterdir())


async def test_files_are_written_only_new_and_only_into_the_named_folder(tmp_path: Path) -> None:
    outside = tmp_path / "outside.csv"
    async with calling(tmp_path) as client:
        answer = await told(client, "ask", question="total amount by region")
        one = answer["result_id"]
        (tmp_path / "out" / "link.csv").symlink_to(outside)
        for name in (
            "../outside.csv", str(outside), "a/b.csv", "..", "a\\b.csv", "C:x.csv", ".hidden.csv",
            "a\nb.csv",
        ):  # fmt: skip
            error = await refused(client, "export", result_id=one, file=name)
            assert error["code"] == "not_a_name", name
        assert (await refused(client, "export", result_id=one, file="link.csv"))["code"] == (
            "file_exists"
        )
        assert "csv" in (await refused(client, "export", result_id=one, file="a.sh"))["hint"]
        written = await told(client, "export", result_id=one, file="totals.csv")
        assert written["files"] == ["totals.csv"]
        assert "Zanzibar" in (tmp_path / "out" / "totals.csv").read_text(encoding="utf-8")
        again = await refused(client, "export", result_id=one, file="totals.csv")
        assert again["code"] == "file_exists"
        (tmp_path / "out" / "big-2.xlsx").touch()
        part = await refused(client, "export", result_id=one, file="big.xlsx")
        assert part["code"] == "file_exists"
    assert not outside.exists()


async def test_without_a_folder_nothing_is_written(tmp_path: Path) -> None:
    async with opened(tmp_path) as room:
        closed = Room(room._client, [str(tmp_path / "sales.csv")], {})
        async with Client(server(closed, "results")) as client:
            answer = await told(client, "ask", question="total amount")
            error = await refused(client, "export", result_id=answer["result_id"], file="a.csv")
    assert error["code"] == "no_exports"
    assert "--export-to" in error["hint"]


async def test_a_caller_sees_no_more_than_the_privacy_mode_allows(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "dip_sdk.mcp")
    calls: tuple[tuple[str, dict[str, Any]], ...] = (
        ("list_tables", {}),
        ("profile", {"table": "sales"}),
        ("ask", {"question": "total amount by region", "show_plan": True}),
        ("ask", {"question": "amount in Zanzibr"}),
        ("ask", {"question": "amount in Nort"}),
        ("run_plan", {"steps": DESCRIBED}),
        ("run_plan", {"sql": "pivot sales on region using sum(amount)"}),
        ("run_plan", {"sql": "select cast(region as integer) as n from sales"}),
        ("run_plan", {"sql": "select region from sales"}),
    )
    async with opened(tmp_path) as room:
        heard = {mode: await _heard(room, mode, calls) for mode in ("schema", "profile", "results")}
    assert "Zanzibar" in heard["results"]
    assert "Zanzibar" not in heard["profile"]
    assert "North" in heard["profile"]
    assert "North" not in heard["schema"]
    assert "Zanzibar" not in heard["schema"]
    assert "maximum" not in heard["schema"]
    assert "server's log" in heard["schema"]
    assert "more, not named here" in heard["schema"]
    assert "run_plan: conversion" in caplog.text
    assert all("region" in words for words in heard.values())


async def test_what_was_sent_to_a_model_is_counted_and_holds_no_values(
    tmp_path: Path, claude: ClaudeServer
) -> None:
    claude.script = [
        calls("run_sql", name="t", sql="SELECT region, sum(amount) AS n FROM sales GROUP BY 1"),
        calls("answer", table="t", reading={"measure": "sales"}),
    ]
    (tmp_path / "sales.csv").write_text(SALES, encoding="utf-8")
    asking = AsyncClient(planner="claude", privacy="schema", workdir=tmp_path / "work")
    async with (
        Room(asking, [str(tmp_path / "sales.csv")], {}) as room,
        Client(server(room, "schema")) as client,
    ):
        answer = await told(client, "ask", question="sales of each region")
    assert (answer["planner"], answer["rows"]) == ("claude", 2)
    assert [r["bytes"] for r in answer["sent"]["requests"]] == [len(b) for b in claude.bodies]
    assert answer["sent"]["usd"] > 0
    assert "Zanzibar" not in json.dumps(answer)
    assert not any(b"Zanzibar" in body for body in claude.bodies)


async def _heard(room: Room, mode: str, calls: tuple[tuple[str, dict[str, Any]], ...]) -> str:
    """Everything that the server says in a mode: results, errors, progress, pages of answers."""
    said: list[str] = []

    async def progress(_: float, __: float | None, message: str | None) -> None:
        said.append(message or "")

    async with Client(server(room, mode)) as client:
        for tool, given in calls:
            result = await client.call_tool(tool, given, progress_callback=progress)
            said.append(result.content[0].text)
            found = result.structured_content.get("result_id")
            if found and result.structured_content["status"] == "answered":
                page = await client.call_tool("page", {"result_id": found})
                assert page.is_error == (mode != "results")
                said.append(page.content[0].text)
    assert len(said) > len(calls)
    return "\n".join(said)


async def test_what_is_long_wide_or_markup_stays_within_bounds(tmp_path: Path) -> None:
    long = "x" * 5_000
    rows = "\n".join(f"{n},<b>{long}</b>\x1b[31m\u202e" for n in range(HEAD + 30))
    async with calling(tmp_path, f"n,text\n{rows}\n") as client:
        answer = await told(client, "run_plan", sql="select * from sales")
        assert (len(answer["table"]), answer["rows"]) == (HEAD, HEAD + 30)
        assert "page" in answer["note"]
        assert max(len(row[1]) for row in answer["table"]) == CELL
        page = await client.call_tool("page", {"result_id": answer["result_id"], "size": MOST_ROWS})
        assert len(page.structured_content["table"]) == HEAD + 30
        text = page.content[0].text
        assert not any(sign in text for sign in ("<b>", "\x1b", "\u202e"))


async def test_a_caller_who_leaves_stops_the_run(tmp_path: Path) -> None:
    async with calling(tmp_path) as client:
        await told(client, "list_tables")
        with anyio.move_on_after(1) as scope:
            await client.call_tool("run_plan", {"sql": ENDLESS})
        assert scope.cancelled_caught
        began = time.monotonic()
        while any(thread.name == "dip" for thread in threading.enumerate()):
            assert time.monotonic() - began < 10, "the run goes on"
            await asyncio.sleep(0.05)
        assert (await told(client, "run_plan", sql="from sales"))["rows"] == 3


async def test_a_file_that_cannot_be_read_is_told_and_tried_again(tmp_path: Path) -> None:
    client = AsyncClient(planner="rules", workdir=tmp_path / "work")
    room = Room(client, [str(tmp_path / "later.csv")], {})
    try:
        async with Client(server(room, "results")) as assistant:
            error = await refused(assistant, "list_tables")
            assert "later.csv" in error["message"]
            (tmp_path / "later.csv").write_text(SALES, encoding="utf-8")
            (table,) = (await told(assistant, "list_tables"))["tables"]
            assert table["rows"] == 3
    finally:
        await room.close()


async def test_an_error_that_nobody_foresaw_is_told_without_its_words(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(tmp_path) as room:
        room._read = _secret  # type: ignore[method-assign]
        async with Client(server(room, "results")) as client:
            error = await refused(client, "list_tables")
    assert (error["code"], error["hint"]) == ("internal", "Its log says why.")
    assert "the secret" not in str(error)
    assert "the secret" in caplog.text


async def _secret() -> Any:
    raise RuntimeError("the secret")
