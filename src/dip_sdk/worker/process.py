"""A worker process seen from its caller: every verb of `Runner` over a pipe, stop and restart.

A run that is stopped leaves its caller at once and its process within a second, if need be by a
kill. Everything else that the killed process did starts again, unseen: of each live run, and of
each result whose file is not finished, the executed steps are remembered here.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter

from ..types.dataset import Distinct
from ..types.errors import Cancelled, DipError, QueryFailed
from ..types.profile import ColumnProfile
from ..types.result import Condition, ExportFormat, Page
from ..types.session import Limits
from ..types.values import Wire
from .channel import Call, Channel, Died, Late
from .fleet import Fleet, lost
from .messages import LIMITS, Executed, Layers
from .runner import Look, Made, TableFile

T = TypeVar("T")

PATIENCE = 1.0
"""Seconds a process has to end a stopped run before it is killed."""
FINISHING = 60.0
"""Seconds that `close` waits for the files of results."""

_PROFILES = TypeAdapter(tuple[ColumnProfile, ...])


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


class Worker:
    """The `Runner` of one session's folder: a sandboxed process, started when first needed.

    `readable` are paths outside the folder that it may read. `close` ends the process and waits
    for the files of kept results.
    """

    def __init__(
        self, folder: Path, limits: Limits = LIMITS, *, readable: Sequence[Path] = ()
    ) -> None:
        self._limits = limits
        self._lock = threading.Lock()
        self._one_at_a_time = threading.Lock()
        self._runs: dict[str, _Run] = {}
        self._unfinished: dict[str, _Unfinished] = {}
        self._fleet = Fleet(folder, limits, readable, self._make_results_again)

    @property
    def layers(self) -> Layers:
        """Which layers of the sandbox are active; starts the process."""
        return self._anew(lambda: self._fleet.current()[0].layers)

    @property
    def pid(self) -> int:
        """The current process; starts it."""
        return self._fleet.current()[0].pid

    def use(self, tables: Sequence[TableFile]) -> None:
        self._fleet.use(tables)
        self._sweep()

    def step(self, run: str, name: str, sql: str, params: Mapping[str, Wire]) -> Made:
        executed = Executed(name=name, sql=sql, params=dict(params))
        made = self._in_run(run, "step", **executed.model_dump())
        self._remembered(run).steps.append(executed)
        return Made.model_validate(made)

    def look(self, run: str, sql: str, params: Mapping[str, Wire], limit: int) -> Look:
        found = self._in_run(run, "look", sql=sql, params=dict(params), limit=limit)
        return Look.model_validate(found)

    def keep(self, run: str, name: str, result: str) -> None:
        self._in_run(run, "keep", name=name, result=result)
        with self._lock:
            kept = self._runs.pop(run)
        if kept.channel is not None:
            writing = kept.channel.send("finish", result=result)
            self._unfinished[result] = _Unfinished(result, name, kept, kept.channel, writing)
        self._sweep()

    def drop(self, run: str) -> None:
        with self._lock:
            dropped = self._runs.pop(run, None)
        if dropped is not None and dropped.channel is not None:
            dropped.channel.send("drop", run=run)
        self._sweep()

    def page(
        self,
        result: str,
        offset: int,
        limit: int,
        sort: Sequence[str] = (),
        where: Sequence[Condition] = (),
    ) -> Page:
        asked = {"offset": offset, "limit": limit, "sort": tuple(sort), "where": tuple(where)}
        return Page.model_validate(self._of_result(result, "page", asked))

    def arrow(self, result: str, sort: Sequence[str] = (), where: Sequence[Condition] = ()) -> str:
        asked = {"sort": tuple(sort), "where": tuple(where)}
        return str(self._of_result(result, "arrow", asked))

    def export(
        self,
        result: str,
        format: ExportFormat,
        sort: Sequence[str] = (),
        where: Sequence[Condition] = (),
        on_progress: Callable[[float], None] | None = None,
    ) -> tuple[str, ...]:
        asked = {"format": format, "sort": tuple(sort), "where": tuple(where)}
        tell = None if on_progress is None else (lambda fraction, _: on_progress(fraction))
        return tuple(self._of_result(result, "export", asked, tell))

    def forget(self, result: str) -> None:
        self._of_result(result, "forget", {})
        self._unfinished.pop(result, None)

    def distinct(self, table: str, column: str, limit: int) -> Distinct:
        asked = {"table": table, "column": column, "limit": limit}
        return Distinct.model_validate(self._ask("distinct", asked))

    def profile(self, table: str) -> tuple[ColumnProfile, ...]:
        return _PROFILES.validate_python(self._ask("profile", {"table": table}))

    def cancel(self, run: str) -> None:
        with self._lock:
            stopped = self._runs.get(run)
        if stopped is None:
            return
        stopped.stopped = True
        for call in tuple(stopped.pending):
            call.fail(Cancelled("Stopped."))
            self._stop(stopped, call)

    def close(self) -> None:
        for run in tuple(self._runs):
            self.cancel(run)
        for unfinished in tuple(self._unfinished.values()):
            with suppress(DipError, Died, Late):
                unfinished.writing.wait(FINISHING)
        self._fleet.close()

    def _in_run(self, run: str, verb: str, **args: object) -> Any:
        """A verb of a run, again where the process died of something else."""
        remembered = self._remembered(run)

        def attempt() -> Any:
            channel = self._home(remembered)
            return self._wait(remembered, channel.send(verb, run=run, **args))

        return self._anew(attempt)

    def _remembered(self, run: str) -> _Run:
        with self._lock:
            return self._runs.setdefault(run, _Run(run))

    def _home(self, run: _Run) -> Channel:
        """The process in which the run lives: another, with its steps made again, if that died."""
        with run.lock:
            if run.channel is None:
                run.channel, run.tables = self._fleet.current()
            elif run.channel.dead:
                channel, _ = self._fleet.current()
                run.channel = channel
                self._wait(run, _restore(channel, run))
            return run.channel

    def _wait(self, run: _Run, call: Call) -> Any:
        run.pending.add(call)
        if run.stopped:
            call.fail(Cancelled("Stopped."))
        try:
            return call.wait(self._limits.seconds)
        except Late:
            self._stop(run, call)
            raise _too_slow(self._limits.seconds) from None
        except Died:
            if run.stopped:
                raise Cancelled("Stopped.") from None
            raise
        except KeyboardInterrupt:
            self.cancel(run.name)
            raise
        finally:
            run.pending.discard(call)

    def _stop(self, run: _Run, call: Call) -> None:
        """Interrupt what a call of this run does; kill the process when that does not help."""
        channel = run.channel
        if channel is None:
            return
        channel.send("cancel", run=run.name)

        def kill() -> None:
            if not call.answered:
                channel.kill()

        timer = threading.Timer(PATIENCE, kill)
        timer.daemon = True
        timer.start()

    def _anew(self, attempt: Callable[[], T]) -> T:
        """Try again after a death that was not this attempt's doing.

        After a crash with several suspects each tries once more, one at a time: who crashes the
        process again is the one.
        """
        try:
            return self._despite_kills(attempt)
        except Died as died:
            if died.alone:
                raise lost(died) from None
        with self._one_at_a_time:
            try:
                return self._despite_kills(attempt)
            except Died as died:
                raise lost(died) from None

    def _despite_kills(self, attempt: Callable[[], T]) -> T:
        while True:
            try:
                return attempt()
            except Died as died:
                if not died.killed:
                    raise

    def _ask(self, verb: str, asked: Mapping[str, object]) -> Any:
        return self._anew(lambda: self._fleet.current()[0].send(verb, **asked).wait())

    def _of_result(
        self,
        result: str,
        verb: str,
        asked: Mapping[str, object],
        tell: Callable[[float, str], None] | None = None,
    ) -> Any:
        def attempt() -> Any:
            channel = self._where(result)
            return channel.send(verb, result=result, **asked).wait(on_progress=tell)

        return self._anew(attempt)

    def _where(self, result: str) -> Channel:
        """The process that has the result: any, once its file is finished."""
        current, _ = self._fleet.current()
        unfinished = self._unfinished.get(result)
        if unfinished is None or unfinished.writing.succeeded:
            return current
        if unfinished.channel.dead:
            self._make_result_again(unfinished, current)
        return unfinished.channel

    def _make_results_again(self, channel: Channel) -> None:
        for unfinished in tuple(self._unfinished.values()):
            if unfinished.channel.dead and not unfinished.writing.succeeded:
                self._make_result_again(unfinished, channel)

    def _make_result_again(self, unfinished: _Unfinished, channel: Channel) -> None:
        run = unfinished.run
        with run.lock:
            if not unfinished.channel.dead:
                return
            unfinished.channel = run.channel = channel
            _restore(channel, run).wait()
            asked = {"run": run.name, "name": unfinished.table, "result": unfinished.result}
            channel.send("keep", **asked).wait()
            unfinished.writing = channel.send("finish", result=unfinished.result)

    def _sweep(self) -> None:
        """Forget how finished results were made; let old processes without work end."""
        for result, unfinished in tuple(self._unfinished.items()):
            if unfinished.writing.succeeded:
                self._unfinished.pop(result, None)
        with self._lock:
            runs = tuple(self._runs.values())
        writing = tuple(self._unfinished.values())
        homes = [run.channel for run in runs] + [unfinished.channel for unfinished in writing]
        self._fleet.sweep([home for home in homes if home is not None])


def _restore(channel: Channel, run: _Run) -> Call:
    return channel.send("restore", run=run.name, tables=run.tables, steps=run.steps)


def _too_slow(seconds: float) -> QueryFailed:
    return QueryFailed(
        f"A step took longer than {seconds:g} seconds and was stopped.",
        hint="Ask for less at once: filter, or aggregate before joining; or raise the limit.",
        code="step_timeout",
    )
