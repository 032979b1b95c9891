"""Dates: the words of a period as a span of days, counted in Python from the session's today."""

from __future__ import annotations

import re
from calendar import month_abbr, month_name
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from .query import Period
from .words import Token

MONTHS = (
    {month_name[n].lower(): n for n in range(1, 13)}
    | {month_abbr[n].lower(): n for n in range(1, 13)}
    | {"sept": 9}
)
QUARTERS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3}
UNITS = {"day": "day", "week": "week", "month": "month", "quarter": "quarter", "year": "year"}
INSIDE = frozenset({"in", "during", "for", "of", "on", "from", "within", "throughout"})
OPEN = {
    ("since",): "since",
    ("starting",): "since",
    ("on", "or", "after"): "since",
    ("from",): "since",
    ("after",): "after",
    ("later", "than"): "after",
    ("before",): "before",
    ("earlier", "than"): "before",
    ("prior", "to"): "before",
    ("until",): "until",
    ("till",): "until",
    ("through",): "until",
    ("on", "or", "before"): "until",
    ("up", "to"): "until",
}
ONWARDS = frozenset({"onward", "onwards", "on"})


@dataclass(frozen=True)
class Day:
    """A written date: the days [start, end) it covers and how it is said."""

    start: date
    end: date
    phrase: str
    year_only: bool = False


def month_after(day: date, months: int) -> date:
    """The first of the month that lies `months` after the month of a day."""
    count = day.year * 12 + day.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def period_at(
    tokens: Sequence[Token], i: int, today: date, *, sunday: bool = False
) -> list[tuple[Period, int]]:
    """Periods that start at a token, each with where it ends; the longest first."""
    found = [
        *_between(tokens, i),
        *_opened(tokens, i),
        *_relative(tokens, i, today, sunday=sunday),
        *_plain(tokens, i),
    ]
    return sorted(found, key=lambda item: -item[1])


def _between(tokens: Sequence[Token], i: int) -> list[tuple[Period, int]]:
    joiner = {"between": ("and",), "from": ("to", "until", "through")}.get(_low(tokens, i))
    if not joiner:
        return []
    first = day_at(tokens, i + 1)
    if not first or _low(tokens, first[1]) not in joiner:
        return _month_range(tokens, i, joiner)
    second = day_at(tokens, first[1] + 1)
    if not second or second[0].end <= first[0].start:
        return []
    phrase = f"from {first[0].phrase} to {second[0].phrase}"
    return [(Period(phrase, first[0].start, second[0].end), second[1])]


def _month_range(
    tokens: Sequence[Token], i: int, joiner: tuple[str, ...]
) -> list[tuple[Period, int]]:
    """`from March to May 2023`: the first month takes the year of the second."""
    month = MONTHS.get(_low(tokens, i + 1))
    if not month or _low(tokens, i + 2) not in joiner:
        return []
    second = day_at(tokens, i + 3)
    if not second:
        return []
    start = date(second[0].start.year, month, 1)
    if start >= second[0].end:
        return []
    phrase = f"from {month_name[month]} to {second[0].phrase}"
    return [(Period(phrase, start, second[0].end), second[1])]


def _opened(tokens: Sequence[Token], i: int) -> list[tuple[Period, int]]:
    found = []
    for words, kind in OPEN.items():
        if tuple(_low(tokens, i + k) for k in range(len(words))) != words:
            continue
        day = day_at(tokens, i + len(words))
        if not day:
            continue
        end = day[1]
        if words == ("from",):
            if _low(tokens, end) not in ONWARDS:
                continue
            end += 1
        found.append((_open_period(kind, day[0]), end))
    return found


def _open_period(kind: str, day: Day) -> Period:
    phrase = f"{kind} {day.phrase}"
    if kind in {"since", "after"}:
        return Period(phrase, start=day.start if kind == "since" else day.end)
    return Period(phrase, end=day.start if kind == "before" else day.end)


def _plain(tokens: Sequence[Token], i: int) -> list[tuple[Period, int]]:
    preposition = _low(tokens, i) in INSIDE
    day = day_at(tokens, i + 1 if preposition else i)
    if not day or (day[0].year_only and not preposition and _low(tokens, i - 1) == "than"):
        return []
    word = "on" if (day[0].end - day[0].start).days == 1 else "in"
    return [(Period(f"{word} {day[0].phrase}", day[0].start, day[0].end), day[1])]


def _relative(
    tokens: Sequence[Token], i: int, today: date, *, sunday: bool
) -> list[tuple[Period, int]]:
    j = i + 1 if _low(tokens, i) in INSIDE or _low(tokens, i) == "over" else i
    if _low(tokens, j) == "the":
        j += 1
    word = _low(tokens, j)
    if word in {"today", "yesterday"}:
        start = today - timedelta(days=word == "yesterday")
        return [(Period(f"{word} ({start})", start, start + timedelta(days=1)), j + 1)]
    if word in {"last", "past", "previous"}:
        return _last(tokens, j, today, sunday=sunday)
    if word in {"this", "current"} and _unit(tokens, j + 1):
        unit = _unit(tokens, j + 1)
        start = floor(today, unit, sunday=sunday)
        return [(Period(f"this {unit} ({_name(start, unit)})", start, step(start, unit, 1)), j + 2)]
    if (word, _low(tokens, j + 1), _low(tokens, j + 2)) == ("year", "to", "date") or word == "ytd":
        start = date(today.year, 1, 1)
        end = j + 1 if word == "ytd" else j + 3
        return [(Period(f"from {start} to {today}", start, today + timedelta(days=1)), end)]
    return []


def _last(
    tokens: Sequence[Token], j: int, today: date, *, sunday: bool
) -> list[tuple[Period, int]]:
    unit = _unit(tokens, j + 1)
    if unit:
        if unit == "day" or not _singular(tokens, j + 1):
            return []
        end = floor(today, unit, sunday=sunday)
        start = step(end, unit, -1)
        return [(Period(f"last {unit} ({_name(start, unit)})", start, end), j + 2)]
    count = tokens[j + 1].number if j + 1 < len(tokens) else None
    unit = _unit(tokens, j + 2)
    if not count or not unit or count != int(count) or count > 1000:
        return []
    return [(last_units(today, unit, int(count)), j + 3)]


def last_units(today: date, unit: str, count: int) -> Period:
    """The `count` days, weeks, months, quarters or years that end with a day, that day included."""
    end = today + timedelta(days=1)
    start = end - timedelta(days=count * {"day": 1, "week": 7}.get(unit, 0))
    if unit in {"month", "quarter", "year"}:
        start = _back(end, count * {"month": 1, "quarter": 3, "year": 12}[unit])
    plural = unit if count == 1 else f"{unit}s"
    phrase = f"in the last {count} {plural} (from {start} to {today})"
    return Period(phrase, start, end, relative=True, words=(unit, count))


def _back(day: date, months: int) -> date:
    first = month_after(day, -months)
    last_day = (month_after(first, 1) - timedelta(days=1)).day
    return first.replace(day=min(day.day, last_day))


def floor(day: date, unit: str, *, sunday: bool = False) -> date:
    """The first day of the week, month, quarter or year of a day."""
    if unit == "week":
        return day - timedelta(days=(day.weekday() + sunday) % 7)
    if unit == "month":
        return day.replace(day=1)
    if unit == "quarter":
        return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    return date(day.year, 1, 1) if unit == "year" else day


def step(start: date, unit: str, count: int) -> date:
    """The start of the unit that lies `count` units after."""
    if unit in {"day", "week"}:
        return start + timedelta(days=count * (7 if unit == "week" else 1))
    return month_after(start, count * {"month": 1, "quarter": 3, "year": 12}[unit])


def _name(start: date, unit: str) -> str:
    if unit == "year":
        return str(start.year)
    if unit == "month":
        return f"{month_name[start.month]} {start.year}"
    if unit == "quarter":
        return f"Q{(start.month + 2) // 3} {start.year}"
    return f"from {start}"


def day_at(tokens: Sequence[Token], i: int) -> tuple[Day, int] | None:
    """A written date: ISO, a month with or without a day, a quarter, a decade, a year."""
    if _low(tokens, i) == "the":
        i += 1
    for read in (_iso, _month_first, _day_first, _quarter, _decade, _year):
        found = read(tokens, i)
        if found:
            return found
    return None


def _iso(tokens: Sequence[Token], i: int) -> tuple[Day, int] | None:
    found = re.fullmatch(r"(\d{4})-(\d{1,2})(?:-(\d{1,2}))?", _low(tokens, i))
    if not found:
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    made = _day(year or 0, month or 0, day) if day else _month(year or 0, month or 0)
    return (made, i + 1) if made else None


def _month_first(tokens: Sequence[Token], i: int) -> tuple[Day, int] | None:
    month = MONTHS.get(_low(tokens, i))
    if not month:
        return None
    j = i + 2 if _low(tokens, i + 1) in {",", "of"} else i + 1
    if year := _year_number(tokens, j):
        return _with_end(_month(year, month), j + 1)
    day = _ordinal(_low(tokens, i + 1))
    j = i + 3 if _low(tokens, i + 2) == "," else i + 2
    year = _year_number(tokens, j)
    return _with_end(_day(year, month, day), j + 1) if day and year else None


def _day_first(tokens: Sequence[Token], i: int) -> tuple[Day, int] | None:
    day = _ordinal(_low(tokens, i))
    j = i + 2 if _low(tokens, i + 1) == "of" else i + 1
    month = MONTHS.get(_low(tokens, j))
    year = _year_number(tokens, j + 1)
    return _with_end(_day(year, month, day), j + 2) if day and month and year else None


def _quarter(tokens: Sequence[Token], i: int) -> tuple[Day, int] | None:
    found = re.fullmatch(r"q([1-4])", _low(tokens, i))
    number = int(found.group(1)) if found else QUARTERS.get(_low(tokens, i), 0)
    j = i + 1 if found else i + 2
    if not number or (not found and _low(tokens, i + 1) != "quarter"):
        year = _year_number(tokens, i)
        after = re.fullmatch(r"q([1-4])", _low(tokens, i + 1))
        return _with_end(_quarter_of(year, int(after.group(1))), i + 2) if year and after else None
    j += _low(tokens, j) in {"of", "in"}
    year = _year_number(tokens, j)
    return _with_end(_quarter_of(year, number), j + 1) if year else None


def _quarter_of(year: int, number: int) -> Day:
    start = date(year, number * 3 - 2, 1)
    return Day(start, month_after(start, 3), f"Q{number} {year}")


def _decade(tokens: Sequence[Token], i: int) -> tuple[Day, int] | None:
    found = re.fullmatch(r"(1[5-9]\d0|20\d0)s", _low(tokens, i))
    if not found:
        return None
    year = int(found.group(1))
    return Day(date(year, 1, 1), date(year + 10, 1, 1), f"the {year}s", year_only=True), i + 1


def _year(tokens: Sequence[Token], i: int) -> tuple[Day, int] | None:
    j = i + 1 if _low(tokens, i) == "year" else i
    year = _year_number(tokens, j)
    if not year:
        return None
    return Day(date(year, 1, 1), date(year + 1, 1, 1), str(year), year_only=True), j + 1


def _year_number(tokens: Sequence[Token], i: int) -> int | None:
    low = _low(tokens, i)
    return int(low) if re.fullmatch(r"1[5-9]\d\d|20\d\d", low) else None


def _ordinal(low: str) -> int | None:
    found = re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)?", low)
    return int(found.group(1)) if found else None


def _day(year: int | None, month: int | None, day: int | None) -> Day | None:
    try:
        start = date(year or 0, month or 0, day or 0)
    except ValueError:
        return None
    phrase = f"{month_name[start.month]} {start.day}, {start.year}"
    return Day(start, start + timedelta(days=1), phrase)


def _month(year: int, month: int) -> Day | None:
    if not 1 <= month <= 12 or not 1 <= year <= 9998:
        return None
    start = date(year, month, 1)
    return Day(start, month_after(start, 1), f"{month_name[month]} {year}")


def _with_end(day: Day | None, end: int) -> tuple[Day, int] | None:
    return (day, end) if day else None


def _unit(tokens: Sequence[Token], i: int) -> str:
    return UNITS.get(tokens[i].stem, "") if 0 <= i < len(tokens) else ""


def _singular(tokens: Sequence[Token], i: int) -> bool:
    return not tokens[i].low.endswith("s")


def _low(tokens: Sequence[Token], i: int) -> str:
    return tokens[i].low if 0 <= i < len(tokens) else ""
