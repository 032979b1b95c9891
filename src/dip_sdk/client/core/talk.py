"""One run as its listener follows it, over whatever carries its events."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError

from ...types.errors import DipError, from_wire, to_wire
from ...types.events import LAST, Event, Failed
from .asks import Ask, Choose, Request
from .calls import Call, once, path

_EVENT: TypeAdapter[Event] = TypeAdapter(Event)


class Talk:
    """Knows what to say to begin, which events are of this run, and where to go on after a cut."""

    def __init__(self, room: str, request: Request, query_id: str, planner: str | None) -> None:
        self.room = room
        self.query_id = query_id
        self.since: int | None = None
        """The number of the last event that was seen; None before any."""
        self.over = False
        self.stopped = False
        """Somebody asked to stop it."""
        self.blocked = False
        """No socket was let through for it."""
        self._type, self._said = _said(request, planner)
        self._said["query_id"] = query_id

    @property
    def begin(self) -> str:
        """The frame that begins the run; said again, it begins nothing."""
        return json.dumps({"type": self._type, **self._said})

    @property
    def stop(self) -> str:
        return json.dumps({"type": "cancel", "query_id": self.query_id})

    @property
    def call(self) -> Call:
        """The request that begins the run where there is no socket."""
        told: dict[str, Any] = {"wait_s": 0, **self._said}
        if self._type == "choose":
            asked = Call("POST", path("query", told.pop("result_id"), "choose"), json=told)
        else:
            name = "process" if self._type == "query" else "run"
            asked = Call("POST", path("query", name), json={"session_id": self.room, **told})
        return once(asked, self.query_id)

    @property
    def cancelling(self) -> Call:
        return Call("POST", path("query", self.query_id, "cancel"))

    def take(self, text: str) -> Event | None:
        """The event of a frame; None for one that is not of this run, was seen, or is unknown.

        Raises the error that concerns the connection.
        """
        told = json.loads(text)
        if told.get("type") == "connected":
            self.since = told["since"] if self.since is None else self.since
            return None
        if told.get("type") == "gap" and self.since is not None:
            raise DipError(
                "What happened while the connection was cut is no longer kept.",
                hint=f"session.result({self.query_id!r}) has the answer, once there is one.",
                code="events_gone",
            )
        if not self._is_new(told.get("seq")):
            return None
        if told.get("type") == "error" and told.get("query_id") is None:
            raise from_wire({**told, **told["error"]})
        return self._own(told) if told.get("query_id") == self.query_id else None

    def _is_new(self, seq: int | None) -> bool:
        if seq is None:
            return True
        new = self.since is None or seq > self.since
        self.since = max(seq, self.since or 0)
        return new

    def _own(self, told: dict[str, Any]) -> Event | None:
        try:
            event = _EVENT.validate_python(told, extra="ignore")
        except ValidationError:  # of a type that a later version has
            return None
        self.over = isinstance(event, LAST)
        return event

    def broken(self, error: DipError) -> Failed:
        """The end of a run that cannot be followed any more."""
        self.over = True
        return Failed(
            session_id=self.room,
            query_id=self.query_id,
            at=datetime.now(UTC),
            code=error.code,
            message=error.message,
            hint=error.hint,
            error=to_wire(error),
        )


def _said(request: Request, planner: str | None) -> tuple[str, dict[str, Any]]:
    """(type of the frame, what it says)."""
    if isinstance(request, Ask):
        said: dict[str, Any] = {"query": request.question, "params": dict(request.params)}
        return "query", said | {"on": request.on, "planner": request.planner or planner}
    if isinstance(request, Choose):
        return "choose", {"result_id": request.result_id, "option": request.option}
    return "run", {"plan": request.plan.model_dump(mode="json"), "remember": request.remember}
