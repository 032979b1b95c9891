"""Splits delimited text into records, one at a time, whatever the quotes in it do."""

from __future__ import annotations

import csv
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
    number = 0
    waiting: list[str] = []
    for line in lines:
        number += 1
        if not waiting and (not dialect.quote or dialect.quote not in line):
            yield Record(number, _plain(line, dialect), line.rstrip("\r\n"))
            continue
        waiting.append(line)
        if len(waiting) > 1 and dialect.quote not in line and len(waiting) < OPEN_LINES:
            continue
        whole = "".join(waiting)
        cells = _quoted(whole, dialect)
        if cells is not None:
            yield Record(number - len(waiting) + 1, cells, whole.rstrip("\r\n"))
            waiting = []
        elif len(waiting) >= OPEN_LINES:
            yield from _given_up(waiting, number, dialect)
            waiting = []
    if waiting:
        yield from _given_up(waiting, number, dialect)


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
        "skipinitialspace": dialect.delimiter == ",",
    }
    text = text.rstrip("\r\n") if text.count("\n") <= 1 else text
    parts = text.splitlines(keepends=True)
    try:
        rows = list(csv.reader(parts, strict=True, **form))  # type: ignore[arg-type]
    except csv.Error as error:
        if "unexpected end" in str(error):
            return None
        try:
            rows = list(csv.reader(parts, **form))  # type: ignore[arg-type]
        except csv.Error:
            return None
    return [cell for row in rows for cell in row]


def _given_up(waiting: list[str], last: int, dialect: Dialect) -> Iterator[Record]:
    """Lines after a quote that never closed: the first as it stands, the rest read anew."""
    first = last - len(waiting) + 1
    head, rest = waiting[0], waiting[1:]
    cells = [cell.strip(dialect.quote) for cell in _plain(head, dialect)]
    yield Record(first, cells, head.rstrip("\r\n"), broken=True)
    for record in _delimited(rest, dialect):
        yield Record(first + record.line, record.cells, record.text, record.broken)
