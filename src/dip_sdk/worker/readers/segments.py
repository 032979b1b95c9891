"""Irregular delimited text made regular: one clean file a table, and an account of every odd line.

Short rows are padded, long rows keep the cells that have a column, remarks below the table, titles
and repeated headers are left out, a second table gets a file of its own. All of it is told.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import IO, Any

from ...types.dataset import BadLine, Problem
from .base import shorten
from .cells import kind
from .header import Area, conforms, filled, locate, used
from .records import Record

EXAMPLES = 10
LOOK_AHEAD = 50
"""Rows a second table is recognised and laid out by."""


@dataclass
class Segment:
    """One table of the file: its clean copy, and what happened to its lines."""

    path: Path
    area: Area
    first_line: int
    rows: int = 0
    blank: int = 0
    repeated: int = 0
    footer: list[Record] = field(default_factory=list)
    titles: list[Record] = field(default_factory=list)
    short: list[BadLine] = field(default_factory=list)
    shorts: int = 0
    lost: int = 0
    """Lines that keep less than they held; all of them are in the file of bad lines."""
    losses: list[BadLine] = field(default_factory=list)

    def problems(self) -> tuple[Problem, ...]:
        """What was odd, as problems to be told."""
        width = self.area.width
        found = [
            _problem("bad_lines", self.lost, "did not fit {width} columns; their cells beyond are"
                     " in the table of bad lines", width, self.losses),
            _problem("short_lines", self.shorts, "had fewer than {width} cells; the rest are empty",
                     width, self.short),
            _problem("blank_rows", self.blank, "without any value were left out", width),
            _problem("repeated_header", self.repeated, "repeat the header and were left out",
                     width),
            _problem("titles", len(self.titles), "between the rows are remarks and were left out",
                     width, [_bad(record, "remark") for record in self.titles]),
        ]  # fmt: skip
        return tuple(problem for problem in found if problem)

    def notes(self) -> tuple[str, ...]:
        """The remarks below the table."""
        if not self.footer:
            return ()
        words = "; ".join(shorten(record.text, 80) for record in self.footer[:3])
        return (f"{len(self.footer)} lines below the table were left out: {words}.",)


def _problem(
    code: str, count: int, words: str, width: int, examples: list[BadLine] | None = None
) -> Problem | None:
    if not count:
        return None
    lines = "1 line" if count == 1 else f"{count} lines"
    sentence = f"{lines} {words.format(width=width)}."
    return Problem(
        code=code, message=sentence, count=count, examples=tuple((examples or [])[:EXAMPLES])
    )


def _bad(record: Record, reason: str) -> BadLine:
    return BadLine(line=record.line, reason=reason, text=shorten(record.text))


def split(
    found: Iterable[Record], area: Area, folder: Path, stem: str
) -> tuple[list[Segment], Path]:
    """Clean files of the tables in a file's records, and the file of its bad lines."""
    bad_path = folder / f"{stem}.bad.csv"
    with ExitStack() as stack:
        bad = _writer(stack.enter_context(_open(bad_path)))
        splitter = _Splitter(folder, stem, bad, stack)
        splitter.run(found, area)
    return splitter.segments, bad_path


def _open(path: Path) -> Any:
    return path.open("w", encoding="utf-8", newline="")


def _writer(file: IO[str]) -> Any:
    """Every cell is quoted and every line ends alike: DuckDB's reader gives up on a file whose
    cells hold other line ends than its lines."""
    return csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL)


class _Splitter:
    """Goes through records once, writing rows and holding back what may be no row."""

    def __init__(self, folder: Path, stem: str, bad: Any, stack: ExitStack) -> None:
        self.folder, self.stem, self.bad, self.stack = folder, stem, bad, stack
        self.segments: list[Segment] = []
        self.held: list[Record] = []
        """Sparse rows that are remarks if the table ends or begins anew after them."""
        self.after_blank = False

    def run(self, found: Iterable[Record], area: Area) -> None:
        stream: Iterator[Record] = iter(found)
        coming: deque[Record] = deque()
        coming.extend(islice(stream, max(LOOK_AHEAD, area.data)))
        header = [coming.popleft() for _ in range(min(area.data, len(coming)))]
        self._begin(area, header[area.first] if area.header else None)
        while coming:
            record = coming.popleft()
            if (following := next(stream, None)) is not None:
                coming.append(following)
            self._take(record, coming)
        self.segments[-1].footer = [r for r in self.held if filled(r.cells)]

    def _begin(self, area: Area, header: Record | None) -> None:
        path = self.folder / f"{self.stem}.{len(self.segments)}.csv"
        self.out = _writer(self.stack.enter_context(_open(path)))
        self.names = _words(header.cells) if header else []
        self.area = area
        self.now = Segment(path, area, header.line if header else 1)
        self.segments.append(self.now)

    def _take(self, record: Record, coming: deque[Record]) -> None:
        cells = record.cells
        if not filled(cells):
            self.now.blank += bool(cells)
            self.after_blank = True
        elif self.names and _words(cells) == self.names:
            self.now.repeated += 1
            self._drop_held()
        elif self._opens(record, coming):
            return
        elif self._sparse(cells):
            self.held.append(record)
        else:
            self._release()
            self._write(record)
        self.after_blank = not filled(cells)

    def _sparse(self, cells: list[str]) -> bool:
        width = self.area.width
        if width < 2 or conforms(cells, self.area.types) > 0:
            return False
        few = filled(cells) <= max(1, width // 4)
        return few and (len(cells) <= width // 2 or self.after_blank)

    def _opens(self, record: Record, coming: deque[Record]) -> bool:
        """Whether a second table begins here; if so, it has begun."""
        if not self._heads(record):
            return False
        rows = [record.cells, *(r.cells for r in coming)]
        end = next((i for i, row in enumerate(rows) if not filled(row)), len(rows))
        area = locate(rows[:end])
        if area.first > 0 or not area.header or end - area.data < 2:
            return False
        for _ in range(area.data - 1):
            coming.popleft()
        self.now.footer = self.held
        self.held = []
        self._begin(area, record)
        return True

    def _heads(self, record: Record) -> bool:
        """Words where numbers should be, or words of another width after a blank line."""
        words = [cell for cell in record.cells if filled([cell])]
        if len(words) < 2 or any(kind(cell) != "text" for cell in words):
            return False
        if self.after_blank and len(record.cells) != self.area.width:
            return True
        typed = sum(1 for i, t in enumerate(self.area.types) if t and i < len(record.cells))
        shared = len(set(_words(words)) & set(self.names))
        return (
            typed >= 1
            and conforms(record.cells, self.area.types) <= -typed
            and shared * 2 >= len(words)
        )

    def _drop_held(self) -> None:
        self.now.titles += self.held
        self.held = []

    def _release(self) -> None:
        for record in self.held:
            self._write(record)
        self.held = []

    def _write(self, record: Record) -> None:
        cells, width = record.cells, self.area.width
        if record.broken:
            self._lose(record, "a quote that never closes")
        elif used(cells) > width:
            self._lose(record, f"{used(cells)} cells instead of {width}")
        elif len(cells) < width:
            self.now.shorts += 1
            reason = f"{len(cells)} cells instead of {width}"
            if len(self.now.short) < EXAMPLES:
                self.now.short.append(_bad(record, reason))
        self.out.writerow((cells + [""] * (width - len(cells)))[:width])
        self.now.rows += 1

    def _lose(self, record: Record, reason: str) -> None:
        self.now.lost += 1
        self.bad.writerow((record.line, reason, record.text))
        if len(self.now.losses) < EXAMPLES:
            self.now.losses.append(_bad(record, reason))


def _words(cells: Iterable[str]) -> list[str]:
    words = [cell.strip() for cell in cells]
    while words and not words[-1]:
        words.pop()
    return words
