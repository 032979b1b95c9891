"""What is remembered of a worker's live work, so that a stop or a crash harms nothing else.

A run that is stopped leaves its caller at once and its process within a second, if need be by a
kill. Everything else that the killed process did starts again, unseen: of each live run, and of
each result whose file is not finished, the executed steps are kept here.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from ..types.errors import Cancelled, DipError, QueryFailed
from ..types.session import Limits
from .channel import Call, Channel, Died, Late
from .fleet import Fleet, lost
from .messages import Executed
from .runner import TableFile

T = TypeVar("T")

PATIENCE = 1.0
"""Seconds a process has to end a stopped run before it is killed."""
FINISHING = 60.0
"""Seconds that `close` waits for the files of results."""


@dataclass(eq=False)
class _Run:
    """A live run: where it is, and what it takes to make it again."""

    name: str
    tables: tuple[TableFile, ...] = ()
    channel: Channel | None = None
    steps: list[Executed] = field(default_factory=list)
    pending: set[Call] = field(default_factory=set)
    stopped: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass(eq=False)
class _Unfinished:
    """A result whose file is being written, with the run that made it."""

    result: str
    table: str
    run: _Run
    channel: Channel
    writing: Call


class Supervisor:
    """Asks the processes of a folder, stops them, and makes again what a death took away."""

    def __init__(self, folder: Path, limits: Limits, readable: Sequence[Path]) -> None:
        self._limits = limits
        self._lock = threading.Lock()
        self._one_at_a_time = threading.Lock()
        self._runs: dict[str, _Run] = {}
        self._unfinished: dict[str, _Unfinished] = {}
        self._fleet = Fleet(folder, limits, readable, self._make_results_again)

    def channel(self) -> Channel:
        """The current process, started if there is none."""
        return self._fleet.current()[0]

    def use(self, tables: Sequence[TableFile]) -> None:
        """These are the tables of what begins from now on."""
        self._fleet.use(tables)
        self._sweep()

    def ask(self, verb: str, **args: object) -> Any:
        """A verb that concerns no run and no result."""
        return self._anew(lambda: self.channel().send(verb, **args).wait())

    def ask_run(self, run: str, verb: str, **args: object) -> Any:
        """A verb of a run; its first one begins it. Ctrl-C, whenever it comes, stops the run."""
        remembered = self._remembered(run)

        def attempt() -> Any:
            channel = self._home(remembered)
            if remembered.stopped:  # its process could answer before anyone waits
                raise Cancelled("Stopped.")
            return self._wait(remembered, channel.send(verb, run=run, **args))

        try:
            return self._anew(attempt)
        except KeyboardInterrupt:
            self.cancel(run)
            raise

    def ask_result(
        self,
        result: str,
        verb: str,
        tell: Callable[[float, str], None] | None = None,
        **args: object,
    ) -> Any:
        """A verb of a kept result; `tell` hears of its progress."""

        def attempt() -> Any:
            channel = self._where(result)
            return channel.send(verb, result=result, **args).wait(on_progress=tell)

        return self._anew(attempt)

    def executed(self, run: str, step: Executed) -> None:
        """Remember a step that a run executed."""
        self._remembered(run).steps.append(step)

    def kept(self, run: str, table: str, result: str) -> None:
        """The run is over; its steps are needed until the file of its result is finished."""
        with self._lock:
            over = self._runs.pop(run)
        if over.channel is not None:
            writing = over.channel.send("finish", result=result)
            self._unfinished[result] = _Unfinished(result, table, over, over.channel, writing)
        self._sweep()

    def dropped(self, run: str) -> None:
        """The run is over, and nothing of it is needed."""
        with self._lock:
            over = self._runs.pop(run, None)
        if over is not None and over.channel is not None:
            over.channel.send("drop", run=run)
        self._sweep()

    def forgotten(self, result: str) -> None:
        """The result need not be made again."""
        self._unfinished.pop(result, None)

    def cancel(self, run: str) -> None:
        """Whoever waits for the run is told at once; its process ends the work behind that."""
        with self._lock:
            stopped = self._runs.get(run)
        if stopped is None:
            return
        stopped.stopped = True
        for call in tuple(stopped.pending):
            _leave(stopped, call)

    def close(self) -> None:
        """Stop the runs, wait for the files of results, end the processes; idempotent."""
        for run in tuple(self._runs):
            self.cancel(run)
        for unfinished in tuple(self._unfinished.values()):
            with suppress(DipError, Died, Late):
                unfinished.writing.wait(FINISHING)
        self._unfinished.clear()
        self._fleet.close()

    def _remembered(self, run: str) -> _Run:
        with self._lock:
            return self._runs.setdefault(run, _Run(run))

    def _home(self, run: _Run) -> Channel:
        """The process in which the run lives: another, with its steps made again, if that died."""
        with run.lock:
            if run.channel is None:
                run.channel, run.tables = self._fleet.current()
            elif run.channel.dead:
                run.channel, _ = self._fleet.current()
                self._wait(run, _restore(run.channel, run))
            return run.channel

    def _wait(self, run: _Run, call: Call) -> Any:
        run.pending.add(call)
        if run.stopped:  # since it was sent: whoever stopped it did not see it pending
            _leave(run, call)
        try:
            return call.wait(self._limits.seconds)
        except Late:
            _stop(run, call)
            raise _too_slow(self._limits.seconds) from None
        except Died:
            if run.stopped:
                raise Cancelled("Stopped.") from None
            raise
        except KeyboardInterrupt:
            self.cancel(run.name)  # while the call is pending: its process is told
            raise
        finally:
            run.pending.discard(call)

    def _anew(self, attempt: Callable[[], T]) -> T:
        """Try again after a death that was not this attempt's doing.

        After a crash with several suspects each tries once more, one at a time: who crashes the
        process again is the one.
        """
        try:
            return _despite_kills(attempt)
        except Died as died:
            if died.guilty:
                raise lost(died) from None
        with self._one_at_a_time:
            try:
                return _despite_kills(attempt)
            except Died as died:
                raise lost(died) from None

    def _where(self, result: str) -> Channel:
        """The process that has the result: any, once its file is finished."""
        current = self.channel()
        unfinished = self._unfinished.get(result)
        if unfinished is None or unfinished.writing.succeeded:
            return current
        if unfinished.channel.dead:
            self._make_again(unfinished, current)
        return unfinished.channel

    def _make_results_again(self, channel: Channel) -> None:
        for unfinished in tuple(self._unfinished.values()):
            if unfinished.channel.dead and not unfinished.writing.succeeded:
                self._make_again(unfinished, channel)

    def _make_again(self, unfinished: _Unfinished, channel: Channel) -> None:
        run, result = unfinished.run, unfinished.result
        with run.lock:
            if not unfinished.channel.dead:
                return
            unfinished.channel = run.channel = channel
            _restore(channel, run).wait()
            channel.send("keep", run=run.name, name=unfinished.table, result=result).wait()
            unfinished.writing = channel.send("finish", result=result)

    def _sweep(self) -> None:
        """Forget how finished results were made; let old processes without work end."""
        for result, unfinished in tuple(self._unfinished.items()):
            if unfinished.writing.succeeded:
                self._unfinished.pop(result, None)
        with self._lock:
            homes = [run.channel for run in self._runs.values()]
        homes += [unfinished.channel for unfinished in self._unfinished.values()]
        self._fleet.sweep([home for home in homes if home is not None])


def _leave(run: _Run, call: Call) -> None:
    """Let whoever waits go at once, and end the work behind that."""
    call.fail(Cancelled("Stopped."))
    threading.Thread(target=_stop, args=(run, call), daemon=True).start()


def _stop(run: _Run, call: Call) -> None:
    """Interrupt what a call of this run does; kill the process when that does not help."""
    channel = run.channel
    if channel is not None:
        channel.send("cancel", run=run.name)
        if not call.over.wait(PATIENCE):
            channel.kill()


def _despite_kills(attempt: Callable[[], T]) -> T:
    while True:
        try:
            return attempt()
        except Died as died:
            if not died.killed:
                raise


def _restore(channel: Channel, run: _Run) -> Call:
    return channel.send("restore", run=run.name, tables=run.tables, steps=run.steps)


def _too_slow(seconds: float) -> QueryFailed:
    return QueryFailed(
        f"A step took longer than {seconds:g} seconds and was stopped.",
        hint="Ask for less at once: filter, or aggregate before joining; or raise the limit.",
        code="step_timeout",
    )
