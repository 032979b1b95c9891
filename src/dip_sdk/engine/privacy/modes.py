"""The three modes, and how a value is cut to what may be shown of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Literal, TypeAlias, get_args

from ...types.values import Row, Wire

Privacy: TypeAlias = Literal["schema", "profile", "results"]
MODES: tuple[Privacy, ...] = get_args(Privacy)

ROWS = 20
"""Rows of one step that are shown at most."""
CELL = 200
"""Characters of one cell."""
WIDTH = 40
"""Cells of one row."""
BLOCK = 8_000
"""Characters of all rows of one step together."""


def as_json(value: object) -> str:
    """Data as JSON that no text in it can leave: brackets of markup are escaped as well."""
    text = json.dumps(value, ensure_ascii=False, separators=(", ", ": "), default=str)
    return text.replace("<", "\\u003c").replace(">", "\\u003e")


def cut(value: Wire, size: int = CELL) -> Wire:
    """A value short enough to be shown; nested ones as text."""
    if value is None or isinstance(value, (bool, int, float)):
        return value
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= size else f"{text[:size]}... ({len(text)} characters)"


def bounded(rows: Iterable[Row]) -> tuple[list[list[Wire]], bool]:
    """The first rows within the bounds above, and whether that cut off rows or cells."""
    shown: list[list[Wire]] = []
    left, whole = BLOCK, True
    for row in rows:
        cells = [cut(cell) for cell in row[:WIDTH]]
        left -= len(as_json(cells))
        if len(shown) == ROWS or left < 0:
            return shown, False
        whole = whole and len(row) <= WIDTH
        shown.append(cells)
    return shown, whole


def named_in(names: Sequence[str], *texts: str) -> set[str]:
    """Those of the names that stand in one of the texts, case ignored."""
    said = "\n".join(texts).casefold()
    return {name for name in names if name.casefold() in said}
