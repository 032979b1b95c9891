"""A planner that already knows: it proposes the steps of a given plan."""

from __future__ import annotations

from ...types.errors import QueryFailed
from ...types.plan import Plan
from .base import Planning, Question, Refused, View


class FixedPlanner:
    """Runs a plan as it stands; a step that cannot run ends the run with its error."""

    def __init__(self, given: Plan) -> None:
        self.given = given
        self.name = given.planner

    def plan(self, question: Question, view: View) -> Planning:  # noqa: ARG002 - nothing to decide
        if self.given.answer is None:
            raise QueryFailed(
                "The plan has no step that names the answer.",
                hint="Add an AnswerStep with the name of the table that holds it.",
                code="plan_without_answer",
            )
        for step in self.given.steps:
            outcome = yield step
            if isinstance(outcome, Refused):
                raise outcome.error
