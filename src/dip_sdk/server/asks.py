"""What a run is asked to do, as it travels: a question, a plan, a choice among readings."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Annotated, Literal, Protocol

from pydantic import AfterValidator, Field

from ..engine.bridge import Cancel
from ..engine.planner.base import Question
from ..engine.session import Session
from ..types.base import Model
from ..types.events import Event
from ..types.plan import Plan
from ..types.values import Wire
from .given import sendable, words

Planner = Literal["auto", "rules", "claude"]


def _askable(plan: Plan) -> Plan:
    words(plan.question)
    return sendable(plan)


class Asks(Protocol):
    """Whatever begins a run."""

    @property
    def query_id(self) -> uuid.UUID | None:
        """Chosen by who asks, so that asking again starts nothing twice; None: by the server."""

    @property
    def question(self) -> str:
        """The words that the run is known by."""

    def events(self, session: Session, query_id: str, cancel: Cancel) -> Iterator[Event]:
        """The run."""


class Asked(Model):
    """A question in plain words."""

    query: Annotated[str, Field(min_length=1, max_length=10_000), AfterValidator(words)]
    params: dict[str, Wire] = Field(default_factory=dict)
    planner: Planner | None = None
    on: tuple[str, ...] = ()
    query_id: uuid.UUID | None = None

    @property
    def question(self) -> str:
        return self.query

    def events(self, session: Session, query_id: str, cancel: Cancel) -> Iterator[Event]:
        question = Question(self.query, self.params)
        return session.ask(
            question, planner=self.planner, on=self.on, query_id=query_id, cancel=cancel
        )


class Planned(Model):
    """A plan as it stands, such as one with an edited statement."""

    plan: Annotated[Plan, AfterValidator(_askable)]
    remember: bool = True
    """It is a turn of the conversation."""
    query_id: uuid.UUID | None = None

    @property
    def question(self) -> str:
        return self.plan.question

    def events(self, session: Session, query_id: str, cancel: Cancel) -> Iterator[Event]:
        return session.run(self.plan, query_id=query_id, cancel=cancel, remember=self.remember)


class Chosen(Model):
    """One reading (from 0) of a question that came back with several."""

    result_id: uuid.UUID
    option: Annotated[int, Field(ge=0)]
    query_id: uuid.UUID | None = None

    @property
    def question(self) -> str:
        return ""

    def events(self, session: Session, query_id: str, cancel: Cancel) -> Iterator[Event]:
        return session.choose(str(self.result_id), self.option, query_id=query_id, cancel=cancel)
