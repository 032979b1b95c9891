"""What the checks know: the answer with its plan, and a bounded way to look at the data."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from sqlglot import exp

from ...types.plan import AnswerStep, Plan
from ...types.result import Check
from ...types.sql import quoted
from ...types.values import Wire
from ...worker.runner import Look, Made
from ..planner.base import View
from .calls import aggregates

LARGE = 10_000_000
"""Rows beyond which a check is left out rather than made to wait for."""


@dataclass(frozen=True)
class Context:
    """An answer about to be given, and what it was computed from."""

    plan: Plan
    trees: Mapping[str, exp.Query]
    """The checked tree of each statement by its step's name, as written."""
    view: View
    made: Mapping[str, Made]
    run: str
    """Schema of the run's tables."""
    answer: AnswerStep
    look: Callable[[str, Mapping[str, Wire], int], Look]
    """A trusted, bounded read."""

    def params(self, step: str) -> Mapping[str, Wire]:
        """The bound values of a step."""
        return next((s.params for s in self.plan.sql_steps if s.name == step), {})

    def place(self, step: str) -> str:
        """How SQL names the table that a step made."""
        return f"{quoted(self.run)}.{quoted(step)}"

    def lineage(self) -> tuple[str, ...]:
        """The statements that the answer rests on, the answer's own last."""
        return tuple(step for step in self.rests_on() if step in self.trees)

    def rests_on(self) -> tuple[str, ...]:
        """The steps that the answer rests on, named operations too, the answer's own last."""
        wanted, found = [self.answer.table], list[str]()
        while wanted:
            step = wanted.pop()
            if step in found or step not in self.made:
                continue
            found.append(step)
            earlier = self.before(step)
            wanted += [earlier[name] for name in self._reads(step) if name in earlier]
        return tuple(step for step in self.made if step in found)

    def before(self, step: str) -> Mapping[str, str]:
        """The steps that a step could read, by name in lower case."""
        order = list(self.made)
        return {name.casefold(): name for name in order[: order.index(step)]}

    def _reads(self, step: str) -> Iterator[str]:
        """The tables a step reads, in lower case. A named operation has no statement."""
        if step in self.trees:
            yield from (node.name.casefold() for node in self.trees[step].find_all(exp.Table))
        yield from (o.table.casefold() for o in self.plan.operations if o.name == step)

    def shown(self) -> tuple[str, ...]:
        """The steps whose rows are the answer's rows: its own, and one it merely reshapes."""
        steps, last = [self.answer.table], self.trees.get(self.answer.table)
        while isinstance(last, exp.Select) and (before := self._reshaped(last, steps[-1])):
            steps.append(before)
            last = self.trees.get(before)
        return tuple(steps)

    def _reshaped(self, select: exp.Select, step: str) -> str | None:
        """The step of which the statement only chooses and rounds columns."""
        others = {"with_", "joins", "where", "group", "having", "qualify", "limit", "distinct"}
        source = select.args.get("from_")
        if source is None or any(select.args.get(part) for part in others):
            return None
        if next(aggregates(select), None) is not None:
            return None
        name = source.this.name.casefold() if isinstance(source.this, exp.Table) else ""
        return self.before(step).get(name)


def finding(code: str, message: str, *, warns: bool = True, **numbers: Wire) -> Check:
    """A check with its numbers; one that does not warn informs."""
    level: Literal["info", "warning"] = "warning" if warns else "info"
    return Check(code=code, level=level, message=message, numbers=numbers)
