"""How a text file parts its cells: dialects are tried on a sample, the most regular wins."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice

from .cells import text_kind
from .records import Dialect, records

DELIMITERS = ",\t;|^~\x01\x1f: "
"""Tried in this order; an earlier one wins a tie."""
WEAK = {":": 0.6, " ": 0.6}
"""Characters that stand inside values more often than between them."""
CELLS = 3_000
"""Cells looked at to judge a dialect."""
ROWS = 300


def detect(lines: Sequence[str], delimiter: str | None = None, quote: str | None = None) -> Dialect:
    """The dialect of a sample of lines, with what is given taken as given."""
    tried = [
        Dialect(mark, sign, _escape(lines, sign))
        for mark in ([delimiter] if delimiter else DELIMITERS)
        if delimiter or any(mark in line for line in lines)
        for sign in ([quote] if quote is not None else _quotes(lines, mark))
    ]
    scored = [(score(lines, dialect), -i, dialect) for i, dialect in enumerate(tried)]
    best = max(scored, default=(0.0, 0, None))
    if best[2] is not None and (delimiter or best[0] > _single(lines)):
        return best[2]
    aligned = _aligned(lines)
    return aligned or Dialect(",", '"' if quote is None else quote, "")


def _quotes(lines: Sequence[str], delimiter: str) -> list[str]:
    """Quote characters that open a cell somewhere in the sample, and none if there is no such."""
    mark = re.escape(delimiter)
    found = [
        sign
        for sign in "\"'"
        if any(re.search(rf"(?:^|{mark}) ?{sign}", line) for line in lines)
        and any(re.search(rf"{sign}\s*(?:$|{mark})", line) for line in lines)
    ]
    return found if '"' in found else [*found, '"']


def _escape(lines: Sequence[str], quote: str) -> str:
    if not quote:
        return ""
    slashed = sum(line.count(f"\\{quote}") for line in lines)
    doubled = sum(len(re.findall(rf"[^\\]{quote}{quote}[^{quote}]", line)) for line in lines)
    ended = sum(len(re.findall(rf"\\{quote}(?:[,;\t|]|\s*$)", line)) for line in lines)
    return "\\" if slashed > ended and slashed > doubled // 4 else ""


def score(lines: Sequence[str], dialect: Dialect) -> float:
    """How table-like a sample is in a dialect: regular widths, and cells that are something."""
    rows = [r.cells for r in islice(records(lines, dialect), ROWS) if any(r.cells)]
    if not rows:
        return 0.0
    widths = Counter(len(row) for row in rows)
    width, share = widths.most_common(1)[0][0], widths.most_common(1)[0][1] / len(rows)
    if max(widths) == 1 or (dialect.delimiter in WEAK and not _columnar(rows, width, share)):
        return 0.0
    pattern = sum(n * (w - 1) / w for w, n in widths.items()) / len(widths)
    known = _known(rows)
    weight = WEAK.get(dialect.delimiter, 1.0)
    return (
        pattern
        / len(rows)
        * (0.1 + known)
        * weight
        * (0.5 + share / 2)
        * (1 + math.log(width) / 20)
    )


def _columnar(rows: Sequence[Sequence[str]], width: int, share: float) -> bool:
    """Blanks and colons stand in prose too: columns need equal widths and some numbers."""
    if share < 0.95 or width < 2:
        return False
    typed = [
        sum(text_kind(row[i]) not in ("", "text") for row in rows if len(row) == width)
        for i in range(width)
    ]
    return max(typed) > 0.8 * share * len(rows) - 1 and (width > 2 or len(rows) > 2)


def _known(rows: Iterable[Sequence[str]]) -> float:
    """The share of cells that are empty, of a type, or a plain word or phrase."""
    cells = list(islice((cell for row in rows for cell in row), CELLS))
    return sum(map(_plausible, cells)) / len(cells)


def _plausible(cell: str) -> float:
    cell = cell.strip()
    kind = text_kind(cell)
    if kind != "text":
        return 1.0
    if cell[:1] in "\"'" or cell[-1:] in "\"'":
        return 0.2
    if any(mark in cell for mark in ";\t|"):
        return 0.3
    return 0.9


def _single(lines: Sequence[str]) -> float:
    """The score that a dialect must pass to be better than "one column"."""
    return 0.08 if len(lines) > 1 else 0.05


def _aligned(lines: Sequence[str]) -> Dialect | None:
    """Columns parted by runs of blanks, or at fixed places."""
    full = [line.rstrip("\r\n") for line in lines if line.strip()]
    if len(full) < 3 or not any("  " in line for line in full):
        return None
    blanks = Dialect(" ", '"', blanks=True)
    widths = Counter(len(r.cells) for r in islice(records(full, blanks), ROWS))
    width, count = widths.most_common(1)[0]
    if width > 1 and count >= 0.95 * sum(widths.values()):
        return blanks
    starts = _starts(full)
    return Dialect(" ", "", starts=starts) if len(starts) > 1 else None


def _starts(lines: Sequence[str]) -> tuple[int, ...]:
    """Where columns begin: places before which every line has two blanks, or one among many."""
    longest = max(map(len, lines))
    filled = [any(len(line) > i and line[i] != " " for line in lines) for i in range(longest)]
    return tuple(i for i in range(longest) if filled[i] and (i == 0 or (not filled[i - 1])))
