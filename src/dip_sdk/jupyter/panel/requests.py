"""The messages between a front end and the kernel: a request, and what comes back under its id.

-> {id, method, params}             a request
-> {id, piece: n} + one buffer      a piece of an upload
-> {id, stop: true}                 nobody wants it any more
<- {id, heard: true}                the kernel has it; until then, a cell may be in its way
<- {id, event}                      one of the events of a run
<- {id, piece: n, of, name} + one buffer   a piece of a download
<- {id, ack: bytes}                 so much of an upload has arrived
<- {id, moved: {fraction, message}} how far an upload is read
<- {id, reply} or {id, problem}     the end
<- {event}                          something happened in a session, unasked
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import to_jsonable_python

from ...types.errors import Cancelled, ConfigError, DipError, TimedOut, to_wire

SILENCE = 120.0
"""Seconds that a request waits for the next piece of an upload."""

Bytes = bytes | memoryview


class Line(Protocol):
    """Carries messages to one front end; may be called from any thread."""

    def send(self, message: dict[str, Any], buffers: Sequence[Bytes] = ()) -> None: ...


class Message(BaseModel):
    """What a front end says."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str = Field(max_length=64)
    method: str = ""
    params: dict[str, Any] = {}
    piece: int | None = None
    stop: bool = False


class Request:
    """One request while it is being answered."""

    def __init__(self, id: str, line: Line) -> None:
        self.id = id
        self._line = line
        self._pieces: queue.Queue[Bytes | None] = queue.Queue()
        self._stops: list[Callable[[], object]] = []
        self.stopped = False

    def say(self, buffers: Sequence[Bytes] = (), **message: object) -> None:
        """Tell the front end something about it."""
        self._line.send({"id": self.id, **to_jsonable_python(message)}, buffers)

    def piece(self) -> Bytes:
        """The next piece of an upload; raises `Cancelled`, or `TimedOut` when none comes."""
        try:
            found = self._pieces.get(timeout=SILENCE)
        except queue.Empty:
            raise TimedOut(
                "The rest of the file did not come.", hint="Drop the file again."
            ) from None
        if found is None:
            raise Cancelled("The upload was stopped.", hint="Drop the file again to send it.")
        return found

    def arrived(self, piece: Bytes) -> None:
        """The front end sent a piece."""
        self._pieces.put(piece)

    def when_stopped(self, stop: Callable[[], object]) -> None:
        """What ends the work when nobody wants it any more."""
        self._stops.append(stop)
        if self.stopped:
            stop()

    def stop(self) -> None:
        """Nobody wants it any more."""
        self.stopped = True
        self._pieces.put(None)
        for stop in list(self._stops):
            stop()


Answers = Callable[[str, Mapping[str, Any], Request], object]
"""(method, params, request) -> the reply, plain or a model; raises `DipError`."""


class Requests:
    """The requests of one front end, each answered in a thread of its own."""

    def __init__(self, answers: Answers, line: Line) -> None:
        self._answers = answers
        self._line = line
        self._running: dict[str, Request] = {}

    def take(self, content: object, buffers: Sequence[Bytes] = ()) -> None:
        """A message came. What is none is passed over: there is nobody to tell."""
        try:
            message = Message.model_validate(content)
        except ValidationError:
            return
        running = self._running.get(message.id)
        if message.stop:
            if running:
                running.stop()
        elif message.piece is not None:
            if running and buffers:
                running.arrived(buffers[0])
        elif running is None:
            self._begin(message)

    def close(self) -> None:
        """The front end is gone; what it asked goes on to no end."""
        for request in list(self._running.values()):
            request.stop()

    def _begin(self, message: Message) -> None:
        request = self._running[message.id] = Request(message.id, self._line)
        request.say(heard=True)
        threading.Thread(
            target=self._answer, args=(message, request), name="dip-panel", daemon=True
        ).start()

    def _answer(self, message: Message, request: Request) -> None:
        try:
            request.say(reply=self._answers(message.method, message.params, request))
        except DipError as error:
            request.say(problem=to_wire(error))
        except ValidationError as error:
            request.say(problem=to_wire(_unfit(message.method, error)))
        except Exception:  # noqa: BLE001 - a front end is told, and never what went wrong within
            request.say(problem=to_wire(_FAILED))
        finally:
            self._running.pop(message.id, None)


_FAILED = DipError(
    "Something went wrong inside DIP.",
    hint="Ask the same in a cell with %ask --debug to see where.",
)


def _unfit(method: str, error: ValidationError) -> ConfigError:
    first = error.errors()[0]
    where = ".".join(map(str, first["loc"]))
    return ConfigError(
        f"{method}: {where} cannot be used.", hint=f"{first['msg']}.", code="bad_request"
    )
