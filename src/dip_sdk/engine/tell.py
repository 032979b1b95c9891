"""Makes the events of one question, each with its session, its query and the time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ..types import events
from ..types.errors import DipError, to_wire
from ..types.plan import Plan
from ..types.result import Check, Clarification, ResultFacts, StepRun
from ..worker.runner import Made
from .ledger import Ledger


class Teller:
    """One method a type of event, in the order a run tells them."""

    def __init__(self, session_id: str, query_id: str, ledger: Ledger | None = None) -> None:
        self.session_id = session_id
        self.query_id = query_id
        self._said = ""
        self._ledger = ledger or Ledger()

    def _head(self) -> dict[str, Any]:
        return {"session_id": self.session_id, "query_id": self.query_id, "at": datetime.now(UTC)}

    def status(self, message: str) -> events.Status:
        return events.Status(**self._head(), message=message)

    def progress(self, stage: str, message: str, fraction: float | None) -> events.Progress:
        return events.Progress(**self._head(), stage=stage, message=message, fraction=fraction)

    def text(self, delta: str) -> events.Text:
        self._said += delta
        return events.Text(**self._head(), delta=delta, snapshot=self._said)

    def plan(self, plan: Plan) -> events.PlanReady:
        return events.PlanReady(**self._head(), plan=plan)

    def step(self, index: int, step: StepRun) -> events.StepDone:
        facts = step.model_dump(include={"title", "sql", "rows", "seconds"})
        return events.StepDone(**self._head(), index=index, **facts)

    def rows(self, made: Made) -> events.Rows:
        return events.Rows(
            **self._head(), columns=made.columns, preview=made.preview, total=made.rows
        )

    def chart(self, spec: dict[str, Any]) -> events.ChartReady:
        return events.ChartReady(**self._head(), spec=spec)

    def check(self, check: Check) -> events.CheckFound:
        return events.CheckFound(**self._head(), check=check)

    def clarification(self, asked: Clarification) -> events.ClarificationAsked:
        return events.ClarificationAsked(**self._head(), clarification=asked)

    def suggestions(self, suggestions: tuple[str, ...]) -> events.Suggested:
        return events.Suggested(**self._head(), suggestions=suggestions)

    def result(self, facts: ResultFacts) -> events.QueryResult:
        return events.QueryResult(**self._head(), payload=facts)

    def failed(self, error: DipError) -> events.Failed:
        return events.Failed(
            **self._head(),
            code=error.code,
            message=error.message,
            hint=error.hint,
            error=to_wire(error),
            **self._cost(),
        )

    def cancelled(self, seconds: float) -> events.CancelledEvent:
        return events.CancelledEvent(**self._head(), seconds=seconds, **self._cost())

    def facts(self, **facts: Any) -> ResultFacts:
        """The facts of the answer, with the ids and the time of this question."""
        told = facts | self._cost() | {"at": datetime.now(UTC)}
        return ResultFacts(id=self.query_id, session_id=self.session_id, **told)

    def _cost(self) -> dict[str, Any]:
        return {"sent": self._ledger.sent, "usage": self._ledger.usage}
