"""How a run ends, and what is said of it: its state, its last events, under the users' names."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from ..types.errors import DipError, to_wire
from ..types.events import (
    CancelledEvent,
    Event,
    Failed,
    PlanReady,
    QueryCompleted,
    QueryResult,
)
from ..types.result import Usage
from .store.rooms import State

PREVIEW = 20
"""Rows that listeners of the whole session are told of."""


def planner_of(event: Event) -> str | None:
    """Who planned the run, where the event tells it."""
    match event:
        case PlanReady():
            return event.plan.planner
        case QueryResult():
            return event.payload.planner
        case _:
            return None


def of_room(event: Event, room: uuid.UUID, query_id: uuid.UUID) -> Event:
    """The event under the names that users know, not those of the engine's folders."""
    update: dict[str, object] = {"session_id": str(room), "query_id": str(query_id)}
    if isinstance(event, QueryResult):
        update["payload"] = event.payload.model_copy(update={"session_id": str(room)})
    return event.model_copy(update=update)


def state_of(last: Event) -> tuple[State, dict[str, object] | None]:
    """The state that a run's last event leaves it in, and its error."""
    match last:
        case QueryResult():
            return "succeeded", None
        case Failed():
            return "failed", last.error
        case _:
            return "cancelled", None


def usage_of(last: Event) -> Usage:
    """What a run cost, as its last event tells it."""
    match last:
        case QueryResult():
            return last.payload.usage
        case Failed() | CancelledEvent():
            return last.usage
        case _:
            return Usage()


def last_words(last: Event) -> list[Event]:
    """What is written to the log at the end: the last event, and an answer in short for all."""
    if not isinstance(last, QueryResult):
        return [last]
    short = last.payload.model_copy(update={"preview": last.payload.preview[:PREVIEW]})
    told = QueryCompleted(
        session_id=last.session_id, query_id=last.query_id, at=last.at, result=short
    )
    return [last, told]


def failed(room: uuid.UUID, query_id: uuid.UUID, error: DipError) -> Failed:
    """The run ended in that error."""
    return Failed(
        session_id=str(room),
        query_id=str(query_id),
        at=datetime.now(UTC),
        code=error.code,
        message=error.message,
        hint=error.hint,
        error=to_wire(error),
    )


def interrupted(room: uuid.UUID, query_id: uuid.UUID) -> Failed:
    """The process that ran it is gone."""
    error = DipError(
        "The server was stopped while it answered.", hint="Ask again.", code="interrupted"
    )
    return failed(room, query_id, error)


def stopped(room: uuid.UUID, query_id: uuid.UUID, seconds: float = 0.0) -> CancelledEvent:
    """The end of one that never began."""
    return CancelledEvent(
        session_id=str(room), query_id=str(query_id), at=datetime.now(UTC), seconds=seconds
    )
