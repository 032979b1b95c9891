"""Errors as a cell shows them: one line and what to do, and yet the cell has failed."""

from __future__ import annotations

from ..render.safe import plain
from ..types.errors import DipError


class AskFailed(Exception):
    """What a failed question leaves in its cell. "Run all" stops here, as at any error.

    IPython shows what `_render_traceback_` gives in place of a traceback.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message if not hint else f"{message} {hint}")
        self.lines = [line for line in (plain(message), plain(hint)) if line]

    def _render_traceback_(self) -> list[str]:
        return self.lines


class AskStopped(AskFailed):
    """The question was stopped: by the stop button, or by somebody else."""


def told(error: DipError) -> AskFailed:
    """An error of DIP as a cell shows it."""
    return AskFailed(error.message, error.hint)


def stopped(seconds: float) -> AskStopped:
    """What an interrupted question says."""
    return AskStopped(f"Cancelled after {seconds:.1f} s.")
