"""Questions that were settled once are answered by their kept plan, before any planner is asked."""

from __future__ import annotations

from collections.abc import Generator

from ...types.glossary import Verified
from ...types.result import Check
from .base import Answering, Noted, Outcome, Planner, Planning, Proposal, Question, Refused, View


class VerifiedFirst:
    """Asks the glossary, then a planner. A kept plan that no longer runs is told and passed by."""

    def __init__(self, otherwise: Planner) -> None:
        self.name = otherwise.name
        self._otherwise = otherwise

    def plan(self, question: Question, view: View) -> Planning:
        settled = view.glossary.settled(question.text)
        if settled is not None and not question.params:
            refused = yield from _kept(settled)
            if refused is None:
                return
            yield Noted(_outdated(settled, refused))
        yield Answering(self.name)
        yield from self._otherwise.plan(question, view)


def _kept(settled: Verified) -> Generator[Proposal, Outcome, Refused | None]:
    """Propose the kept steps; gives what refused one of them."""
    yield Answering("verified")
    *steps, answer = settled.steps.steps
    for step in steps:
        outcome = yield step
        if isinstance(outcome, Refused):
            return outcome
    yield Noted(Check(code="verified", level="info", message=f"Verified as {settled.title!r}."))
    outcome = yield answer
    return outcome if isinstance(outcome, Refused) else None


def _outdated(settled: Verified, refused: Refused) -> Check:
    return Check(
        code="verified_outdated",
        message=f"The verified answer {settled.title!r} no longer runs on these tables "
        f"({refused.error.message}); the question was answered anew.",
    )
