"""Decides the type of text columns over all their values: proposed by a sample, proved by counting.

A column becomes typed only when every value reads as that type, so nothing is lost. What is text
only because of units or currencies keeps its text and gets a number beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ...types.dataset import BadLine, Problem
from . import dates, numbers
from .base import Job, literal, place, shorten
from .cells import NULLS

BLANKS = "' \t\r\n\u00a0\ufeff'"
NEARLY = 0.9
"""When this share of a text column reads as numbers, a reading is offered beside it."""
SAMPLE_CELLS = 100_000
SAMPLE_ROWS = 2_000
LONGEST = 80
"""A sample with longer values is prose; nothing is proposed for it."""
CHUNK = 25
"""Columns examined in one statement."""


@dataclass(frozen=True)
class Decision:
    """What becomes of one text column."""

    sql: str
    """The visible column, in terms of the staged one and of `v0`, `v1`, ..., its values."""
    notes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    number: str = ""
    """A hidden numeric reading, as SQL; "" for none."""
    unit: str = ""
    decimal: str | None = None
    day_first: bool | None = None


@dataclass(frozen=True)
class Proposal:
    """Ways to read a column that its sample suggests."""

    index: int
    name: str
    style: numbers.Style | None = None
    dates: tuple[dates.Reading, ...] = ()
    boolean: bool = False

    @property
    def any(self) -> bool:
        return bool(self.style or self.dates or self.boolean)


@dataclass(frozen=True)
class Counts:
    """How many values of a whole column each way reads."""

    filled: int
    values: int
    """Filled, and no spelling of "no value"."""
    codes: int
    numeric: int
    truths: int
    dated: tuple[int, ...]


def text(index: int) -> str:
    """A staged text column without surrounding blanks, null where nothing is left."""
    return f"nullif(trim({place(index)}, {BLANKS}), '')"


def value(index: int) -> str:
    """The same, null also where it spells "no value"."""
    spelled = ", ".join(map(literal, sorted(NULLS)))
    return f"case when lower({text(index)}) not in ({spelled}) then {text(index)} end"


def decide(
    job: Job, relation: str, names: Mapping[int, str], delimiter: str | None = None
) -> dict[int, Decision]:
    """A decision for each of these text columns of a staged relation."""
    proposals = propose(samples(job, relation, list(names)), names, decimal_of(job, delimiter))
    open_ones = [p for p in proposals if p.any]
    counts = dict(_counted(job, relation, open_ones))
    order = _order(job, open_ones, counts)
    return {
        p.index: _decision(job, relation, p, counts[p.index], order)
        if p.any
        else Decision(place(p.index))
        for p in proposals
    }


def decimal_of(job: Job, delimiter: str | None) -> str | None:
    """The decimal mark, as far as it is known before the values are looked at."""
    return job.options.decimal or ("," if delimiter == ";" else None)


def samples(job: Job, relation: str, indexes: Sequence[int]) -> dict[int, list[str]]:
    """Distinct values of columns, from rows spread evenly over the table."""
    rows = job.scalar(f"select count(*) from {relation}")
    wanted = max(50, min(SAMPLE_ROWS, SAMPLE_CELLS // max(1, len(indexes))))
    stride = max(1, rows // wanted)
    sampled: dict[int, list[str]] = {}
    for start in range(0, len(indexes), CHUNK):
        part = indexes[start : start + CHUNK]
        columns = ", ".join(value(i) for i in part)
        found = job.con.execute(
            f"select {columns} from {relation} where rowid % {stride} = 0"
        ).fetchall()
        for at, i in enumerate(part):
            sampled[i] = list(dict.fromkeys(row[at] for row in found if row[at] is not None))
    return sampled


def propose(
    samples: Mapping[int, Sequence[str]], names: Mapping[int, str], decimal: str | None
) -> list[Proposal]:
    """What each column could be; a decimal comma in one column speaks for the others."""
    found = [_propose(i, names[i], samples[i], decimal) for i in names]
    if decimal is None and any(p.style and p.style.decimal == "," for p in found):
        return [_propose(i, names[i], samples[i], ",") for i in names]
    return found


def _propose(index: int, name: str, values: Sequence[str], decimal: str | None) -> Proposal:
    if not values or max(map(len, values)) > LONGEST:
        return Proposal(index, name)
    truths = sum(v.lower() in ("true", "false") for v in values)
    if truths >= 0.5 * len(values):
        return Proposal(index, name, boolean=True)
    found = tuple(dates.readings(values))
    style = None if found else numbers.style(values, decimal)
    return Proposal(index, name, style, found)


def _counted(
    job: Job, relation: str, proposals: Sequence[Proposal]
) -> Iterator[tuple[int, Counts]]:
    for start in range(0, len(proposals), CHUNK):
        part = proposals[start : start + CHUNK]
        inner = ", ".join(f"{text(p.index)} t{p.index}, {value(p.index)} v{p.index}" for p in part)
        outer = ", ".join(count for p in part for count in _counts(p))
        row = job.con.execute(f"select {outer} from (select {inner} from {relation})").fetchone()
        numbers_found = iter(row or ())
        for p in part:
            filled, values, codes, numeric, truths = (next(numbers_found) for _ in range(5))
            dated = tuple(next(numbers_found) for _ in p.dates)
            yield p.index, Counts(filled, values, codes, numeric, truths, dated)


def _counts(p: Proposal) -> list[str]:
    v = f"v{p.index}"
    codes = f"count(*) filter (regexp_full_match({v}, {literal(numbers.CODE)}))"
    truths = f"count(*) filter (lower({v}) in ('true', 'false'))"
    return [
        f"count(t{p.index})",
        f"count({v})",
        codes if p.style else "0",
        f"count({p.style.text_sql(v)})" if p.style else "0",
        truths if p.boolean else "0",
        *(f"count({reading.sql(v)})" if reading.type else "0" for reading in p.dates),
    ]


def _order(job: Job, proposals: Sequence[Proposal], counts: Mapping[int, Counts]) -> bool | None:
    """Whether the day comes first: the user's word, or a column that allows one order only."""
    if job.options.day_first is not None:
        return job.options.day_first
    for p in proposals:
        count = counts[p.index]
        full = [r for r, n in zip(p.dates, count.dated, strict=True) if n == count.values]
        if len(full) == 1 and full[0].day_first is not None:
            return full[0].day_first
    return None


def _decision(job: Job, relation: str, p: Proposal, count: Counts, order: bool | None) -> Decision:
    v = f"v{p.index}"
    if p.boolean and count.truths == count.values:
        return Decision(f"cast({v} as boolean)", _nulls(p, count))
    if p.dates:
        return _dated(job, relation, p, count, order)
    if p.style:
        return _numeric(job, relation, p, count)
    return Decision(place(p.index))


def _nulls(p: Proposal, count: Counts) -> tuple[str, ...]:
    spelled = count.filled - count.values
    if not spelled:
        return ()
    return (f"{spelled} cells of '{p.name}' that spell a missing value (NA, -, ...) are empty.",)


def _dated(job: Job, relation: str, p: Proposal, count: Counts, order: bool | None) -> Decision:
    v = f"v{p.index}"
    full = [r for r, n in zip(p.dates, count.dated, strict=True) if n == count.values and r.type]
    if not full:
        best = max(range(len(p.dates)), key=lambda i: count.dated[i])
        return Decision(place(p.index), problems=(_mixed_dates(job, relation, p, count, best),))
    wanted = bool(order)
    chosen = next((r for r in full if r.day_first in (wanted, None)), full[0])
    notes = [*_nulls(p, count)]
    if chosen.day_first is not None:
        notes.append(_order_note(p.name, chosen, doubt=len(full) == 2, told=order is not None))
    problems = _formats_problem(p, chosen)
    return Decision(chosen.sql(v), tuple(notes), problems, day_first=chosen.day_first)


def _order_note(name: str, reading: dates.Reading, *, doubt: bool, told: bool) -> str:
    order = "day first (31/12/2024)" if reading.day_first else "month first (12/31/2024)"
    if doubt and not told:
        return f"Dates in '{name}' are ambiguous; they are read {order}."
    return f"Dates in '{name}' are {order}."


def _formats_problem(p: Proposal, reading: dates.Reading) -> tuple[Problem, ...]:
    if len(reading.formats) == 1 or reading.type == "TIME":
        return ()
    words = f"Dates in '{p.name}' are written in {len(reading.formats)} ways; all were read."
    return (Problem(code="mixed_dates", message=words, column=p.name),)


def _mixed_dates(job: Job, relation: str, p: Proposal, count: Counts, best: int) -> Problem:
    reading = p.dates[best]
    if not reading.type:
        words = f"'{p.name}' stays text: some of its times name a zone and some do not."
        return Problem(code="mixed_dates", message=words, column=p.name)
    missed = count.values - count.dated[best]
    words = (
        f"'{p.name}' stays text: {missed} of {count.values} values are no dates like the others."
    )
    examples = odd_ones(job, relation, p.index, reading.sql(f"v{p.index}"), "not a date")
    return Problem(
        code="mixed_dates", message=words, count=missed, column=p.name, examples=examples
    )


def _numeric(job: Job, relation: str, p: Proposal, count: Counts) -> Decision:
    assert p.style is not None  # noqa: S101 -- the caller asked
    style, shown = p.style, place(p.index)
    if count.codes:
        words = f"'{p.name}' stays text: it holds codes or numbers with leading zeros."
        return Decision(shown, (words,))
    if not count.values or count.numeric < NEARLY * count.values:
        return Decision(shown)
    digits = style.text_sql(f"v{p.index}")
    kind = _type(job, relation, p.index, digits)
    if kind == "VARCHAR":
        return Decision(shown, (f"'{p.name}' stays text: its numbers are too long for any type.",))
    number = f"try_cast({digits} as {kind})"
    notes = tuple(filter(None, (style.sentence(p.name),)))
    decimal = style.decimal if notes else None
    if count.numeric == count.values and not style.unit:
        return Decision(number, (*_nulls(p, count), *notes), decimal=decimal)
    problems = _unreadable(job, relation, p, count, digits)
    return Decision(shown, notes, problems, number, style.unit, decimal)


def _type(job: Job, relation: str, index: int, digits: str) -> str:
    row = job.con.execute(
        "select max(length(ltrim("
        "regexp_replace(split_part(lower(n), 'e', 1), '[^0-9]', '', 'g'), '0'))),"
        " max(length(ltrim(split_part(n, '.', 1), '+-'))),"
        " max(length(split_part(n, '.', 2))), min(length(split_part(n, '.', 2))),"
        " bool_or(contains(lower(n), 'e'))"
        f" from (select {digits} n from (select {value(index)} v{index} from {relation}))"
        " where n is not null"
    ).fetchone()
    longest, whole, scale, least, exponent = row or (0, 0, 0, 0, False)
    return numbers.number_type(
        digits=longest or 0,
        whole=whole or 0,
        scale=scale or 0,
        least=least or 0,
        exponent=bool(exponent),
    )


def _unreadable(
    job: Job, relation: str, p: Proposal, count: Counts, digits: str
) -> tuple[Problem, ...]:
    missed = count.values - count.numeric
    if not missed:
        return ()
    words = (
        f"'{p.name}' stays text: {missed} of {count.values} values are no numbers;"
        " calculations use the others."
    )
    examples = odd_ones(job, relation, p.index, digits, "not a number")
    return (
        Problem(code="mixed_values", message=words, count=missed, column=p.name, examples=examples),
    )


def odd_ones(job: Job, relation: str, index: int, read: str, reason: str) -> tuple[BadLine, ...]:
    """Up to ten values that a way of reading does not read, with their rows from 1."""
    rows = job.con.execute(
        f"select row, cell from (select rowid + 1 as row, {place(index)} cell, {value(index)}"
        f" v{index} from {relation}) where v{index} is not null and ({read}) is null limit 10"
    ).fetchall()
    return tuple(BadLine(line=row, reason=reason, text=shorten(cell)) for row, cell in rows)
