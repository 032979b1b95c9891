"""Settling what only the data can tell: the grain of a trend, the day "the last 30 days" end."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from dataclasses import replace
from datetime import date

from ....types.sql import quoted
from ..base import Done, Outcome, Probe, Proposal
from .compile import Compiled, compiled
from .dates import last_units
from .linking import Index
from .query import Col, Condition, Key, Query

AUTO = "auto"


def settled(reading: Compiled, index: Index) -> Generator[Proposal, Outcome, Compiled]:
    """The reading with its open ends decided by a look at the data's first and last day."""
    query = reading.query
    for key in query.keys:
        if key.grain == AUTO:
            first, last = yield from _span(key.col)
            query = _with_grain(query, key, first, last)
    for condition in query.conditions:
        if condition.period and condition.period.relative and condition.col.temporal:
            _, last = yield from _span(condition.col)
            query = _anchored(query, condition, last)
    if query is reading.query:
        return reading
    ways = compiled(query, index)
    return next((way for way in ways if way.via == reading.via), ways[0])


def sole(readings: Iterable[Compiled]) -> Generator[Proposal, Outcome, list[Compiled]]:
    """The readings without those of "the only one" that find more than one, or none."""
    kept = []
    for reading in readings:
        if not reading.query.only:
            kept.append(reading)
            continue
        outcome = yield Probe(reading.sql, reading.params, limit=2)
        if isinstance(outcome, Done) and len(outcome.preview) == 1:
            kept.append(reading)
    return kept


def _span(col: Col) -> Generator[Proposal, Outcome, tuple[date | None, date | None]]:
    column = quoted(col.name)
    sql = (
        f'select cast(min({column}) as date) as "first", cast(max({column}) as date) as "last" '
        f"from {quoted(col.table)}"
    )
    outcome = yield Probe(sql, limit=1)
    if not isinstance(outcome, Done) or not outcome.preview:
        return None, None
    first, last = (_date(value) for value in outcome.preview[0])
    return first, last


def _date(value: object) -> date | None:
    return date.fromisoformat(value[:10]) if isinstance(value, str) else None


def _with_grain(query: Query, key: Key, first: date | None, last: date | None) -> Query:
    days = (last - first).days if first and last else 365
    grain = "day" if days <= 62 else "month" if days <= 5 * 366 else "year"
    keys = tuple(replace(k, grain=grain) if k == key else k for k in query.keys)
    return replace(query, keys=keys)


def _anchored(query: Query, condition: Condition, last: date | None) -> Query:
    """A span that begins after the data ends is counted from the data's last day, and says so."""
    period = condition.period
    if period is None or last is None or period.start is None or period.start <= last:
        return query
    unit, count = period.words
    moved = last_units(last, unit, count)
    phrase = moved.phrase.replace("in the last", "in the data's last", 1)
    changed = replace(condition, period=replace(moved, phrase=phrase))
    return replace(
        query, conditions=tuple(changed if c == condition else c for c in query.conditions)
    )
