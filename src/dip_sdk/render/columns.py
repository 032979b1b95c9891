"""Columns of text set under each other, by the width the characters have on a screen."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from .safe import plain
from .story import Grid

_GAP = "  "
_NARROWEST = 10
"""Columns of a terminal that a text keeps at least."""


@dataclass(frozen=True)
class Aligned:
    """A table as lines; `hidden` columns at its right had no room."""

    header: str
    rows: tuple[str, ...]
    hidden: int


def aligned(grid: Grid, width: int) -> Aligned:
    """The grid in lines of at most `width`: wide columns are cut, then the last ones left out."""
    lines = [[plain(cell) for cell in line] for line in (grid.headers, *grid.rows)]
    natural = [max(map(screen_width, column)) for column in zip(*lines, strict=True)]
    widths = _fitted(natural, grid.whole, width)
    header, *rows = (_line(line, widths, grid.right) for line in lines)
    return Aligned(header, tuple(rows), len(natural) - len(widths))


def screen_width(text: str) -> int:
    """Columns of a terminal the text takes: wide characters two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(map(_cells, text))


def cut_to(text: str, width: int) -> str:
    """The text in at most `width` columns of a terminal, with an ellipsis when it was cut."""
    if screen_width(text) <= width:
        return text
    kept, used = [], 1
    for character in text:
        used += _cells(character)
        if used > width:
            break
        kept.append(character)
    return "".join(kept) + "…"


def _cells(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _fitted(natural: Sequence[int], whole: Sequence[bool], room: int) -> list[int]:
    """Widths that fit: the widest texts give way first, then the last columns go."""
    widths = list(natural)
    least = [
        width if rigid else min(width, _NARROWEST)
        for width, rigid in zip(natural, whole, strict=True)
    ]
    while len(widths) > 1 and sum(least[: len(widths)]) + len(_GAP) * (len(widths) - 1) > room:
        widths.pop()
    spare = [width - low for width, low in zip(widths, least, strict=False)]
    while sum(widths) + len(_GAP) * (len(widths) - 1) > room and any(spare):
        widest = max((w, i) for i, w in enumerate(widths) if spare[i])[1]
        widths[widest] -= 1
        spare[widest] -= 1
    return widths


def _line(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    parts = [
        _set(cell, width, to_right)
        for cell, width, to_right in zip(cells, widths, right, strict=False)
    ]
    return _GAP.join(parts).rstrip()


def _set(cell: str, width: int, to_right: bool) -> str:
    shown = cut_to(cell, width)
    padding = " " * (width - screen_width(shown))
    return padding + shown if to_right else shown + padding
