"""What a command says: results on stdout, progress and complaints on stderr."""

from __future__ import annotations

import os
import shutil
import sys
import time
from threading import Lock, Timer
from types import TracebackType

from ..render.safe import cut, plain

PATIENCE = 0.5
"""Seconds of work before its progress is shown."""
PIPED_WIDTH = 100
"""Columns of text that does not go to a terminal."""


def say(text: str = "") -> None:
    """Write text and a line break to stdout."""
    sys.stdout.write(f"{text}\n")


def complain(message: str, hint: str = "") -> None:
    """Write `dip: message` to stderr, and the hint below it."""
    lines = [f"dip: {plain(message)}"] + ([f"  {plain(hint)}"] if hint else [])
    sys.stderr.write("\n".join(lines) + "\n")


def colour() -> bool:
    """Whether stdout shows colours, and its reader wants them."""
    wanted = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return wanted and sys.stdout.isatty()


def width() -> int:
    """Columns of stdout."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else PIPED_WIDTH


class Progress:
    """One line on stderr saying what is being done: on a terminal, and once it lasts."""

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty()
        self._message = ""
        self._began = time.monotonic()
        self._line = Lock()
        self._timer = Timer(PATIENCE, self._draw)
        self._timer.daemon = True

    def __enter__(self) -> Progress:
        if self._shown:
            self._timer.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._timer.cancel()
        with self._line:
            self._message = ""
            if self._shown and self._late():
                sys.stderr.write("\r\x1b[2K")
                sys.stderr.flush()

    def tell(self, message: str, fraction: float | None = None) -> None:
        """What is being done now, and how much of it is done (0 to 1)."""
        share = "" if fraction is None else f" {fraction:.0%}"
        self._message = f"{plain(message)}{share}"
        if self._shown and self._late():
            self._draw()

    def tell_share(self, fraction: float, message: str) -> None:
        """The same, in the order an upload tells it."""
        self.tell(message, fraction)

    def _late(self) -> bool:
        return time.monotonic() - self._began >= PATIENCE

    def _draw(self) -> None:
        with self._line:
            if self._message:
                columns = shutil.get_terminal_size().columns
                sys.stderr.write(f"\r\x1b[2K{cut(self._message, columns - 1)}")
                sys.stderr.flush()
