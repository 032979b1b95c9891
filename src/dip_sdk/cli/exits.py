"""The exit codes of `dip`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..types.result import Status

ANSWERED = 0
FAILED = 1
USAGE = 2
CLARIFY = 3
CANNOT_ANSWER = 4
CANCELLED = 130
"""As a shell counts SIGINT."""
CLOSED_PIPE = 141
"""As a shell counts SIGPIPE."""

BY_STATUS: dict[Status, int] = {
    "answered": ANSWERED,
    "clarify": CLARIFY,
    "cannot_answer": CANNOT_ANSWER,
}
