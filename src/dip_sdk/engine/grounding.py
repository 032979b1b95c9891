"""Are the numbers of a text among those that were computed? Each is looked up, none is believed.

A number counts as found when it is a cell of a computed table, exact or as rounded in the text; a
count of rows; or a number of the question or of a statement. Words that are cells or names
("Boeing 737") are no numbers. What cannot be found is marked where it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from ..types.result import Check
from ..types.values import Wire
from ..worker.runner import Made

MARK = " [not in the results]"

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"(?P<month>(?:{'|'.join(_MONTHS)})[a-z]*)\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>\d{4})"
_DATES = tuple(
    re.compile(rf"(?<!\w){pattern}(?!\w)", re.IGNORECASE)
    for pattern in (
        rf"{_YEAR}-(?P<month>\d\d)(?:-{_DAY})?",
        rf"{_DAY}\s+(?:of\s+)?{_MONTH},?\s+{_YEAR}",
        rf"{_MONTH}\s+{_DAY},?\s+{_YEAR}",
        rf"{_MONTH},?\s+{_YEAR}",
    )
)
"""Ways to write a date, the longest first."""
_CLOCK = re.compile(r"\d{1,3}(?::\d{2})+(?:\.\d+)?")
_NUMBER = re.compile(
    r"(?<![\w.,])(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?:e(?P<power>[-+]?\d+))?"
    r"(?:\s?(?P<percent>%|percent\b)|\s?(?P<scale>thousand|million|billion|bn|[kmb])\b)?"
    r"(?P<ordinal>st|nd|rd|th)?(?!\w)",
    re.IGNORECASE,
)
_HEDGE = re.compile(
    r"(?:about|around|roughly|nearly|almost|approximately|over|under|more than|less than|~|≈)"
    r"\s*[$€£¥]?$",
    re.IGNORECASE,
)
_SCALES = {"k": 3, "thousand": 3, "m": 6, "million": 6, "b": 9, "bn": 9, "billion": 9}
_ISO = re.compile(r"(\d{4})-(\d\d)(?:-(\d\d))?")
_HALF = Decimal("0.5000001")
_LOOSE = Decimal("0.05")
"""How far, as a share, a number may lie from what the text says is "about" it."""


class Day(NamedTuple):
    """A date as far as it is given; 0 where it is not."""

    year: int
    month: int = 0
    day: int = 0


@dataclass(frozen=True)
class Known:
    """What a text may speak of."""

    numbers: frozenset[Decimal]
    days: frozenset[Day]
    words: tuple[str, ...]
    """Names and cells with digits in them, the longest first."""

    @classmethod
    def of(
        cls,
        made: Iterable[Made],
        *,
        said: Iterable[str] = (),
        counts: Iterable[int] = (),
        params: Mapping[str, Wire] | None = None,
    ) -> Known:
        """From computed tables, texts that were there before (question, statements), and counts."""
        tables = tuple(made)
        cells = [cell for table in tables for row in table.preview for cell in row]
        cells += (params or {}).values()
        texts = [cell for cell in cells if isinstance(cell, str)]
        told = [*texts, *said]
        names = [column.name for table in tables for column in table.columns]
        numbers = {abs(number) for cell in cells if (number := _decimal(cell)) is not None}
        numbers |= {Decimal(count) for count in (*counts, *(table.rows for table in tables))}
        numbers |= {value.number for text in said for value in _values(text)}
        days = {day for text in told for day in _days(text)}
        words = {word for word in (*texts, *names) if _is_word(word)}
        return cls(
            numbers=frozenset(numbers | {Decimal(day.year) for day in days}),
            days=frozenset(days),
            words=tuple(sorted(words, key=len, reverse=True)),
        )


class Span(NamedTuple):
    """Where a number stands in a text."""

    start: int
    end: int
    text: str


class _Value(NamedTuple):
    span: Span
    number: Decimal
    tolerance: Decimal
    percent: bool


def unfound(text: str, known: Known) -> tuple[Span, ...]:
    """The numbers and dates of a text that are nowhere among what is known, in their order."""
    left = _without_words(text, known.words)
    missing = []
    for pattern in _DATES:
        dates = list(pattern.finditer(left))
        missing += [_span(match) for match in dates if not _has_day(_day(match), known.days)]
        left = pattern.sub(lambda match: " " * len(match.group()), left)
    missing += [value.span for value in _values(left) if not _has_number(value, known.numbers)]
    return tuple(sorted(missing))


def marked(text: str, spans: Sequence[Span]) -> str:
    """The text with a mark behind each of the spans."""
    for span in sorted(spans, reverse=True):
        text = f"{text[: span.end]}{MARK}{text[span.end :]}"
    return text


def ungrounded(spans: Sequence[Span]) -> Check:
    """The finding that numbers of a text are in no result."""
    said = ", ".join(dict.fromkeys(span.text for span in spans))
    words = "a number that is" if len(spans) == 1 else "numbers that are"
    return Check(
        code="ungrounded_number",
        message=f"The explanation gives {words} in no computed result: {said}.",
        numbers={"unfound": len(spans)},
    )


def _span(match: re.Match[str]) -> Span:
    return Span(match.start(), match.end(), match.group())


def _values(text: str) -> Iterator[_Value]:
    for match in _NUMBER.finditer(_CLOCK.sub(lambda clock: " " * len(clock.group()), text)):
        digits = match["digits"].replace(",", "")
        scale = _SCALES.get((match["scale"] or "").lower(), 0) + int(match["power"] or 0)
        decimals = len(digits.partition(".")[2])
        number = Decimal(digits).scaleb(scale)
        tolerance = _HALF.scaleb(scale - decimals)
        if _HEDGE.search(text[: match.start()].rstrip() + " "):
            tolerance = max(tolerance, number * _LOOSE)
        yield _Value(_span(match), number, tolerance, bool(match["percent"]))


def _has_number(value: _Value, numbers: frozenset[Decimal]) -> bool:
    wanted = [(value.number, value.tolerance)]
    if value.percent:
        wanted.append((value.number / 100, value.tolerance / 100))
    return any(
        abs(number - known) <= tolerance for number, tolerance in wanted for known in numbers
    )


def _has_day(wanted: Day, days: frozenset[Day]) -> bool:
    """A full date is known as such; a month or year also lies between two that are known."""
    if any(day[: _parts(wanted)] == wanted[: _parts(wanted)] for day in days):
        return True
    if wanted.day or not days:
        return False
    return min(days)[:2] <= wanted[:2] <= max(days)[:2]


def _parts(day: Day) -> int:
    return 3 if day.day else 2 if day.month else 1


def _days(text: str) -> Iterator[Day]:
    for match in _ISO.finditer(text):
        year, month, day = match.groups()
        yield Day(int(year), int(month), int(day or 0))
    for pattern in _DATES[1:]:
        yield from (_day(match) for match in pattern.finditer(text))


def _day(match: re.Match[str]) -> Day:
    parts = match.groupdict()
    month = parts["month"]
    number = int(month) if month.isdigit() else _MONTHS.index(month[:3].lower()) + 1
    return Day(int(parts["year"]), number, int(parts.get("day") or 0))


def _decimal(cell: Wire) -> Decimal | None:
    if isinstance(cell, bool) or not isinstance(cell, (int, float, str)):
        return None
    try:
        number = Decimal(str(cell).replace(",", ""))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _is_word(text: str) -> bool:
    """A text with digits that is neither a number nor a date."""
    has_digits = any(letter.isdigit() for letter in text)
    return has_digits and _decimal(text) is None and not _ISO.match(text)


def _without_words(text: str, words: Sequence[str]) -> str:
    for word in words:
        found = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)", re.IGNORECASE)
        text = found.sub(lambda match: "·" * len(match.group()), text)
    return text
