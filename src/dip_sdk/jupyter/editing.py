"""A statement to change by hand: put into a new cell, and found again when that runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..client import Result, Session
from ..render.safe import plain
from ..types.errors import ConfigError
from .options import Asked

_SHORT = 8
"""Characters of an answer's id that a cell names it by."""


def next_cell(result: Result, asked: Asked) -> str:
    """The cell that `--edit` writes: it runs as it stands, by the same guard.

    Raises `ConfigError` for an answer without a statement.
    """
    result.edit(sql=result.sql)
    name = asked.out or result.id[:_SHORT]
    session = f" -s {asked.session}" if asked.session else ""
    return f"%%ask --statement {name}{session}\n{plain(result.sql, lines=True)}"


def base(name: str, session: Session, variables: Mapping[str, Any]) -> Result:
    """The answer that a changed statement belongs to: by its variable, or by its id."""
    held = variables.get(name)
    if isinstance(held, Result):
        return held
    if len(name) >= _SHORT:
        for turn in reversed(session.history()):
            if turn.result_id.startswith(name):
                return session.result(turn.result_id)
    raise ConfigError(
        f"There is no answer {name!r} whose statement could be changed.",
        hint="Ask its question again with --edit.",
    )
