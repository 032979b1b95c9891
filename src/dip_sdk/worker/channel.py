"""One worker process and the pipe to it, seen from the caller: ask, wait, kill.

A thread reads the answers and hands each to whoever waits for it. Waiting is done on a queue, so
that Ctrl-C comes through; a call can also be failed from outside, its answer is then ignored.
"""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import IO, Any, Literal

from ..types.errors import DipError, QueryFailed, from_wire
from .messages import Layers
from .protocol import GREETING, Message, Setup, Writer, read

PASSED_ON = (
    "PATH", "HOME", "LANG", "LANGUAGE", "TZ", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "USERPROFILE",
    "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME",
)  # fmt: skip
"""The environment a worker gets: no keys, no tokens."""
FEW_ARENAS = {"MALLOC_ARENA_MAX": "4"}
"""Each of glibc's arenas reserves address space, which is what the limit of memory counts."""

OWN_GROUP: dict[str, Any] = (
    {"creationflags": 0x200}  # CREATE_NEW_PROCESS_GROUP
    if sys.platform == "win32"
    else {"start_new_session": True}
)
"""Ctrl-C in the caller's terminal must not reach the worker."""
SUSPECT = ("step", "operate", "look", "restore", "ingest")
"""Verbs with SQL or bytes that are not ours: one of them is to blame when a process crashes."""
DYING = 0.1
"""Seconds for which a process that is killed may seem to take requests still."""
HEARTBEAT = 0.2
STDERR_LINES = 60


class Died(Exception):
    """The process ended before it answered.

    `killed` tells whether that was our own doing, `guilty` whether only this call can have done
    it, and `words` what it last wrote to stderr.
    """

    def __init__(self, killed: bool, guilty: bool, words: str) -> None:
        super().__init__(words)
        self.killed = killed
        self.guilty = guilty
        self.words = words


class Late(Exception):
    """No answer came in time."""


class Call:
    """One request that was sent: wait for its answer, or fail it."""

    def __init__(self, number: int, verb: str) -> None:
        self.number = number
        self.verb = verb
        self.over = threading.Event()
        """The process is done with it, or gone, whatever became of the one who waited."""
        self.sent = time.monotonic()
        self.succeeded = False
        self.arrived = True
        self._said: SimpleQueue[tuple[str, Any]] = SimpleQueue()

    def wait(
        self,
        seconds: float | None = None,
        on_progress: Callable[[float, str], None] | None = None,
    ) -> Any:
        """The answer. Raises the worker's error, `Died`, or `Late` after so many seconds."""
        deadline = None if seconds is None else time.monotonic() + seconds
        while True:
            kind, value = self._next(deadline)
            if kind == "answer":
                return value
            if kind == "error":
                raise value
            if on_progress is not None:
                on_progress(*value)

    def fail(self, error: Exception) -> None:
        """Whoever waits gets this error at once; the answer, when it comes, is ignored."""
        self._said.put(("error", error))

    def end(self, error: Exception) -> None:
        """The process is gone."""
        self.over.set()
        self.fail(error)

    def tell(self, message: Message) -> None:
        """Take a frame that the worker wrote for this call."""
        if "progress" in message:
            self._said.put(("progress", message["progress"]))
            return
        self.succeeded = "answer" in message
        self.over.set()
        if self.succeeded:
            self._said.put(("answer", message["answer"]))
        else:
            self._said.put(("error", from_wire(message["error"])))

    def _next(self, deadline: float | None) -> tuple[str, Any]:
        while True:
            with suppress(Empty):
                return self._said.get(timeout=HEARTBEAT)
            if deadline is not None and time.monotonic() > deadline:
                raise Late


class Channel:
    """A started worker process."""

    def __init__(
        self,
        mode: Literal["query", "ingest"],
        setup: Setup,
        on_end: Callable[[int], None] = lambda pid: None,
    ) -> None:
        self._on_end = on_end
        self._numbers = itertools.count(GREETING + 1)
        self._lock = threading.Lock()
        self._greeting = Call(GREETING, "start")
        self._calls = {GREETING: self._greeting}
        self._layers: Layers | None = None
        self._killed = False
        self._dead = threading.Event()
        self._process = _start(mode)
        self._stderr: deque[str] = deque(maxlen=STDERR_LINES)
        self._writer = Writer(_pipe(self._process.stdin))
        self._threads: list[threading.Thread] = []
        try:
            self._threads += [_thread(self._listen), _thread(self._overhear)]
            with suppress(OSError):
                self._writer.write(setup.model_dump())
        except BaseException:  # Ctrl-C: nobody else knows of the process
            self._abandon()
            raise

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def dead(self) -> bool:
        return self._dead.is_set()

    @property
    def layers(self) -> Layers:
        """What the sandbox reports; waits for the start. Raises `Died` when that failed."""
        if self._layers is None:
            self._layers = Layers.model_validate(self._greeting.wait())
        return self._layers

    def send(self, verb: str, /, **args: object) -> Call:
        """Ask, and give the call to wait for. Raises `QueryFailed` for what cannot be sent."""
        call = Call(next(self._numbers), verb)
        with self._lock:
            if self.dead:
                call.end(self._died(guilty=False))
                return call
            self._calls[call.number] = call
        try:
            self._writer.write({"id": call.number, "verb": verb, "args": args})
        except OSError:  # a closed pipe: the reading thread tells of the end
            call.arrived = False
        except ValueError:
            with self._lock:
                self._calls.pop(call.number, None)
            raise _cannot_be_sent() from None
        return call

    def kill(self) -> None:
        """End the process at once. Those who still wait get `Died`."""
        self._killed = True
        with suppress(OSError):
            self._process.kill()

    def close(self, seconds: float = 2.0) -> None:
        """Let the process end by itself, or kill it; returns when it is gone. Idempotent."""
        self._killed = True
        with suppress(OSError):
            self._writer.close()
        if not self._dead.wait(seconds):
            self.kill()
            self._dead.wait()
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join()

    def _abandon(self) -> None:
        """End a process that nobody will ask, and close its pipes."""
        self.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            with suppress(OSError):
                _pipe(pipe).close()

    def _listen(self) -> None:
        source = _pipe(self._process.stdout)
        with source, suppress(OSError, ValueError, LookupError):
            while (message := read(source)) is not None:
                self._dispatch(message)
        with suppress(OSError):
            self._process.kill()  # it said something that is no frame, or is ending anyway
        self._process.wait()
        self._end()

    def _dispatch(self, message: Message) -> None:
        with self._lock:
            number = message["id"]
            call = self._calls[number] if "progress" in message else self._calls.pop(number)
        call.tell(message)

    def _end(self) -> None:
        self._on_end(self.pid)
        with self._lock:
            calls, self._calls = self._calls, {}
            self._dead.set()
        with suppress(OSError):
            self._writer.close()
        suspects = [c for c in calls.values() if c.verb in SUSPECT and c.arrived]
        for call in calls.values():
            alone = suspects == [call] and time.monotonic() - call.sent > DYING
            call.end(self._died(guilty=alone))

    def _died(self, *, guilty: bool) -> Died:
        return Died(self._killed, guilty, "".join(self._stderr))

    def _overhear(self) -> None:
        with _pipe(self._process.stderr) as stderr:
            for line in stderr:
                self._stderr.append(line[:2000].decode("utf-8", "replace"))


def _start(mode: str) -> subprocess.Popen[bytes]:
    kept = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    locale = {name: value for name, value in os.environ.items() if name.startswith("LC_")}
    return subprocess.Popen(  # noqa: S603 - our own interpreter and module
        [sys.executable, "-P", "-m", "dip_sdk.worker", mode],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=kept | locale | FEW_ARENAS,
        **OWN_GROUP,
    )


def _cannot_be_sent() -> QueryFailed:
    return QueryFailed(
        "This cannot be sent to the worker: it is too large, or no valid text.",
        hint="Bind fewer or smaller values.",
        code="cannot_be_sent",
    )


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:
        raise DipError("The worker was started without its pipes.")
    return stream


def _thread(work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work, name="dip-worker", daemon=True)
    thread.start()
    return thread
