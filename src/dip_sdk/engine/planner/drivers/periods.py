"""Which two periods are compared: as they were named, or the last two whole ones of the data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeAlias

from ....types.operations.drivers import Days, period_name
from ..rules.dates import floor, month_after, step

UNITS = ("year", "quarter", "month", "week", "day")
MOST_YEARS = 200


class UnclearError(Exception):
    """The two sides of the comparison cannot be told; the message says why, in plain words."""


@dataclass(frozen=True)
class Span:
    """Days that are written out: "March 2024", "2023"."""

    start: date
    end: date


@dataclass(frozen=True)
class Named:
    """A month or a quarter without its year."""

    unit: str
    number: int

    def span(self, year: int) -> Span:
        months = 1 if self.unit == "month" else 3
        start = date(year, (self.number - 1) * months + 1, 1)
        return Span(start, month_after(start, months))


@dataclass(frozen=True)
class Back:
    """A period told by the other: the one before it, or ("year") the same one a year earlier."""

    unit: str


Mention: TypeAlias = Span | Named | Back


@dataclass(frozen=True)
class Extent:
    """The days that the data hold."""

    first: date
    last: date
    step: float = 1.0
    """Days from one to the next, rarely more: 31 where each month is one day."""

    def touches(self, span: Span) -> bool:
        return span.start <= self.last and span.end > self.first

    def holds(self, span: Span) -> bool:
        """From its first day to its last, as far as the steps of the data tell."""
        near = timedelta(days=max(1.0, self.step * 1.1))
        return self.first - span.start < near and span.end - self.last <= near


def compared(
    after: Mention | None, before: Mention | None, extent: Extent, *, sunday: bool = False
) -> list[tuple[Days, Days]]:
    """The pairs of periods (before, after) that may be meant; several where a year is open.

    Raises `UnclearError`.
    """
    if after is None or isinstance(after, Back):
        if before is not None:
            raise UnclearError("Only one of the two periods is named. Name both, as in "
                          "'from February 2024 to March 2024'.")  # fmt: skip
        _, pair = last_whole(extent, after.unit if after else "", sunday=sunday)
        return [pair]
    pairs = []
    for span in _spans(after, before, extent):
        earlier = _before(span, before)
        if earlier.end > span.start and before is not None:
            raise UnclearError(
                f"{period_name(earlier.start, earlier.end)} does not lie before "
                f"{period_name(span.start, span.end)}."
            )
        pairs.append((earlier, span))
    both = [pair for pair in pairs if all(extent.touches(span) for span in pair)] or pairs[:1]
    return [((a.start, a.end), (b.start, b.end)) for a, b in both]


def last_whole(
    extent: Extent, unit: str = "", *, sunday: bool = False
) -> tuple[str, tuple[Days, Days]]:
    """The last two whole periods that the data hold, of the longest unit that has two."""
    for each in (unit,) if unit else UNITS:
        start = floor(extent.last, each, sunday=sunday)
        end = step(start, each, 1)
        if not extent.holds(Span(extent.last, end)):
            end = start
        after = Span(step(end, each, -1), end)
        before = Span(step(end, each, -2), after.start)
        if extent.holds(Span(before.start, after.end)):
            return each, ((before.start, before.end), (after.start, after.end))
    raise UnclearError(
        f"The data, from {extent.first} to {extent.last}, hold no two whole "
        f"{f'{unit}s' if unit else 'periods'} to compare."
    )


def _spans(after: Span | Named, before: Mention | None, extent: Extent) -> list[Span]:
    """The spans that a period may be: a month without a year, of each year of the data."""
    if isinstance(after, Span):
        return [after]
    if isinstance(before, Span):
        first = after.span(before.start.year)
        return [first if first.start >= before.end else after.span(before.start.year + 1)]
    years = range(extent.first.year, min(extent.last.year, extent.first.year + MOST_YEARS) + 1)
    found = [span for year in years if extent.touches(span := after.span(year))]
    if not found:
        name = period_name(*_days(after.span(extent.last.year))).rsplit(" ", 1)[0]
        raise UnclearError(f"There is no {name} in the data: they go from {extent.first} to "
                      f"{extent.last}.")  # fmt: skip
    return found


def _before(span: Span, before: Mention | None) -> Span:
    match before:
        case Span():
            return before
        case Named():
            same = before.span(span.start.year)
            return same if same.end <= span.start else before.span(span.start.year - 1)
        case Back(unit="year"):
            return _year_earlier(span)
        case Back(unit=unit) if unit not in {"", unit_of(span)}:
            raise UnclearError(f"It is not clear which {unit} lies before "
                          f"{period_name(span.start, span.end)}.")  # fmt: skip
    return _just_before(span)


def _just_before(span: Span) -> Span:
    """The days before, of the same length: as many months where it is made of months."""
    if span.start.day == 1 and span.end.day == 1:
        return Span(month_after(span.start, -_months(span)), span.start)
    return Span(span.start - (span.end - span.start), span.start)


def _year_earlier(span: Span) -> Span:
    return Span(_a_year_before(span.start), _a_year_before(span.end))


def _a_year_before(day: date) -> date:
    last = (month_after(day, -11) - timedelta(days=1)).day
    return date(day.year - 1, day.month, min(day.day, last))


def unit_of(span: Span) -> str:
    """The unit that a span is one of; "" for another length."""
    days = (span.end - span.start).days
    if span.start.day == 1 and span.end.day == 1:
        return {1: "month", 3: "quarter", 12: "year"}.get(_months(span), "")
    return {1: "day", 7: "week"}.get(days, "")


def _months(span: Span) -> int:
    return (span.end.year - span.start.year) * 12 + span.end.month - span.start.month


def _days(span: Span) -> Days:
    return span.start, span.end
