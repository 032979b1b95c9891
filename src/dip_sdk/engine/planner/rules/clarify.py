"""Clarifying: several plausible readings are all computed; where they differ, the user chooses."""

from __future__ import annotations

from collections.abc import Generator, Sequence

from ....types.result import Clarification, Option
from ..base import Done, Outcome, Probe, Proposal, View
from ..preview import preview
from .compile import Compiled
from .steps import plan_of
from .telling import title_of

MAX_OPTIONS = 4
_PROBE_ROWS = 20

Looking = Generator[Proposal, Outcome, Compiled | Clarification | None]


def agreed(readings: Sequence[Compiled], question: str, view: View) -> Looking:
    """The one reading, where all give the same rows; else the question which one is meant.

    None when no reading runs.
    """
    if len(readings) == 1:
        return readings[0]
    found: list[tuple[Compiled, Done]] = []
    for reading in readings:
        outcome = yield Probe(reading.sql, reading.params, _PROBE_ROWS)
        if isinstance(outcome, Done) and not any(
            _same(outcome, known, ordered=_ordered(reading, other)) for other, known in found
        ):
            found.append((reading, outcome))
    if len(found) <= 1:
        return found[0][0] if found else None
    return _clarification(found[:MAX_OPTIONS], question, view)


def offered(reading: Compiled, question: str, view: View) -> Looking:
    """A reading that is offered with its rows instead of answering; None where it does not run."""
    outcome = yield Probe(reading.sql, reading.params, _PROBE_ROWS)
    if not isinstance(outcome, Done):
        return None
    option = Option(
        label=title_of(reading.query),
        value=plan_of(reading, question, view),
        preview=preview(outcome),
    )
    return Clarification(question="Is this what you mean?", options=(option,))


def _ordered(one: Compiled, other: Compiled) -> bool:
    """An order was asked for: two that differ in it alone are not the same."""
    return bool(one.query.sort or other.query.sort or one.query.limit or other.query.limit)


def _same(one: Done, other: Done, *, ordered: bool) -> bool:
    if one.rows != other.rows or one.preview == other.preview:
        return one.rows == other.rows
    whole = len(one.preview) == one.rows
    return (
        whole and not ordered and sorted(map(str, one.preview)) == sorted(map(str, other.preview))
    )


def _clarification(found: list[tuple[Compiled, Done]], question: str, view: View) -> Clarification:
    labels = _labels([reading for reading, _ in found])
    options = tuple(
        Option(label=label, value=plan_of(reading, question, view), preview=preview(done))
        for label, (reading, done) in zip(labels, found, strict=True)
    )
    return Clarification(question="Which of these do you mean?", options=options)


def _labels(readings: list[Compiled]) -> list[str]:
    """What tells the readings apart: their titles, and the join or table where those agree."""
    titles = [title_of(r.query) for r in readings]
    more = [
        f"{title} (by {r.via})" if r.via else f"{title} (from {r.query.base})"
        for title, r in zip(titles, readings, strict=True)
    ]
    full = [m if titles.count(t) > 1 else t for t, m in zip(titles, more, strict=True)]
    return [f"{t} ({n})" if full.count(t) > 1 else t for n, t in enumerate(full, start=1)]
