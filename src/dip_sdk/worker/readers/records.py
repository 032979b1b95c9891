"""Splits delimited text into records, one at a time, whatever the quotes in it do."""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

OPEN_LINES = 2_000
"""A quoted field that spans more lines than this was never meant to be one."""
FIELD_LIMIT = 64 << 20
csv.field_size_limit(FIELD_LIMIT)


@dataclass(frozen=True)
class Dialect:
    """How a file parts its cells. `widths` set: by position instead of by a delimiter."""

    delimiter: str = ","
    quote: str = '"'
    """"" where no cell is quoted."""
    escape: str = ""
    """"\\" where it escapes a quote; "" where a quote is doubled."""
    blanks: bool = False
    """Runs of the delimiter count as one (columns aligned with spaces)."""
    starts: tuple[int, ...] = ()
    """Where each column of a fixed-width file begins."""


@dataclass(frozen=True)
class Record:
    """One record and where it came from."""

    line: int
    """Its first line, from 1."""
    cells: list[str]
    text: str
    broken: bool = False
    """A quote was opened and never closed; the line was split as if it had none."""


def records(lines: Iterable[str], dialect: Dialect) -> Iterator[Record]:
    """The records of lines (with or without their line ends)."""
    if dialect.starts:
        yield from _fixed(lines, dialect.starts)
    elif dialect.blanks:
        yield from _aligned(lines, dialect)
    else:
        yield from _delimited(lines, dialect)


def _fixed(lines: Iterable[str], starts: tuple[int, ...]) -> Iterator[Record]:
    spans = [slice(a, b) for a, b in zip(starts, [*starts[1:], None], strict=True)]
    for number, line in enumerate(lines, 1):
        text = line.rstrip("\r\n")
        cells = [text[span].strip() for span in spans] if text.strip() else []
        yield Record(number, cells, text)


def _aligned(lines: Iterable[str], dialect: Dialect) -> Iterator[Record]:
    single = Dialect(dialect.delimiter, dialect.quote, dialect.escape)
    for record in _delimited((line.strip(" \r\n") for line in lines), single):
        yield Record(record.line, [cell for cell in record.cells if cell], record.text)


def _delimited(lines: Iterable[str], dialect: Dialect) -> Iterator[Record]:
    """Records of one line, or of several where a quoted cell goes on; patience wears out."""
    stream = iter(lines)
    back: deque[str] = deque()
    number, patience = 0, OPEN_LINES
    while (line := back.popleft() if back else next(stream, None)) is not None:
        number += 1
        if not dialect.quote or dialect.quote not in line:
            yield Record(number, _plain(line, dialect), line.rstrip("\r\n"))
            continue
        taken = [line]
        cells = _quoted(line, dialect)
        while cells is None and len(taken) < patience:
            more = back.popleft() if back else next(stream, None)
            if more is None:
                break
            taken.append(more)
            cells = _quoted("".join(taken), dialect) if dialect.quote in more else None
        if cells is not None:
            yield Record(number, cells, "".join(taken).rstrip("\r\n"))
            number += len(taken) - 1
            continue
        back.extendleft(reversed(taken[1:]))
        patience = max(1, patience // 4)
        bare = [cell.strip(dialect.quote) for cell in _plain(line, dialect)]
        yield Record(number, bare, line.rstrip("\r\n"), broken=True)


def _plain(line: str, dialect: Dialect) -> list[str]:
    text = line.rstrip("\r\n")
    return text.split(dialect.delimiter) if text else []


def _quoted(text: str, dialect: Dialect) -> list[str] | None:
    """The cells of a record, or None while a quoted cell is still open."""
    form = {
        "delimiter": dialect.delimiter,
        "quotechar": dialect.quote,
        "escapechar": dialect.escape or None,
        "doublequote": not dialect.escape,
        "skipinitialspace": f"{dialect.delimiter} {dialect.quote}" in text,
    }
    text = text.rstrip("\r\n") if text.count("\n") <= 1 else text
    parts = text.splitlines(keepends=True)
    try:
        rows = list(csv.reader(parts, strict=True, **form))  # type: ignore[arg-type]
    except csv.Error as error:
        if "unexpected end" in str(error):
            return None
        return _lenient(text, dialect)
    return [cell for row in rows for cell in row]


def _lenient(text: str, dialect: Dialect) -> list[str] | None:
    """Cells where quotes also stand inside quoted cells: only one before a delimiter closes."""
    sign, mark = re.escape(dialect.quote), re.escape(dialect.delimiter)
    cell = re.compile(
        rf"\s*{sign}(?P<inner>.*?){sign}[ \t]*(?={mark}|\Z)|(?P<plain>[^{mark}]*)", re.DOTALL
    )
    text, at, cells = text.rstrip("\r\n"), 0, []
    while at <= len(text):
        match = cell.match(text, at)
        if match is None or (match["inner"] is None and match["plain"].startswith(dialect.quote)):
            return None
        inner = match["inner"]
        cells.append(
            match["plain"] if inner is None else inner.replace(dialect.quote * 2, dialect.quote)
        )
        at = match.end() + 1
    return cells
