"""Questions that were settled once are answered by their kept plan, before any planner is asked.

Settled is what somebody verified, and a question with two readings for which the user chose one.
"""

from __future__ import annotations

from collections.abc import Generator

from ...types.glossary import same_words
from ...types.plan import Plan
from ...types.result import Check
from .base import Answering, Noted, Outcome, Planner, Planning, Proposal, Question, Refused, View


class SettledFirst:
    """Asks the session, then a planner. A kept plan that no longer runs is told and passed by."""

    def __init__(self, otherwise: Planner) -> None:
        self.name = otherwise.name
        self._otherwise = otherwise

    def plan(self, question: Question, view: View) -> Planning:
        for plan, planner, told in _settled(question, view):
            refused = yield from _kept(plan, planner, told)
            if refused is None:
                return
            yield Noted(_outdated(told, refused))
        yield Answering(self.name)
        yield from self._otherwise.plan(question, view)


def _settled(question: Question, view: View) -> Generator[tuple[Plan, str, Check]]:
    """The kept plans of a question, who made each, and what is told with it."""
    if question.params:
        return
    if verified := view.glossary.settled(question.text):
        message = f"Verified as {verified.title!r}."
        yield verified.steps, "verified", Check(code="verified", level="info", message=message)
    for choice in view.choices:
        if same_words(choice.question) == same_words(question.text):
            message = f"Read as before: {choice.label}."
            check = Check(code="chosen_before", level="info", message=message)
            yield choice.plan, choice.plan.planner, check


def _kept(plan: Plan, planner: str, told: Check) -> Generator[Proposal, Outcome, Refused | None]:
    """Propose the kept steps; gives what refused one of them."""
    yield Answering(planner)
    for step in plan.steps:
        if step is plan.answer:
            yield Noted(told)
        outcome = yield step
        if isinstance(outcome, Refused):
            return outcome
    return None


def _outdated(told: Check, refused: Refused) -> Check:
    return Check(
        code=f"{told.code}_outdated",
        message=f"{told.message} It no longer runs on these tables ({refused.error.message}); "
        "the question was answered anew.",
    )
