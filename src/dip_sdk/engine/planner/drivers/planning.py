"""A question about a change, answered: by its one reading, a question back, or a reasoned no."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, replace

from ....types.errors import DipError
from ....types.plan import AnswerStep, Plan
from ....types.result import Check, Clarification, Missing, Option
from ..base import Done, Noted, Outcome, Planning, Proposal, Refused, View
from ..preview import preview
from ..rules.nearest import nearest
from ..rules.read import sentence_of
from .grammar import asked
from .measure import measured
from .periods import UnclearError
from .readings import Change, Question, changes, sides
from .rest import read

MOST_OPTIONS = 4


def drivers_question(text: str, view: View) -> Callable[[], Planning] | None:
    """The planning of a question about a change; None for any other question."""
    s = sentence_of(text, view)
    found = asked(s.tokens)
    if found is None:
        return None
    measure = measured(found.measure, s)
    rest = read(replace(s, tokens=measure.rest + found.rest))
    if not found.sure and (not measure.measures or rest.strange):
        return None
    planned = _Planned(text, view, Question(s, found, measure, rest, view.distinct))
    return planned.plan


@dataclass(frozen=True)
class _Planned:
    """What comes of a question."""

    text: str
    view: View
    question: Question

    def plan(self) -> Planning:
        try:
            found = yield from changes(self.question)
        except UnclearError as error:
            yield self._missing(str(error))
            return
        if len(found) > MOST_OPTIONS:
            meant = "; ".join(change.label for change in found[:MOST_OPTIONS])
            yield self._missing(f"It may mean many things: {meant}, ... Say which.")
        elif len(found) > 1:
            yield (yield from self._asked_back(found))
        else:
            yield from self._answer(found[0])

    def _answer(self, change: Change) -> Planning:
        for step in change.steps:
            if isinstance(step, AnswerStep):
                yield from (Noted(note) for note in self._notes(change))
            outcome = yield step
            if isinstance(outcome, Refused):
                yield self._missing(_told(outcome.error))
                return

    def _notes(self, change: Change) -> Iterator[Check]:
        """What the question left open and how it was taken."""
        before, after = change.operation.sides
        if self.question.unnamed:
            message = f"No period was named: {after} is compared with {before}, the last two that "
            message += "the data hold whole."
            yield Check(code="period_chosen", level="info", message=message)
        if self.question.found.loose:
            message = f"'{self.question.found.words}' was read as {change.measure.told}."
            yield Check(code="measure_chosen", level="info", message=message)

    def _asked_back(self, found: Sequence[Change]) -> Generator[Proposal, Outcome, Clarification]:
        """The readings with the two numbers that each compares."""
        labels = [change.label for change in found]
        full = [
            f"{label} (by {change.across.label}{_in(change, found)})"
            if labels.count(label) > 1
            else label
            for label, change in zip(labels, found, strict=True)
        ]
        options = []
        for label, change in zip(full, found, strict=True):
            outcome = yield sides(change)
            shown = preview(outcome) if isinstance(outcome, Done) else ""
            options.append(Option(label=label, value=self._whole(change), preview=shown))
        return Clarification(question="Which of these do you mean?", options=tuple(options))

    def _whole(self, change: Change) -> Plan:
        tables = {change.measure.table, change.across.table}
        return Plan(
            question=self.text,
            planner="rules",
            steps=change.steps,
            tables={t.name: t.fingerprint for t in self.view.tables if t.name in tables},
            today=self.question.s.today,
        )

    def _missing(self, message: str) -> Missing:
        return Missing(
            message=message,
            unknown=tuple(self.question.rest.strange),
            suggestions=nearest(self.text, self.view),
        )


def _in(change: Change, others: Sequence[Change]) -> str:
    """The table, where the readings are of several."""
    several = len({other.measure.table for other in others}) > 1
    return f" in {change.measure.table}" if several else ""


def _told(error: DipError) -> str:
    return f"{error.message} {error.hint}".strip()
