"""What happens while a question is answered, as a stream. Clients skip types they do not know.

Exactly one of `query_result`, `error` and `cancelled` ends a run.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from .base import Model
from .plan import Plan
from .result import Check, Clarification, ResultFacts, Sent, Usage
from .values import Column, Row


class EventBase(Model):
    session_id: str
    query_id: str | None = None
    at: datetime
    seq: int | None = None
    """Dense per session on durable events; None on transient ones (`text`, `progress`)."""


class Status(EventBase):
    """A stage began."""

    type: Literal["status"] = "status"
    message: str


class Progress(EventBase):
    """Something moved within a stage."""

    type: Literal["progress"] = "progress"
    stage: str
    message: str
    fraction: float | None = None


class PlanReady(EventBase):
    """The whole plan, which replays the answer without a planner."""

    type: Literal["plan"] = "plan"
    plan: Plan


class StepDone(EventBase):
    """A step of the plan ran."""

    type: Literal["step"] = "step"
    index: int
    title: str
    sql: str | None = None
    rows: int
    seconds: float


class Text(EventBase):
    """The planner's words as they come."""

    type: Literal["text"] = "text"
    delta: str
    snapshot: str


class Rows(EventBase):
    """The first rows of the answer, and how many there are."""

    type: Literal["rows"] = "rows"
    columns: tuple[Column, ...]
    preview: tuple[Row, ...]
    total: int


class ChartReady(EventBase):
    """The chart of the answer, as Vega-Lite."""

    type: Literal["chart"] = "chart"
    spec: dict[str, Any]


class CheckFound(EventBase):
    """Something an analyst would want to know about the answer."""

    type: Literal["check"] = "check"
    check: Check


class ClarificationAsked(EventBase):
    """The question has several readings, each with its numbers."""

    type: Literal["clarification"] = "clarification"
    clarification: Clarification


class Suggested(EventBase):
    """What to ask next."""

    type: Literal["suggestions"] = "suggestions"
    suggestions: tuple[str, ...]


class QueryResult(EventBase):
    """The end of a run that gave an answer, a question back, or a reasoned no."""

    type: Literal["query_result"] = "query_result"
    payload: ResultFacts


class Failed(EventBase):
    """The end of a run that failed; without `query_id` it concerns the connection."""

    type: Literal["error"] = "error"
    code: str
    message: str
    hint: str = ""
    error: dict[str, Any] = Field(default_factory=dict)
    """The error as `types.errors.to_wire` writes it."""
    sent: tuple[Sent, ...] = ()
    usage: Usage = Usage()


class CancelledEvent(EventBase):
    """The end of a run that was stopped."""

    type: Literal["cancelled"] = "cancelled"
    seconds: float = 0.0
    sent: tuple[Sent, ...] = ()
    usage: Usage = Usage()


class FileProcessed(EventBase):
    """A file was read into the session, as these tables."""

    type: Literal["file_processed"] = "file_processed"
    file: str
    tables: tuple[str, ...]


class Connected(EventBase):
    """A listener is heard from now on."""

    type: Literal["connected"] = "connected"
    since: int = 0
    """The number of the last event before."""


class QueryCompleted(EventBase):
    """A question of the session was answered; its result in short."""

    type: Literal["query_completed"] = "query_completed"
    result: ResultFacts


class Gap(EventBase):
    """Events before `first_available` are no longer kept."""

    type: Literal["gap"] = "gap"
    first_available: int


class SessionUpdated(EventBase):
    """What changed in the session: its tables, name, words or members."""

    type: Literal["session_updated"] = "session_updated"
    updates: dict[str, Any]


Event = Annotated[
    Status | Progress | PlanReady | StepDone | Text | Rows | ChartReady | CheckFound
    | ClarificationAsked | Suggested | QueryResult | Failed | CancelledEvent | FileProcessed
    | Connected | QueryCompleted | Gap | SessionUpdated,
    Field(discriminator="type"),
]  # fmt: skip

LAST = (QueryResult, Failed, CancelledEvent)
"""The types one of which ends every run."""
