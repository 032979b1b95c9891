"""The rows of a reading in a few words, for whoever has to choose among several."""

from __future__ import annotations

from ...types.values import Row
from .base import Done

SHOWN = 3
"""Rows that are told."""


def preview(done: Done) -> str:
    """As in "1,204.5" for one number, "North 120, South 80, ..." for rows."""
    if not done.rows:
        return "no rows"
    told = [_row(row) for row in done.preview[:SHOWN]]
    return ", ".join(told) + (", ..." if done.rows > len(told) else "")


def _row(row: Row) -> str:
    return " ".join(_cell(value) for value in row[:4])


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.2f}"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return "(empty)" if value is None else str(value)
