"""What a session remembers of its questions, and what it accepts as one."""

from __future__ import annotations

from collections.abc import Sequence

from ..types.errors import DipError
from ..types.glossary import same_words
from ..types.plan import Plan
from ..types.result import Option, ResultFacts
from ..types.session import Choice, Turn
from . import saved
from .folders import Folder
from .planner.base import Past, Question

LONGEST_QUESTION = 10_000
REMEMBERED = 20
"""Answered turns a planner sees."""
MOST_CHOICES = 200


def check(question: Question) -> None:
    """Refuse what is no question: nothing, no text, or a whole document."""
    length = len(question.text)
    if not question.text.strip():
        raise DipError(
            "The question is empty.",
            hint="Ask something like: total sales by region",
            code="empty_question",
        )
    if not question.text.isascii() and any("\ud800" <= char <= "\udfff" for char in question.text):
        raise DipError(
            "The question holds broken characters (halves of a symbol).",
            hint="Type it again, or take out symbols that came from elsewhere.",
            code="question_not_text",
        )
    if length > LONGEST_QUESTION:
        raise DipError(
            f"The question is {length:,} characters long; {LONGEST_QUESTION:,} is the limit.",
            hint="Ask in a few sentences; upload long text as a file.",
            code="question_too_long",
        )


def past(folder: Folder, turns: Sequence[Turn]) -> tuple[Past, ...]:
    """The last answered turns with their plans, oldest first."""
    found = (saved.load_result(folder, turn.result_id) for turn in turns[-REMEMBERED:])
    return tuple(
        Past(facts.question, facts.plan)
        for facts in found
        if facts.status == "answered" and facts.plan
    )


def chosen(facts: ResultFacts, option: int) -> Option:
    """One reading of a question that came back."""
    options = facts.clarification.options if facts.clarification else ()
    if not 0 <= option < len(options):
        raise DipError(
            f"This result has {len(options)} readings to choose from; {option} is none of them.",
            hint="Readings count from 0; result.clarification.options lists them.",
            code="unknown_option",
        )
    return options[option]


def with_choice(choices: Sequence[Choice], choice: Choice) -> tuple[Choice, ...]:
    """The choices with a newer one, which holds from now on; the oldest are forgotten."""
    words = same_words(choice.question)
    rest = [old for old in choices if same_words(old.question) != words]
    return (*rest[1 - MOST_CHOICES :], choice)


def kept(facts: ResultFacts) -> Plan:
    """The plan behind an answer."""
    if facts.plan is None:
        raise DipError(
            "This result holds no plan: the question was not answered.",
            hint="Only answered questions can be computed again.",
            code="no_plan",
        )
    return facts.plan
