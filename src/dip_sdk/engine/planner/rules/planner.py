"""The rules planner: answers what it can account for word by word, asks or declines otherwise."""

from __future__ import annotations

from collections.abc import Generator

from ....types.result import Clarification
from ..base import Outcome, Planning, Proposal, Question, Refused, View
from ..firsts import first_question
from .bound import worded
from .clarify import agreed, offered
from .compile import Compiled
from .doubts import doubted, pointless
from .followup import begins_like_one, follow
from .linking import Index
from .missing import empty, helped, missing
from .read import Understanding, sentence_of, understand
from .settle import settled, sole
from .statistics import statistic
from .steps import steps_of
from .ways import answers_alone, way_of

_MAX_READINGS = 8
_NOT_ALONE = "It asks for the only one, but there is none, or there are several."


class RulesPlanner:
    """Plain English questions about tables, with no model.

    Every word of a question is taken in by one element of its reading, and the reading has no
    element that no word asked for; where that fails, it says what it could not account for.
    """

    name = "rules"

    def plan(self, question: Question, view: View) -> Planning:
        """Probes where readings differ, then the steps of the answer; or why there is none."""
        text = worded(question)
        if empty(text) or not view.tables:
            yield helped(text, view)
            return
        if first := first_question(text, view):
            yield from first()
            return
        found = _understood(text, view)
        if not found.candidates:
            yield from _statistic(text, view, found)
            return
        index = sentence_of(text, view).index
        readings = yield from _settled(found, index)
        readings += doubted(readings, index)
        readings = yield from sole(readings)
        if not readings:
            yield missing(question.text, view, Understanding(reason=_NOT_ALONE))
            return
        chosen = yield from agreed(readings, question.text, view)
        if isinstance(chosen, Compiled) and not answers_alone(way_of(steps_of(chosen))):
            chosen = yield from offered(chosen, question.text, view)
        if isinstance(chosen, Clarification):
            yield chosen
        elif chosen and (reason := pointless(chosen.query, index)):
            yield missing(question.text, view, Understanding(reason=reason))
        elif chosen is None:
            failed = Understanding(reason="The question was read, but its reading did not run.")
            yield missing(question.text, view, failed)
        else:
            yield from _answer(chosen, question, view)


def _settled(found: Understanding, index: Index) -> Generator[Proposal, Outcome, list[Compiled]]:
    """The plausible readings, with what only the data can tell."""
    readings = []
    for candidate in found.candidates[:_MAX_READINGS]:
        reading = yield from settled(candidate.compiled, index)
        readings += [reading]
    return readings


def _understood(text: str, view: View) -> Understanding:
    """Read as it stands, or as a change of the question before: first where it begins like one."""
    if begins_like_one(text, view) and (changed := follow(text, view, bare=True)):
        return changed
    found = understand(text, view)
    if found.candidates:
        return found
    return follow(text, view) or found


def _statistic(text: str, view: View, found: Understanding) -> Planning:
    """A question for a named operation; else why there is no answer."""
    steps = statistic(text, view, sentence_of(text, view))
    for step in steps:
        outcome = yield step
        if isinstance(outcome, Refused):
            found, steps = Understanding(reason=outcome.error.message), ()
            break
    if not steps:
        yield missing(text, view, found)


def _answer(chosen: Compiled, question: Question, view: View) -> Planning:
    for step in steps_of(chosen):
        outcome = yield step
        if isinstance(outcome, Refused):
            failed = Understanding(reason=f"The reading did not run: {outcome.error}")
            yield missing(question.text, view, failed)
            return
