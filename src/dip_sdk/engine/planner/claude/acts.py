"""What each tool does: a call becomes a step or a probe, its outcome a text for the model."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from pydantic import ValidationError

from ....types.operations import model
from ....types.plan import AnswerStep, ChartStep, OperationStep, Plan, SqlStep
from ....types.result import Clarification, Missing, Option
from ....types.sql import quoted
from ...nearest import nearest
from ...privacy import ROWS, Shown
from ..base import Claim, Done, Outcome, Probe, Proposal, Refused
from ..preview import preview
from .replies import Call
from .tools import (
    TOOLS,
    Answer,
    AskUser,
    CannotAnswer,
    Chart,
    DescribeTable,
    FindValues,
    Look,
    RunSql,
    Statistic,
    offered,
    schema,
)


@dataclass(frozen=True)
class Told:
    """What the model is told of a call."""

    text: str
    failed: bool = False
    slip: bool = False
    """It was no usable call at all."""


Acting: TypeAlias = Generator[Proposal, Outcome, Told]


class Desk:
    """Acts on the calls of one question, and remembers the steps they made."""

    def __init__(self, shown: Shown) -> None:
        self._shown = shown
        self._made: dict[str, Done] = {}
        self._said: dict[str, str] = {}
        self._seen: set[str] = set()
        self._doubted = False

    def act(self, call: Call) -> Acting:
        """Do what a call asks; what is wrong with it is told, never raised."""
        if call.name not in offered(self._shown):
            known = ", ".join(offered(self._shown))
            return _slip(f"There is no tool {call.name!r}. Tools: {known}.")
        if call.arguments is None:
            return _slip("The arguments were no complete JSON object. Send the call again, whole.")
        said = json.dumps([call.name, call.arguments], sort_keys=True)
        if said in self._seen:
            return _slip("You made this very call before, and its outcome is above. Go on from it.")
        self._seen.add(said)
        try:
            given = TOOLS[call.name].model_validate(call.arguments)
        except ValidationError as error:
            return _slip(_problems(error, schema(TOOLS[call.name])))
        act: Callable[[Any], Acting] = getattr(self, f"_{call.name}")
        return (yield from act(given))

    def _run_sql(self, given: RunSql) -> Acting:
        step = SqlStep(
            name=given.name, title=given.title, sql=given.sql, params=self._bound(given.sql)
        )
        return (yield from self._step(step, given.sql))

    def _statistic(self, given: Statistic) -> Acting:
        found = model(str(given.operation.get("op")))
        if found is None:
            return _slip(
                'There is no such operation. Give it as {"op": "welch_t", "column": ..., "by": '
                "...}: its name under `op`, one of those that the description of this tool lists."
            )
        try:
            operation = found.model_validate(given.operation)
        except ValidationError as error:
            return _slip(_problems(error, schema(found)))
        step = OperationStep(
            name=given.name, title=given.title, table=given.table, operation=operation
        )
        return (yield from self._step(step, operation.model_dump_json()))

    def _step(self, step: SqlStep | OperationStep, said: str) -> Acting:
        outcome = yield step
        if isinstance(outcome, Done):
            self._made[step.name], self._said[step.name] = outcome, said
        return self._outcome(outcome, said)

    def _look(self, given: Look) -> Acting:
        outcome = yield Probe(given.sql, self._bound(given.sql), ROWS + 1)
        return Told(self._shown.looked(outcome), failed=isinstance(outcome, Refused))

    def _describe_table(self, given: DescribeTable) -> Acting:
        table = self._shown.view.table(given.table)
        if table is None:
            return self._no_table(given.table)
        if probe := self._shown.measure(table, given.columns):
            self._shown.measured(table, (yield probe), given.columns)
        return Told(self._shown.described(table, given.columns))

    def _find_values(self, given: FindValues) -> Acting:
        table = self._shown.view.table(given.table)
        if table is None:
            return self._no_table(given.table)
        column = table.column(given.column)
        if column is None:
            near = nearest(given.column, [c.name for c in table.visible])
            return Told(f"There is no such column. Nearest: {near or 'none'}.", failed=True)
        name = quoted(column.name)
        sql = (
            f"SELECT {name} AS value, COUNT(*) AS n FROM {quoted(table.name)} "
            f"WHERE CAST({name} AS VARCHAR) ILIKE $like GROUP BY {name} ORDER BY n DESC, value"
        )
        outcome = yield Probe(sql, {"like": f"%{given.like}%"}, ROWS + 1)
        return Told(self._shown.found(outcome), failed=isinstance(outcome, Refused))

    def _chart(self, given: Chart) -> Acting:
        columns = [name for name in (given.x, given.y, given.series) if name]
        if problem := self._unknown(given.table, columns):
            return problem
        outcome = yield ChartStep(**given.model_dump())
        if isinstance(outcome, Refused):
            return self._outcome(outcome, "")
        return Told("The chart will stand under the answer.")

    def _answer(self, given: Answer) -> Acting:
        if problem := self._unknown(given.table, [column.column for column in given.columns]):
            return problem
        text = self._shown.words(given.text)
        if text and not self._doubted:
            claim = yield Claim(text)
            if isinstance(claim, Done) and claim.unfound:
                self._doubted = True
                self._seen.clear()
                return Told(_ungrounded(claim.unfound), failed=True)
        outcome = yield AnswerStep(
            table=given.table,
            columns=given.columns,
            reading=given.reading,
            text=text,
            suggestions=given.suggestions,
        )
        return self._outcome(outcome, "")

    def _ask_user(self, given: AskUser) -> Acting:
        options = []
        for way in given.options:
            outcome = yield Probe(way.sql, self._bound(way.sql), ROWS)
            if isinstance(outcome, Refused):
                told = self._shown.error(outcome.error)
                return Told(f"The option {way.label!r} does not run: {told}", failed=True)
            plan = self._reading(way.label, way.sql)
            options.append(Option(label=way.label, value=plan, preview=preview(outcome)))
        outcome = yield Clarification(question=given.question, options=tuple(options))
        return self._outcome(outcome, "")

    def _cannot_answer(self, given: CannotAnswer) -> Acting:
        outcome = yield Missing(**given.model_dump())
        return self._outcome(outcome, "")

    def _reading(self, label: str, sql: str) -> Plan:
        """A reading as a plan of its own, which runs when it is chosen."""
        step = SqlStep(name="answer", title=label, sql=sql, params=self._bound(sql))
        return Plan(
            question=self._shown.question.text,
            planner="claude",
            steps=(step, AnswerStep(table="answer")),
            today=self._shown.view.today,
        )

    def _bound(self, sql: str) -> dict[str, Any]:
        """The bound values of the question that a statement speaks of."""
        return {k: v for k, v in self._shown.question.params.items() if f"${k}" in sql}

    def _outcome(self, outcome: Outcome, said: str) -> Told:
        return Told(self._shown.outcome(outcome, said), failed=isinstance(outcome, Refused))

    def _unknown(self, table: str, columns: list[str]) -> Told | None:
        """What is wrong with the names of a table that a step made and of its columns."""
        made = self._made.get(table)
        if made is None:
            known = ", ".join(self._made) or "none yet: call run_sql first"
            return Told(f"No step made a table {table!r}. Made: {known}.", failed=True)
        names = {column.name for column in made.columns}
        wrong = [name for name in columns if name not in names]
        if not wrong:
            return None
        told = self._shown.outcome(made, self._said[table])
        return Told(f"{table!r} has no column {', '.join(wrong)}. It is: {told}", failed=True)

    def _no_table(self, name: str) -> Told:
        names = [table.name for table in self._shown.view.tables]
        near = nearest(name, names)
        known = f"nearest: {near}" if near else f"tables: {', '.join(names[:50])}"
        return Told(f"There is no table {name!r}; {known}.", failed=True)


def _slip(text: str) -> Told:
    return Told(text, failed=True, slip=True)


def _problems(error: ValidationError, wanted: Mapping[str, Any]) -> str:
    """What is wrong with arguments, and the schema they must fit."""
    found = [f"{'.'.join(map(str, e['loc'])) or 'arguments'}: {e['msg']}" for e in error.errors()]
    return f"{'; '.join(found[:8])}. The schema: {json.dumps(wanted)}"


def _ungrounded(numbers: tuple[str, ...]) -> str:
    return (
        f"These numbers of your text stand in no table that a step made: {', '.join(numbers)}. "
        "Compute them in a step (a look is none: run its statement with run_sql), or leave them "
        "out of the text; then call answer again."
    )
