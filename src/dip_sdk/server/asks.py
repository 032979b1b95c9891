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

    @property
    def sure_of_model(self) -> bool:
        """It asks a model, whatever the rules could answer."""

    def events(
        self, session: Session, query_id: str, cancel: Cancel, left_today: float | None
    ) -> Iterator[Event]:
        """The run, for which a model may cost so many US dollars; None: no bound."""


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

    @property
    def sure_of_model(self) -> bool:
        return self.planner == "claude"

    def events(
        self, session: Session, query_id: str, cancel: Cancel, left_today: float | None
    ) -> Iterator[Event]:
        question = Question(self.query, self.params)
        return session.ask(
            question, planner=self.planner, on=self.on, query_id=query_id, cancel=cancel,
            left_today=left_today,
        )  # fmt: skip


class _Given(Model):
    """A plan is there already: no model is asked."""

    @property
    def sure_of_model(self) -> bool:
        return False


class Planned(_Given):
    """A plan as it stands, such as one with an edited statement."""

    plan: Annotated[Plan, AfterValidator(_askable)]
    remember: bool = True
    """It is a turn of the conversation."""
    query_id: uuid.UUID | None = None

    @property
    def question(self) -> str:
        return self.plan.question

    def events(
        self, session: Session, query_id: str, cancel: Cancel, left_today: float | None
    ) -> Iterator[Event]:
        del left_today  # it costs nothing
        return session.run(self.plan, query_id=query_id, cancel=cancel, remember=self.remember)


class Chosen(_Given):
    """One reading (from 0) of a question that came back with several."""

    result_id: uuid.UUID
    option: Annotated[int, Field(ge=0)]
    query_id: uuid.UUID | None = None

    @property
    def question(self) -> str:
        return ""

    def events(
        self, session: Session, query_id: str, cancel: Cancel, left_today: float | None
    ) -> Iterator[Event]:
        del left_today  # it costs nothing
        return session.choose(str(self.result_id), self.option, query_id=query_id, cancel=cancel)
