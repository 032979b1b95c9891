"""Where in a grid the table is: what stands above it, and which rows name its columns.

Types decide. Columns that are mostly numbers or dates show where the data begins; the fullest row
of words above is the header, with sparse rows beside it as parts of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from .cells import kind

Row = Sequence[object]
HEAD = 20
"""Rows that may be header or remarks, and so say nothing of the types."""
TYPED = 0.8
"""A column is of a type when this share of its values is."""


@dataclass(frozen=True)
class Area:
    """The table within the first rows of a grid."""

    first: int
    """Index of the first row of the table, its header included."""
    data: int
    """Index of the first row of data."""
    width: int
    labels: tuple[str, ...]
    """Headers as written; all "" when there is no header row."""
    types: tuple[str, ...]
    """The kind of each column, "" where no kind prevails."""

    @property
    def header(self) -> bool:
        return self.data > self.first


def locate(rows: Sequence[Row], *, header: bool | None = None) -> Area:
    """The table's place in a sample of rows, which begins at the first row of the grid."""
    width = _width(rows)
    start = _start(rows, width)
    if header is not None:
        start = next((i for i, row in enumerate(rows) if filled(row)), 0)
    below = [row for row in rows[start:] if filled(row) and row != rows[start]]
    types = _types(below[min(len(below) // 2, HEAD) :] or rows[start:], width)
    first, data = _header(rows, start, width, types, header)
    labels = _labels(rows[first:data], width) if data > first else ("",) * width
    return Area(first, data, width, labels, types)


def filled(row: Row) -> int:
    """How many cells of a row hold something."""
    return sum(cell is not None and cell != "" and not _blank(cell) for cell in row)


def _blank(cell: object) -> bool:
    return isinstance(cell, str) and not cell.strip()


def used(row: Row) -> int:
    """The width of a row without its trailing empty cells."""
    width = len(row)
    while width and (row[width - 1] is None or _blank(row[width - 1])):
        width -= 1
    return width


def _width(rows: Sequence[Row]) -> int:
    """The number of columns: the commonest width of rows that hold something."""
    counts = Counter(len(row) for row in rows if filled(row))
    if not counts:
        return 0
    most = max(counts.values())
    width = max(width for width, count in counts.items() if count == most)
    held = max(used(row) for row in rows if len(row) <= width)
    return min(len(row) for row in rows if held <= len(row) <= width)


def _start(rows: Sequence[Row], width: int) -> int:
    """The first row that can belong to the table: as wide as it, and not a lone remark."""
    few = 0 if width < 2 else 1 if width < 6 else 2
    for index, row in enumerate(rows):
        if filled(row) > few and used(row) > width // 2:
            return index
    return next((i for i, row in enumerate(rows) if filled(row)), 0)


def _types(rows: Sequence[Row], width: int) -> tuple[str, ...]:
    return tuple(_type([row[i] for row in rows if len(row) > i]) for i in range(width))


def _type(cells: Sequence[object]) -> str:
    kinds = Counter(kind(cell) for cell in cells)
    kinds.pop("", None)
    if not kinds:
        return ""
    best, count = kinds.most_common(1)[0]
    return best if best != "text" and count >= TYPED * sum(kinds.values()) - 0.5 else ""


def conforms(row: Row, types: Sequence[str]) -> int:
    """How well a row fits typed columns: cells that do, less cells that do not."""
    total = 0
    for cell, wanted in zip(row, types, strict=False):
        if wanted and (found := kind(cell)):
            total += 1 if found == wanted else -1
    return total


def _header(
    rows: Sequence[Row], start: int, width: int, types: Sequence[str], wanted: bool | None
) -> tuple[int, int]:
    if not rows:
        return 0, 0
    if wanted is not None:
        return start, start + int(wanted)
    begin = next((i for i in range(start, len(rows)) if _is_data(rows[i], types)), len(rows))
    if _years(rows, start):
        return start, start + 1
    named = [i for i in range(start, begin) if conforms(rows[i], types) < 0]
    if not named:
        return _untyped(rows, start, types)
    best = max(named, key=lambda i: (filled(rows[i]), -i))
    return _spread(rows, best, start, begin, width)


def _is_data(row: Row, types: Sequence[str]) -> bool:
    """A row that fits the types; years below an empty first cell rather are parts of a header."""
    years = [_year(cell) for cell in row if filled([cell])]
    hanging = len(set(years)) > 1 and None not in years and not filled(row[:1])
    return not hanging and conforms(row, types) > 0


def _untyped(rows: Sequence[Row], start: int, types: Sequence[str]) -> tuple[int, int]:
    """Where types tell nothing, the first row names the columns if it could."""
    row = rows[start]
    words = [str(cell).strip() for cell in row if filled([cell])]
    nameless = any(kind(cell) not in ("text", "") for cell in row) or not words
    if nameless or len(set(words)) < len(words) / 2:
        return start, start
    if any(types) and not _alone_empty(rows, start, types):
        return start, start
    if _recurs(rows, start):
        return start, start
    return start, start + 1


def _alone_empty(rows: Sequence[Row], start: int, types: Sequence[str]) -> bool:
    """The first row has nothing in typed columns that rows below nearly always fill."""
    typed = [i for i, kind_found in enumerate(types) if kind_found]
    cells = [row[i : i + 1] for row in rows[start + 1 :] if filled(row) for i in typed]
    held = sum(map(filled, cells))
    return not any(filled(rows[start][i : i + 1]) for i in typed) and held > 0.9 * len(cells)


def _recurs(rows: Sequence[Row], start: int) -> bool:
    """The first row's words are values: they occur again below in their columns."""
    row, below = rows[start], rows[start + 1 :]
    again = [
        i
        for i, cell in enumerate(row)
        if filled([cell]) and any(i < len(r) and r[i] == cell for r in below)
    ]
    return len(again) * 2 > filled(row)


def _years(rows: Sequence[Row], start: int) -> bool:
    """A row of words and consecutive years above numbers that are not years is a header."""
    if start + 1 >= len(rows):
        return False
    years = [_year(cell) for cell in rows[start] if kind(cell) == "number"]
    words = [cell for cell in rows[start] if kind(cell) == "text"]
    if len(years) < 2 or not words or None in years:
        return False
    steps = {b - a for a, b in pairwise(years) if a and b}
    below = [_year(cell) for cell in rows[start + 1] if kind(cell) == "number"]
    return len(steps) == 1 and steps != {0} and below[: len(years)] != years and not all(below)


def _year(cell: object) -> int | None:
    text = str(cell).strip().removesuffix(".0")
    return int(text) if text.isdecimal() and 1800 <= int(text) <= 2100 else None


def _spread(rows: Sequence[Row], best: int, start: int, begin: int, width: int) -> tuple[int, int]:
    """The header rows around the fullest one: sparse neighbours that fill its gaps."""
    first, last = best, best + 1
    gaps = _gaps(rows[best], width)
    while gaps and first > start and _fills(rows[first - 1], gaps):
        first -= 1
        gaps -= _held(rows[first])
    while gaps and last < begin and _fills(rows[last], gaps) and not _new(rows[last]):
        gaps -= _held(rows[last])
        last += 1
    return first, last


def _gaps(row: Row, width: int) -> set[int]:
    return set(range(width)) - _held(row)


def _held(row: Row) -> set[int]:
    return {i for i, cell in enumerate(row) if filled([cell])}


def _fills(row: Row, gaps: set[int]) -> bool:
    return bool(_held(row) & gaps) and filled(row) > 1


def _new(row: Row) -> bool:
    """A row with a first cell begins a record; parts of a header hang below others."""
    return bool(row) and bool(filled(row[:1]))


def _labels(rows: Sequence[Row], width: int) -> tuple[str, ...]:
    """One label a column: the parts of all header rows, upper ones reaching to the right."""
    parts = [_reach(row, width) if row is not rows[-1] else _texts(row, width) for row in rows]
    if len(rows) == 1:
        parts = [_texts(rows[0], width)]
    return tuple(
        " ".join(dict.fromkeys(part[i] for part in parts if part[i])) for i in range(width)
    )


def _texts(row: Row, width: int) -> list[str]:
    cells = ["" if cell is None else str(cell).strip() for cell in row[:width]]
    return cells + [""] * (width - len(cells))


def _reach(row: Row, width: int) -> list[str]:
    reached, last = [], ""
    for text in _texts(row, width):
        last = text or last
        reached.append(last)
    return reached
