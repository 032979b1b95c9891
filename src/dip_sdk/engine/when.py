"""Days and periods as people write them: `12 November 2026`, `November 2026`, `Q4 2026`."""

from __future__ import annotations

import re
from datetime import date

from ..types.values import Wire

UNITS = ("year", "quarter", "month", "week", "day", "hour")

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DAY = re.compile(r"(\d{4})-(\d\d)(?:-(\d\d))?")


def day(value: Wire) -> str:
    """`12 November 2026` for a date or timestamp on the wire; anything else as it is."""
    found = _date(value)
    return f"{found.day} {_MONTHS[found.month - 1]} {found.year}" if found else str(value)


def period(value: Wire, unit: str) -> str:
    """The name of the period that begins at `value`: `November 2026`, `Q4 2026`, `2026`."""
    found = _date(value)
    if found is None:
        return str(value)
    if unit == "year":
        return str(found.year)
    if unit == "quarter":
        return f"Q{(found.month + 2) // 3} {found.year}"
    if unit == "month":
        return f"{_MONTHS[found.month - 1]} {found.year}"
    if unit == "week":
        return f"the week of {day(value)}"
    if unit == "hour" and len(str(value)) >= 16:
        return f"{day(value)} {str(value)[11:16]}"
    return day(value)


def place(value: Wire) -> str:
    """What dates, years, hours and weekdays are put in their order by."""
    said = str(value)
    return str(_WEEKDAYS.index(said)) if said in _WEEKDAYS else said.zfill(4)


def unit_of(phrase: str) -> str:
    """The period a phrase speaks of: "month of ordered" -> month; "" when it names none."""
    said = re.findall(r"[a-z]+", phrase.casefold())
    return next((unit for unit in UNITS if unit in said), "")


def _date(value: Wire) -> date | None:
    match = _DAY.match(value) if isinstance(value, str) else None
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3] or 1))
    except ValueError:
        return None
