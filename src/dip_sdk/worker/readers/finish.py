"""A staged table becomes a stored one: names, types, readings, and the report that tells of it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import PurePath

from ...types.dataset import Parsed, Problem, TableColumn, TableReport
from ..types import wire_type
from .base import STORE, Job, Staged, column_names, place, quote, shorten
from .decide import Decision, decide, value

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")


def finish(job: Job, staged: Staged, digest: Callable[[], str]) -> TableReport:
    """Store a staged table in the database file, where it is not yet, and report it.

    `digest` gives the identity of the source, which may still be computed meanwhile.
    """
    names = column_names(staged.labels)
    if staged.in_place or staged.relation.startswith(STORE):
        return _report(job, staged, staged.relation, names, {}, {}, digest)
    undecided = {i: names[i] for i in sorted(staged.undecided)}
    decisions = decide(job, staged.relation, undecided, staged.parsed.delimiter)
    readings = _reading_names(names, decisions)
    shown = [decisions[i].sql if i in decisions else place(i) for i in range(len(names))]
    selected = [f"{sql} as {quote(name)}" for sql, name in zip(shown, names, strict=True)]
    selected += [f"{decisions[i].number} as {quote(name)}" for i, name in readings.items()]
    if not selected:
        raise job.error("There are no columns to read.", hint="Check that the file has content.")
    stored = STORE + job.stored_name()
    source = staged.relation
    if values := [
        f"{value(i)} as v{i}" for i, d in decisions.items() if d.sql != place(i) or d.number
    ]:
        source = f"(select *, {', '.join(values)} from {source})"
    job.con.execute(f"create table {stored} as select {', '.join(selected)} from {source}")
    return _report(job, staged, stored, names, readings, decisions, digest)


def _report(
    job: Job,
    staged: Staged,
    stored: str,
    names: Sequence[str],
    readings: dict[int, str],
    decisions: dict[int, Decision],
    digest: Callable[[], str],
) -> TableReport:
    problems = [*staged.problems, *(p for d in decisions.values() for p in d.problems)]
    parsed = _parsed(job, staged.parsed, decisions)
    if not staged.in_place:
        notes = tuple(whole_years(job, stored))
        parsed = parsed.model_copy(update={"notes": (*parsed.notes, *notes)})
    return TableReport(
        name=table_name(job.name, staged.suffix),
        inner="" if staged.in_place else stored.removeprefix(STORE),
        path=str(job.path) if staged.in_place else "",
        store="parquet" if staged.in_place else "duckdb",
        rows=job.scalar(f"select count(*) from {stored}"),
        columns=_columns(job, stored, names, staged.labels, readings, decisions),
        parsed=parsed,
        problems=told(problems),
        fingerprint=fingerprint(digest(), staged.suffix),
    )


def whole_years(job: Job, stored: str) -> Iterator[str]:
    """Make years that were written as `2006.0`, as pandas does beside gaps, the years they are."""
    for name, kind, *_ in job.con.execute(f"describe select * from {stored}").fetchall():
        said = {word.casefold() for word in _WORD.findall(name)}
        if kind != "DOUBLE" or not said & {"year", "yr"}:
            continue
        column = quote(name)
        other = f"{column} <> floor({column}) or {column} not between 1000 and 2999"
        if job.scalar(f"select count({column}) > 0 and not bool_or({other}) from {stored}"):
            job.con.execute(f"alter table {stored} alter column {column} type BIGINT")
            yield f"Years in '{name}' are written with decimals (2006.0); they are read as 2006."


def fingerprint(digest: str, suffix: str) -> str:
    """The identity of a table's content: that of its source, and which part of it."""
    return hashlib.sha256(f"{digest}\0{suffix}".encode()).hexdigest()


def table_name(file: str, suffix: str) -> str:
    """A name for a table: the file's stem without its endings, and the part it came from."""
    stem = PurePath(file).name
    while (ending := PurePath(stem).suffix) and re.fullmatch(r"\.[A-Za-z][A-Za-z0-9]{0,7}", ending):
        stem = stem.removesuffix(ending)
    words = [re.sub(r"\W+", "_", part).strip("_") for part in (stem, suffix)]
    return "_".join(filter(None, words)) or "table"


def _reading_names(names: Sequence[str], decisions: dict[int, Decision]) -> dict[int, str]:
    taken = {name.casefold() for name in names}
    found = {}
    for index, decision in decisions.items():
        if decision.number:
            name = f"{names[index]}_number"
            while name.casefold() in taken:
                name += "_"
            taken.add(name.casefold())
            found[index] = name
    return found


def _columns(
    job: Job,
    stored: str,
    names: Sequence[str],
    labels: Sequence[str],
    readings: dict[int, str],
    decisions: dict[int, Decision],
) -> tuple[TableColumn, ...]:
    rows = job.con.execute(f"describe select * from {stored}").fetchall()
    types = {row[0]: wire_type(row[1]) for row in rows}
    shown = [
        TableColumn(name=name, type=types[name], label=label if label != name else "")
        for name, label in zip(names, labels, strict=True)
    ]
    hidden = [
        TableColumn(
            name=name, type=types[name], reading_of=names[i], unit=decisions[i].unit or None
        )
        for i, name in readings.items()
    ]
    return (*shown, *hidden)


def _parsed(job: Job, parsed: Parsed, decisions: dict[int, Decision]) -> Parsed:
    notes = [*job.notes, *parsed.notes, *(n for d in decisions.values() for n in d.notes)]
    orders = {d.day_first for d in decisions.values()} - {None}
    decimals = {d.decimal for d in decisions.values()} - {None}
    return parsed.model_copy(
        update={
            "notes": tuple(notes),
            "day_first": orders.pop() if len(orders) == 1 else None,
            "decimal": decimals.pop() if len(decimals) == 1 else None,
        }
    )


def told(problems: Sequence[Problem], limit: int = 50) -> tuple[Problem, ...]:
    """The problems of a table, the first ones whole and the rest as one."""
    if len(problems) <= limit:
        return tuple(problems)
    rest = len(problems) - limit
    words = f"{rest} more findings of the same kinds are not listed."
    return (*problems[:limit], Problem(code="more", message=shorten(words), count=rest))
