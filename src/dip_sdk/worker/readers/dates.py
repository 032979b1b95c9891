"""Dates, times and timestamps as people write them, and which of day and month comes first."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from .base import literal

_PIECES = {
    "%Y": r"[0-9]{4}", "%y": r"[0-9]{2}",
    "%m": r"(?:1[0-2]|0?[1-9])", "%d": r"(?:[12][0-9]|3[01]|0?[1-9])",
    "%H": r"(?:2[0-3]|[01]?[0-9])", "%I": r"(?:1[0-2]|0?[1-9])",
    "%M": r"[0-5][0-9]", "%S": r"[0-5][0-9]",
    "%f": r"[0-9]{1,6}", "%p": r"[AaPp][Mm]", "%z": r"[+-][0-9]{2}:?[0-9]{2}",
    "%b": r"(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)",
    "%B": r"(?i:january|february|march|april|may|june|july|august|september|october|november"
          r"|december)",
    "%a": r"(?i:mon|tue|wed|thu|fri|sat|sun)",
    "%A": r"(?i:monday|tuesday|wednesday|thursday|friday|saturday|sunday)",
}  # fmt: skip
"""Longer numbers first: the beginning of a value is matched too, and "15" is not day 1."""
_DAYS = tuple(
    order.replace("-", mark)
    for mark in "/-."
    for order in ("%Y-%m-%d", "%d-%m-%Y", "%m-%d-%Y", "%d-%m-%y", "%m-%d-%y")
) + tuple(
    form
    for month in ("%b", "%B")
    for form in (
        f"%d {month} %Y", f"%d-{month}-%Y", f"%d-{month}-%y", f"%d/{month}/%Y", f"{month} %d, %Y",
        f"{month} %d %Y", f"%d {month}, %Y", f"%Y-{month}-%d", f"%a, %d {month} %Y",
        f"%A, {month} %d, %Y", f"%A, %d {month} %Y",
    )
)  # fmt: skip
_CLOCKS = ("%H:%M:%S", "%H:%M", "%H:%M:%S.%f", "%I:%M:%S %p", "%I:%M %p", "%I:%M%p", "%I:%M:%S%p")
_MARKS = (" ", "T", ", ", ":")
_LIKELY = re.compile(r"\d[-/.]\d{1,2}[-/.]\d|\d:\d|\d[-/ ,]+[A-Za-z]{3}|[A-Za-z]{3}[-/ ,]+\d")
"""What a date or time holds somewhere; columns without it are passed over quickly."""
_DAY_FIRST = tuple(f"%d{mark}%m" for mark in "/-.")
_MONTH_FIRST = tuple(f"%m{mark}%d" for mark in "/-.")
_ZONES = ("", "Z", " UTC", "%z", " %z")


@dataclass(frozen=True)
class Reading:
    """A way to read a column's text as dates, timestamps or times."""

    formats: tuple[str, ...]
    type: str
    day_first: bool | None = None
    """None where the formats leave no doubt by themselves."""

    def sql(self, x: str) -> str:
        """The value in the text `x`; null where it is not of these formats."""
        tests = " ".join(
            f"when regexp_full_match({x}, {literal(_pattern(form))}) then {_parse(x, form)}"
            for form in self.formats
        )
        return f"try_cast(case {tests} end as {self.type})"


def _parse(x: str, form: str) -> str:
    return f"try_strptime({x}, {literal(form)})"


@cache
def _pattern(form: str) -> str:
    return re.sub(r"%[A-Za-z]|[^%]", lambda m: _PIECES.get(m[0]) or re.escape(m[0]), form)


@cache
def _compiled(form: str) -> re.Pattern[str]:
    return re.compile(_pattern(form))


def readings(values: Sequence[str]) -> list[Reading]:
    """The ways to read most of these values, at most two: month first and day first."""
    if sum(map(bool, map(_LIKELY.search, values))) < 0.5 * len(values):
        return []
    if times := _cover(values, _clocks):
        return [Reading(times, "TIME")]
    found = [
        Reading(forms, _type(forms), first if any(map(_ordered, forms)) else None)
        for first in (False, True)
        if (forms := _cover(values, _month_first if not first else _day_first))
    ]
    return found[:1] if len(found) == 2 and found[0].formats == found[1].formats else found


def _clocks(value: str) -> list[str]:
    return [clock for clock in _CLOCKS if _compiled(clock).fullmatch(value)]


def _month_first(value: str) -> list[str]:
    return [form for form in _stamps(value) if not form.startswith(_DAY_FIRST)]


def _day_first(value: str) -> list[str]:
    return [form for form in _stamps(value) if not form.startswith(_MONTH_FIRST)]


@cache
def _stamps(value: str) -> tuple[str, ...]:
    """All formats of dates and timestamps that read one value."""
    found = []
    for day in _DAYS:
        if match := _compiled(day).match(value):
            rest = value[match.end() :]
            found += [day + form for form in (_rests(rest) if rest else [""])]
    return tuple(found)


def _rests(text: str) -> list[str]:
    """Formats of what follows a date: a mark, a time and perhaps a zone."""
    return [
        mark + clock + zone
        for mark in _MARKS if text.startswith(mark)
        for clock in _CLOCKS for zone in _ZONES
        if _compiled(mark + clock + zone).fullmatch(text)
    ]  # fmt: skip


def _ordered(form: str) -> bool:
    """Whether a format says which of two numbers is the day."""
    return form.startswith(_DAY_FIRST + _MONTH_FIRST)


def _type(forms: Iterable[str]) -> str:
    """The SQL type of what formats read; "" where only some name a zone."""
    zones = {"%z" in form or form.endswith(("Z", " UTC")) for form in forms}
    if True in zones:
        return "TIMESTAMPTZ" if zones == {True} else ""
    return "TIMESTAMP" if any("%M" in form for form in forms) else "DATE"


def _cover(values: Sequence[str], forms_of: Callable[[str], Sequence[str]]) -> tuple[str, ...]:
    """The fewest formats, at most three, that together read most of the values."""
    left, misses = list(values), 0
    chosen: list[str] = []
    while left and len(chosen) < 3 and misses <= 0.5 * len(values):
        hits = [(form, _compiled(form)) for form in forms_of(left[0])]
        if not hits:
            left, misses = left[1:], misses + 1
            continue
        counted = [(sum(map(bool, map(p.fullmatch, left))), form, p) for form, p in hits]
        _, form, pattern = max(counted, key=lambda item: item[0])
        chosen.append(form)
        left = [value for value in left if not pattern.fullmatch(value)]
    covered = len(values) - len(left) - misses
    return tuple(chosen) if chosen and covered >= 0.5 * len(values) else ()
