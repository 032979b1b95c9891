"""The processes behind one `Worker`: the current one, and older ones that still have work to end.

A sandbox cannot be widened, so tables outside of it need a new process; the old one lives until
its runs and its unfinished results are over.
"""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from ..types.errors import WorkerLost
from ..types.session import Limits
from .channel import Channel, Died
from .protocol import Setup
from .runner import TableFile

_log = logging.getLogger(__name__)


class Fleet:
    """Starts, replaces and ends the processes of one session's folder.

    `revive` is called with each process that takes the place of a dead one, before its tables.
    """

    def __init__(
        self,
        folder: Path,
        limits: Limits,
        readable: Collection[Path],
        revive: Callable[[Channel], None],
    ) -> None:
        self._folder = folder.absolute()
        self._limits = limits
        self._readable = {path.absolute() for path in readable}
        self._covered: dict[Path, int] = {}
        self._revive = revive
        self._lock = threading.RLock()
        self._current: Channel | None = None
        self._old: list[Channel] = []
        self._tables: tuple[TableFile, ...] = ()
        self._closed = False

    def current(self) -> tuple[Channel, tuple[TableFile, ...]]:
        """The process for new work, started if there is none, and the tables it has."""
        with self._lock:
            if self._closed:
                raise WorkerLost("The session is closed.", code="worker_closed")
            if self._current is None or self._current.dead:
                self._current = self._start()
            return self._current, self._tables

    def use(self, tables: Sequence[TableFile]) -> None:
        """These are the tables from now on."""
        with self._lock:
            self._tables = tuple(tables)
            outside = {p for t in tables if not self._covers(p := Path(t.path).absolute())}
            self._readable |= outside
            if self._current is None or self._current.dead:
                return
            if outside:
                self._old.append(self._current)
                self._current = self._start()
            else:
                self._give_tables(self._current)

    def sweep(self, needed: Collection[Channel]) -> None:
        """End the older processes that nothing needs any more."""
        with self._lock:
            over = [channel for channel in self._old if channel not in needed]
            self._old = [channel for channel in self._old if channel in needed]
        for channel in over:
            channel.close()

    def close(self) -> None:
        """End them all; idempotent."""
        with self._lock:
            self._closed = True
            channels = [*self._old, *([self._current] if self._current else [])]
            self._old, self._current = [], None
        for channel in channels:
            channel.close()

    def _covers(self, path: Path) -> bool:
        """The sandbox of the current process lets it read the file that lies there now."""
        if path.is_relative_to(self._folder):
            return True
        return path in self._readable and self._covered.get(path) == _inode(path)

    def _start(self) -> Channel:
        self._covered = {path: _inode(path) for path in self._readable}
        for part in ("scratch", "results"):
            (self._folder / part).mkdir(parents=True, exist_ok=True)
        setup = Setup(
            folder=str(self._folder),
            readable=tuple(sorted(map(str, self._readable))),
            limits=self._limits,
        )
        channel = Channel("query", setup, self._tidy)
        try:
            self._revive(channel)
            if self._tables:
                self._give_tables(channel)
        except BaseException:
            channel.close()
            raise
        return channel

    def _give_tables(self, channel: Channel) -> None:
        try:
            channel.send("use", tables=self._tables).wait()
        except Died as died:
            raise lost(died) from None

    def _tidy(self, pid: int) -> None:
        """What a process spilled goes with it."""
        shutil.rmtree(self._folder / "scratch" / f"spill-{pid}", ignore_errors=True)


def _inode(path: Path) -> int:
    """A sandbox is bound to the file itself: one that took its name since is another."""
    try:
        return path.stat().st_ino
    except OSError:
        return 0


def lost(died: Died) -> WorkerLost:
    """The error for work whose process died of it."""
    _log.info("A worker ended unexpectedly: %s", died.words or "it said nothing")
    return WorkerLost(
        "The process that works on the data ended unexpectedly.",
        hint="Your tables are unharmed. Ask again, or ask for less at once.",
    )
