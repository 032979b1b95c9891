"""How far a question has come: one display, seen only when it takes a while, then replaced."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Mapping
from contextvars import copy_context
from types import TracebackType
from typing import Any, Protocol

from ..render.safe import cut, in_html, plain
from ..types.errors import Cancelled
from ..types.events import Event, Progress, Status, StepDone

PATIENCE = 0.3
"""Seconds until the first word: a quick answer shall not flicker."""
PACE = 0.1
"""Seconds between two updates, at least."""


class Publisher(Protocol):
    """What IPython shows things with."""

    def publish(
        self,
        data: dict[str, Any],
        metadata: dict[str, Any] | None = None,
        *,
        transient: dict[str, Any] | None = None,
        update: bool = False,
    ) -> None: ...


class Shown:
    """The place in a cell where a question's progress, then its answer, stands.

    `live` is False where nobody watches (nbconvert, nbval) or a display cannot be changed
    afterwards (a terminal): nothing is told there until the answer.
    """

    def __init__(self, publisher: Publisher, *, live: bool) -> None:
        self._publisher = publisher
        self._live = live
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._message = "Reading the data..."
        self._told = ""
        self._id = uuid.uuid4().hex
        self._started = time.monotonic()

    @property
    def seconds(self) -> float:
        """Since the question began."""
        return time.monotonic() - self._started

    def __enter__(self) -> Shown:
        if self._live:  # the context tells the kernel which cell a thread's displays belong to
            run = copy_context().run
            threading.Thread(
                target=run, args=(self._tick,), name="dip-progress", daemon=True
            ).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """A question that was stopped says how far it came; an error speaks for itself."""
        stopped = isinstance(error, (KeyboardInterrupt, Cancelled))
        self._end(_line(f"Stopped at: {self._message}" if stopped else ""))

    def reading(self, fraction: float, message: str) -> None:
        """A source has come so far."""
        self._message = f"{message} {fraction:.0%}"

    def event(self, event: Event) -> None:
        """Something happened on the way to the answer."""
        match event:
            case Status():
                self._message = event.message
            case Progress():
                done = "" if event.fraction is None else f" {event.fraction:.0%}"
                self._message = f"{event.message}{done}"
            case StepDone():
                self._message = f"{event.title or 'Step'}: {event.rows:,} rows"

    def show(self, data: Mapping[str, Any], metadata: Mapping[str, Any] | None = None) -> None:
        """Show something of the answer; the first takes the place of the progress."""
        if not self._end(dict(data), dict(metadata or {})):
            self._publisher.publish(dict(data), dict(metadata or {}))

    def _end(self, data: dict[str, Any], metadata: dict[str, Any] | None = None) -> bool:
        """No progress from now on; puts `data` in its place when there was some."""
        with self._lock:
            self._over.set()
            if not self._told:
                return False
            self._told = ""
            self._publish(data, metadata, update=True)
            return True

    def _tick(self) -> None:
        if self._over.wait(PATIENCE):
            return
        while not self._over.wait(PACE):
            with self._lock:
                if not self._over.is_set():
                    self._tell()

    def _tell(self) -> None:
        message = f"{self._message} ({int(self.seconds)} s)"
        if message != self._told:
            self._publish(_line(message), None, update=bool(self._told))
            self._told = message

    def _publish(
        self, data: dict[str, Any], metadata: dict[str, Any] | None, *, update: bool
    ) -> None:
        transient = {"display_id": self._id}
        self._publisher.publish(data, metadata, transient=transient, update=update)


def _line(message: str) -> dict[str, Any]:
    said = cut(message, 200)
    return {"text/plain": plain(said), "text/html": f"<em>{in_html(said)}</em>"}
