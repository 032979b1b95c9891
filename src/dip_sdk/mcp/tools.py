"""The tools, few on purpose: what each is called, takes and does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from ..client import AsyncResult
from ..client.core.asks import Ask as Question
from ..client.core.asks import Choose, RunPlan
from ..types.errors import ConfigError
from . import arguments
from .arguments import Arguments
from .room import Room, Tell
from .shown import Sight, Told

Taken = TypeVar("Taken", bound=Arguments)


@dataclass(frozen=True)
class Desk:
    """What every tool works with."""

    room: Room
    sight: Sight


@dataclass(frozen=True)
class Tool(Generic[Taken]):
    """One tool."""

    takes: type[Taken]
    about: str
    """For the model that decides which tool to call."""
    run: Callable[[Desk, Taken, Tell], Awaitable[Told]]
    writes: bool = False


async def _list_tables(desk: Desk, _: arguments.ListTables, tell: Tell) -> Told:
    session = await desk.room.session(tell)
    return desk.sight.tables(await session.tables(), await session.links())


async def _profile(desk: Desk, given: arguments.Profile, tell: Tell) -> Told:
    session = await desk.room.session(tell)
    return desk.sight.profile(await session.profile(given.table), given.column)


async def _ask(desk: Desk, given: arguments.Ask, tell: Tell) -> Told:
    result = await desk.room.answer(Question(given.question, on=given.on), tell)
    if given.option is not None and result.clarification is not None:
        options = len(result.clarification.options)
        if given.option > options:
            raise ConfigError(
                f"The question has {options} readings.", hint="Give one of them.", code="arguments"
            )
        result = await desk.room.answer(Choose(result.id, given.option - 1), tell)
    return await _told(desk, result, given.question, tell, plan=given.show_plan)


async def _run_plan(desk: Desk, given: arguments.RunPlan, tell: Tell) -> Told:
    result = await desk.room.answer(RunPlan(given.plan, remember=False), tell)
    return await _told(desk, result, given.said, tell)


async def _page(desk: Desk, given: arguments.Page, tell: Tell) -> Told:
    desk.sight.may_page()
    result = await desk.room.result(given.result_id, tell)
    tests: dict[str, list[tuple[object, ...]]] = {}
    for condition in given.where:
        tests.setdefault(condition.column, []).append((condition.op, condition.value))
    page = await result.page(given.page, size=given.size, sort=given.sort, filter=tests)
    return desk.sight.page(page)


async def _export(desk: Desk, given: arguments.Export, tell: Tell) -> Told:
    target = desk.room.place(given.file)
    result = await desk.room.result(given.result_id, tell)
    files = await result.export(target)
    return {"folder": str(target.parent), "files": [file.name for file in files]}


async def _told(
    desk: Desk, result: AsyncResult, said: str, tell: Tell, *, plan: bool = False
) -> Told:
    session = await desk.room.session(tell)
    known = frozenset(c.name for table in await session.tables() for c in table.columns)
    return desk.sight.answer(result.facts, said, known, plan=plan)


TOOLS: Mapping[str, Tool[Any]] = {
    "list_tables": Tool(
        arguments.ListTables,
        "The tables that can be asked about: columns with types, row counts, likely joins. "
        "Call it first.",
        _list_tables,
    ),
    "profile": Tool(
        arguments.Profile,
        "Statistics of a table, or of one of its columns: missing and distinct values, range, "
        "quantiles, frequent values.",
        _profile,
    ),
    "ask": Tool(
        arguments.Ask,
        "Answer a question in plain words, such as 'total amount by region in 2024'. Gives a "
        "sentence, the first rows, the SQL that ran, checks of the answer, and what was sent to a "
        "model. With status 'clarify' call it again with an option; with 'cannot_answer' it says "
        "what is missing. A question may follow on the one before it.",
        _ask,
    ),
    "run_plan": Tool(
        arguments.RunPlan,
        "Run one read-only SQL statement, or typed steps, through the same checks as a question. "
        "Statements that write, read files or reach the network are refused.",
        _run_plan,
    ),
    "page": Tool(
        arguments.Page,
        f"Rows of an answer, at most {arguments.MOST_ROWS} at once, sorted and filtered.",
        _page,
    ),
    "export": Tool(
        arguments.Export,
        "Write all rows of an answer to a new file in the folder that the user named for it.",
        _export,
        writes=True,
    ),
}  # fmt: skip
