"""A question answered before on the same data is answered by its kept plan, without a call."""

from __future__ import annotations

from collections.abc import Generator

from ...types.plan import AnswerStep, ChartStep, OperationStep, Plan, SqlStep, Step
from ...types.result import Check
from ..cache import Plans, key
from .base import Done, Noted, Outcome, Planner, Planning, Proposal, Question, Refused, View
from .settings import ModelSettings

STEPS = (SqlStep, OperationStep, ChartStep, AnswerStep)


class Remembered:
    """Asks the kept plans, then a planner whose plan is then kept."""

    def __init__(self, planner: Planner, settings: ModelSettings, plans: Plans) -> None:
        self.name = planner.name
        self._planner = planner
        self._settings = settings
        self._plans = plans

    def plan(self, question: Question, view: View) -> Planning:
        name = key(question, view, self._settings.model, self._settings.privacy)
        if (known := self._plans.get(name)) and (yield from _again(known)):
            return
        steps: list[Step] = []
        planning = self._planner.plan(question, view)
        try:
            proposal = next(planning)
            while True:
                if isinstance(proposal, AnswerStep):
                    self._keep(name, question, view, (*steps, proposal))
                outcome = yield proposal
                if isinstance(proposal, STEPS) and isinstance(outcome, Done):
                    steps.append(proposal)
                proposal = planning.send(outcome)
        except StopIteration:
            return
        finally:
            planning.close()

    def _keep(self, name: str, question: Question, view: View, steps: tuple[Step, ...]) -> None:
        """Kept before the answer is taken: nothing is heard of it afterwards."""
        made = Plan(question=question.text, planner=self.name, steps=steps, today=view.today)
        self._plans.keep(name, made)


def _again(plan: Plan) -> Generator[Proposal, Outcome, bool]:
    """Propose the kept steps; False where one does not run any more."""
    for step in plan.steps:
        if step is plan.answer:
            yield Noted(_told())
        outcome = yield step
        if isinstance(outcome, Refused):
            return False
    return True


def _told() -> Check:
    return Check(
        code="plan_kept",
        level="info",
        message="Asked before on the same data: the plan of then was run again, and nothing sent.",
    )
