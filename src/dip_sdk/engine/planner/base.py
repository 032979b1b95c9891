"""The planner Protocol: a question becomes proposals, each answered with its outcome.

A planner is a generator. It yields a proposal, is sent what came of it, and goes on:

    def plan(self, question, view):
        outcome = yield SqlStep(name="by_region", sql="select ...")
        if isinstance(outcome, Refused): ...
        yield AnswerStep(table="by_region", reading=Reading(...))

It ends by yielding exactly one of `AnswerStep`, `Clarification` or `Missing`.
`rules` yields a whole plan it is sure of; `claude` reads each outcome before its next step.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol, TypeAlias

from ...types.dataset import Distinct, Link, Table
from ...types.errors import DipError
from ...types.glossary import Glossary
from ...types.plan import AnswerStep, ChartStep, OperationStep, Plan, SqlStep
from ...types.result import Check, Clarification, Missing
from ...types.session import Choice, Settings
from ...types.values import Column, Row, Wire
from ..bridge import Cancel
from ..ledger import Ledger


@dataclass(frozen=True)
class Question:
    """The user's words, with bound values for `{name}` in them."""

    text: str
    params: Mapping[str, Wire] = field(default_factory=dict)


@dataclass(frozen=True)
class Past:
    """An earlier turn of the session: what was asked, and the plan that answered it."""

    question: str
    plan: Plan


@dataclass(frozen=True)
class View:
    """What a planner knows. What of it a model is shown, `engine.privacy` decides."""

    tables: tuple[Table, ...]
    links: tuple[Link, ...] = ()
    history: tuple[Past, ...] = ()
    """Answered turns, oldest first."""
    settings: Settings = Settings()
    glossary: Glossary = Glossary()
    choices: tuple[Choice, ...] = ()
    today: date = field(default_factory=date.today)
    distinct: Callable[[str, str], Distinct | None] = lambda table, column: None
    """Distinct values of (table, column), cached; None where values may not be seen."""
    ledger: Ledger = field(default_factory=Ledger, compare=False)
    """Where a planner writes down what it sends to anybody, and what that cost."""
    cancel: Cancel = field(default_factory=Cancel, compare=False)
    """For a planner that waits: the wish to stop."""
    left_today: float | None = field(default=None, compare=False)
    """US dollars that whoever asks may spend until the day ends; None: no bound."""

    def table(self, name: str) -> Table | None:
        wanted = name.casefold()
        return next((t for t in self.tables if t.name.casefold() == wanted), None)


@dataclass(frozen=True)
class Probe:
    """A bounded look that does not become part of the plan: a preview, a value check."""

    sql: str
    params: Mapping[str, Wire] = field(default_factory=dict)
    limit: int = 20


@dataclass(frozen=True)
class Say:
    """Words of a planner while it works, shown as they come."""

    delta: str


@dataclass(frozen=True)
class Answering:
    """Who answers from here on, where a planner asks others: `rules`, `claude`, `verified`."""

    planner: str


@dataclass(frozen=True)
class Noted:
    """A finding of the planner itself, shown with the answer."""

    check: Check


@dataclass(frozen=True)
class Claim:
    """Words a planner means to answer with: are their numbers among the results? Shows nothing."""

    text: str


@dataclass(frozen=True)
class Done:
    """A step or a probe ran."""

    columns: tuple[Column, ...] = ()
    rows: int = 0
    preview: tuple[Row, ...] = ()
    reading: str = ""
    """What a named operation says of its rows."""
    unfound: tuple[str, ...] = ()
    """The numbers of a claim that no result holds."""


@dataclass(frozen=True)
class Refused:
    """A step was refused by the guard, or failed; the planner may try another."""

    error: DipError


Proposal: TypeAlias = (
    SqlStep
    | OperationStep
    | ChartStep
    | AnswerStep
    | Clarification
    | Missing
    | Probe
    | Claim
    | Noted
    | Answering
    | Say
)
Outcome: TypeAlias = Done | Refused
Planning: TypeAlias = Generator[Proposal, Outcome, None]


class Planner(Protocol):
    """Turns a question into proposals."""

    name: str
    """`rules`, `claude` or `auto`: what the answer says of who gave it."""

    def plan(self, question: Question, view: View) -> Planning:
        """Proposals, each answered with its outcome (`Say` with an empty `Done`)."""
