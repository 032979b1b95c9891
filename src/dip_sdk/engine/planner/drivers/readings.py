"""The ways to read a question about a change: each a breakdown that can be run."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeAlias

from ....types.operations.drivers import Contribution, Days
from ....types.plan import AnswerStep, OperationStep, Reading, SqlStep
from ....types.sql import literal, quoted
from ....types.values import Wire
from ..base import Outcome, Probe, Proposal, Refused
from ..rules.filters import is_year
from ..rules.linking import Hit
from ..rules.query import Col
from ..rules.sentence import Sentence
from .grammar import Asked
from .measure import Found, Measure
from .periods import Back, Extent, UnclearError, compared
from .rest import Rest, column_named
from .rows import Seen, Source, source

BREAKDOWN = "breakdown"
Sides: TypeAlias = tuple[Days, Days] | tuple[str, str]
"""Before and after: two periods, or two values."""


@dataclass(frozen=True)
class Question:
    """A question about a change, read as far as its words alone go."""

    s: Sentence
    asked: Asked
    found: Found
    rest: Rest
    seen: Seen

    @property
    def unnamed(self) -> bool:
        """It names no period and no values to compare."""
        return self.rest.other is None and (
            self.rest.after is None or isinstance(self.rest.after, Back)
        )


@dataclass(frozen=True)
class Change:
    """One reading: an operation and the rows it reads."""

    operation: Contribution
    source: Source
    measure: Measure
    across: Col

    @property
    def label(self) -> str:
        before, after = self.operation.sides
        told = f"{self.measure.told}, {after} against {before}"
        return told[:1].upper() + told[1:]

    @property
    def steps(self) -> tuple[SqlStep | OperationStep | AnswerStep, ...]:
        told, table = self.operation.told, self.source.table
        step = OperationStep(name=BREAKDOWN, title=told, table=table, operation=self.operation)
        reading = Reading(
            measure=f"the change in {self.operation.measure}", sources=(self.measure.table,)
        )
        answer = AnswerStep(table=BREAKDOWN, reading=reading)
        return (self.source.step, step, answer) if self.source.step else (step, answer)


def changes(q: Question) -> Generator[Proposal, Outcome, list[Change]]:
    """The readings, the data looked at for the periods they hold. Raises `UnclearError`."""
    if not q.found.measures:
        raise UnclearError(f"Nothing in the data that can be compared is called '{q.found.words}'.")
    if q.rest.strange:
        strange = ", ".join(f"'{word}'" for word in q.rest.strange)
        raise UnclearError(f"The change of {q.found.words} is understood, but not {strange}.")
    by = _dimensions(q)
    made: list[Change] = []
    failed: list[UnclearError] = []
    for measure in q.found.measures:
        try:
            made += yield from _of(q, measure, by)
        except UnclearError as error:
            failed.append(error)
    if not made:
        raise failed[0]
    return made


def _of(
    q: Question, measure: Measure, by: tuple[Col, ...]
) -> Generator[Proposal, Outcome, list[Change]]:
    """The readings that measure this: one for each column of dates and each pair of periods."""
    made = []
    for across in _across(q, measure):
        pairs = [_values(q)] if q.rest.other else (yield from _periods(q, measure, across))
        made += [_change(q, measure, across, pair, by) for pair in pairs]
    return made


def _dimensions(q: Question) -> tuple[Col, ...]:
    """The columns that the question wants the change broken down by; dates are none."""
    by = [col for col in q.rest.by if not col.temporal]
    if q.asked.by:
        named = column_named(replace(q.s, tokens=q.asked.by))
        if named is None:
            raise UnclearError(f"'{' '.join(t.text for t in q.asked.by)}' names no column.")
        by = [named, *by]
    return tuple(dict.fromkeys(by))


def _across(q: Question, measure: Measure) -> list[Col]:
    """The columns that may tell the two sides apart."""
    if q.rest.other:
        return [q.rest.other.col]
    if dates := [col for col in q.rest.by if col.temporal]:
        return dates
    index = q.s.index
    own = index.columns(measure.table)
    near = [
        col
        for hop in index.graph.hops[measure.table]
        if hop.unique
        for col in index.columns(hop.to_table)
    ]
    for columns in (own, near):
        for fits in (lambda c: c.temporal, is_year):
            if found := [col for col in columns if fits(col)]:
                return list(dict.fromkeys(found))
    raise UnclearError(f"{measure.table} has no column of dates to compare periods by.")


def _values(q: Question) -> tuple[str, str]:
    """Two values of one column: "higher in the North than in the South"."""
    rest = q.rest
    if rest.cell is None or rest.other is None or rest.cell.col != rest.other.col:
        raise UnclearError("Only one side of the comparison is named.")
    if rest.cell == rest.other:
        raise UnclearError("Both sides of the comparison are the same.")
    if rest.after or rest.before:
        raise UnclearError("It compares two values and two periods at once: ask for one of them.")
    return _spelt(rest.other), _spelt(rest.cell)


def _spelt(hit: Hit) -> str:
    if len(hit.cells) > 1:
        ways = " and ".join(repr(cell) for cell in hit.cells[:3])
        raise UnclearError(f"{hit.col.label} is spelt in several ways: {ways}.")
    return hit.cells[0]


def _periods(
    q: Question, measure: Measure, across: Col
) -> Generator[Proposal, Outcome, list[Sides]]:
    extent = yield from _extent(across)
    if q.unnamed and extent.first <= q.s.today:  # what is yet to come is no whole period
        extent = replace(extent, last=min(extent.last, q.s.today))
    pairs = compared(q.rest.after, q.rest.before, extent, sunday=q.s.sunday)
    if not is_year(across):
        return list(pairs)
    if any(day.month != 1 or day.day != 1 for pair in pairs for side in pair for day in side):
        raise UnclearError(f"{measure.table} has no dates, only {across.label}: compare years.")
    return [(str(before[0].year), str(after[0].year)) for before, after in pairs]


def _extent(across: Col) -> Generator[Proposal, Outcome, Extent]:
    """The first and the last day of a column, and how far apart its days are."""
    table, name = quoted(across.table), quoted(across.name)
    day = f"make_date({name}, 1, 1)" if is_year(across) else f"CAST({name} AS DATE)"
    outcome = yield Probe(
        "SELECT min(day), max(day), quantile_cont(step, 0.95) FROM (SELECT day, "
        f"day - lag(day) OVER (ORDER BY day) AS step FROM (SELECT DISTINCT {day} AS day "
        f"FROM {table} WHERE {name} IS NOT NULL))",
        limit=1,
    )
    if isinstance(outcome, Refused):
        raise UnclearError(f"{across.label} cannot be read as days: {outcome.error.message}")
    first, last, step = outcome.preview[0]
    if first is None or last is None:
        raise UnclearError(f"{across.label} has no dates.")
    begin, end = date.fromisoformat(str(first)), date.fromisoformat(str(last))
    found = Extent(begin, end, float(str(step or 1)))
    return replace(found, last=found.last.replace(month=12, day=31)) if is_year(across) else found


def _change(
    q: Question, measure: Measure, across: Col, sides: Sides, by: tuple[Col, ...]
) -> Change:
    if said := [col.label for col in by if col in (measure.col, across)]:
        raise UnclearError(f"The change cannot be broken down by {said[0]}, which is compared.")
    cell = None if q.rest.other else q.rest.cell
    found = source(measure, across, by, cell, q.s.index, q.seen)
    if found is None:
        named = (across, *by, cell.col) if cell else (across, *by)
        names = ", ".join(col.label for col in named)
        raise UnclearError(f"It is not clear how rows of {measure.table} belong to {names}.")
    operation = Contribution(
        column=found.name(measure.col) if measure.col else None,
        how=measure.how,
        across=found.name(across),
        before=sides[0],
        after=sides[1],
        dimensions=tuple(found.name(col) for col in by),
        expected=q.asked.way,
    )
    return Change(operation, found, measure, across)


def sides(change: Change) -> Probe:
    """The measure on both sides, each a row with its name."""
    operation, step = change.operation, change.source.step
    names = zip(operation.sides, (operation.before, operation.after), strict=True)
    rows = f"({step.sql})" if step else quoted(change.source.table)
    params = dict(step.params) if step else {}
    each = []
    for place, (name, side) in enumerate(names):
        where, bound = _on(side, quoted(operation.across), f"side_{place}")
        params |= bound
        each.append(f"SELECT {literal(name)}, {_made(change)} FROM {rows} WHERE {where}")
    return Probe(" UNION ALL ".join(each), params, limit=2)


def _made(change: Change) -> str:
    col, source = change.measure.col, change.source
    if col is None:
        return "count(*)"
    name = source.name(col) if source.step else col.number or col.name
    return f"{'avg' if change.measure.how == 'mean' else 'sum'}({quoted(name)})"


def _on(side: Days | str, across: str, name: str) -> tuple[str, dict[str, Wire]]:
    """The condition of one side, with its bound values."""
    if isinstance(side, str):
        return f"CAST({across} AS VARCHAR) = ${name}", {name: side}
    day, start, end = f"CAST({across} AS DATE)", f"{name}_start", f"{name}_end"
    where = f"{day} >= CAST(${start} AS DATE) AND {day} < CAST(${end} AS DATE)"
    return where, {start: str(side[0]), end: str(side[1])}
