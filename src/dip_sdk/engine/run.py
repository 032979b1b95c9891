"""One question while it is being answered: its checked steps, and the tables they made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, TypeAlias

from ..render.numbers import plural
from ..types.errors import DipError
from ..types.plan import AnswerStep, ChartStep, OperationStep, SqlStep, Step
from ..types.result import StepRun
from ..types.sql import quoted
from ..types.values import Wire
from ..worker.runner import Look, Made, Runner
from .guard import Checked, Guard
from .operands import operands
from .planner.base import Done, Probe

if TYPE_CHECKING:
    from sqlglot import exp

Looking: TypeAlias = Callable[[str, Mapping[str, Wire], int], Look]
"""A bounded read with SQL of our own: (sql, params, limit)."""


class Run:
    """Guards and runs the steps of one question. Its tables end with `keep` or `drop`."""

    def __init__(self, run_id: str, runner: Runner, guard: Guard, today: date) -> None:
        self.id = run_id
        self.today = today
        """Every statement may use it as `$today`; a replay is given the day of the answer."""
        self.runner = runner
        self.guard = guard
        self.steps: list[Step] = []
        self.done: list[StepRun] = []
        self.made: dict[str, Made] = {}
        self.trees: dict[str, exp.Query] = {}
        self._reads: dict[str, tuple[str, ...]] = {}

    def sql(self, step: SqlStep) -> Done:
        """Check and run a statement; its rows become the run's table `step.name`."""
        self._must_be_new(step.name)
        checked, params = self._checked(step.sql, step.params)
        made = self.runner.step(self.id, step.name, checked.sql, params)
        self.steps.append(step.model_copy(update={"sql": checked.shown}))
        self.done.append(
            StepRun(
                name=step.name,
                title=step.title,
                sql=checked.shown,
                rows=made.rows,
                seconds=made.seconds,
            )
        )
        self.made[step.name] = made
        self.trees[step.name] = checked.tree
        self._reads[step.name] = checked.tables
        return Done(columns=made.columns, rows=made.rows, preview=made.preview)

    def operate(self, step: OperationStep) -> Done:
        """Run a named operation; its rows become the run's table `step.name`.

        The guard decides over the statement that reads its columns as over any other.
        """
        self._must_be_new(step.name)
        checked, _ = self._checked(operands(step, self.guard.tables, self._columns()), {})
        made = self.runner.operate(self.id, step.name, checked.sql, step.operation)
        told = step.operation.told
        changed = f" {made.reading}" if step.operation.whole and made.reading else ""
        self.steps.append(step)
        self.done.append(
            StepRun(
                name=step.name,
                title=step.title or told,
                did=f"{told}, on {plural(made.given, 'row')}{'.' if changed else ''}{changed}",
                rows=made.rows,
                seconds=made.seconds,
            )
        )
        self.made[step.name] = made
        self._reads[step.name] = checked.tables
        return Done(
            columns=made.columns, rows=made.rows, preview=made.preview, reading=made.reading
        )

    def derive(self, step: SqlStep) -> None:
        """Run a statement of our own over the run's tables; the plan implies it."""
        checked, params = self._checked(step.sql, {})
        self.made[step.name] = self.runner.step(self.id, step.name, checked.sql, params)

    def probe(self, probe: Probe) -> Done:
        """Check and run a bounded look that does not become part of the plan."""
        checked, params = self._checked(probe.sql, probe.params)
        look = self.look(checked.sql, params, probe.limit)
        return Done(columns=look.columns, rows=len(look.rows), preview=look.rows)

    def look(self, sql: str, params: Mapping[str, Wire], limit: int) -> Look:
        """A bounded read with SQL of our own: checks and charts."""
        return self.runner.look(self.id, sql, params, limit)

    def chart(self, step: ChartStep) -> Done:
        """Accept a chart of a table that was made."""
        self.table(step.table)
        self.steps.append(step)
        return Done()

    def table(self, name: str) -> Made:
        """A table of this run, or an error that lists those it has."""
        if name not in self.made:
            raise DipError(
                f"The plan speaks of a table {name!r} that no step made.",
                hint=f"Steps made: {', '.join(self.made) or 'none'}.",
                code="unknown_step",
            )
        return self.made[name]

    def _must_be_new(self, name: str) -> None:
        if name in self.made:
            raise DipError(
                f"The plan has two steps named {name!r}.",
                hint="Give each step a name of its own.",
                code="duplicate_step",
            )

    def _checked(self, sql: str, given: Mapping[str, Wire]) -> tuple[Checked, dict[str, Wire]]:
        """The statement that may run, with the bound values that it uses and no others."""
        params = {"today": self.today.isoformat(), **given}
        checked = self.guard.check(sql, run=self.id, made=self._columns(), params=params)
        return checked, {name: params[name] for name in checked.params}

    def _columns(self) -> dict[str, list[str]]:
        return {name: [column.name for column in made.columns] for name, made in self.made.items()}

    def qualified(self, name: str) -> str:
        """How SQL of our own names a table of this run."""
        return f"{quoted(self.id)}.{quoted(name)}"

    def restart(self) -> None:
        """Another planner begins: what was made before is no part of its plan.

        It begins under another name: nobody waits until what was made is dropped.
        """
        if self.made:
            self.drop()
            self.id = f"{self.id}-again"
        for kept in (self.steps, self.done, self.made, self.trees, self._reads):
            kept.clear()

    def trim(self, answer: str) -> None:
        """Leave out steps that neither the answer's table nor a chart rests on."""
        charts = {step.table for step in self.steps if isinstance(step, ChartStep)}
        needed = self._rest_on({answer, *charts})
        self.steps = [
            step
            for step in self.steps
            if isinstance(step, (ChartStep, AnswerStep)) or step.name in needed
        ]
        self.done = [run for run in self.done if run.name in needed]
        self._reads = {name: read for name, read in self._reads.items() if name in needed}

    def _rest_on(self, names: set[str]) -> set[str]:
        """The steps of these names, and those before that they read."""
        from sqlglot import exp

        needed = set(names)
        for step in reversed(self.steps):
            if isinstance(step, OperationStep) and step.name in needed:
                needed.add(step.table)
            elif isinstance(step, SqlStep) and step.name in needed:
                named = {node.name.casefold() for node in self.trees[step.name].find_all(exp.Table)}
                needed |= {name for name in self.made if name.casefold() in named}
        return needed

    @property
    def read(self) -> set[str]:
        """Catalog tables that were read."""
        return {table for tables in self._reads.values() for table in tables}

    def keep(self, name: str, result: str) -> None:
        self.runner.keep(self.id, name, result)

    def stop(self) -> None:
        """End what is running now: its verb raises `Cancelled`."""
        self.runner.cancel(self.id)

    def drop(self) -> None:
        self.runner.drop(self.id)
