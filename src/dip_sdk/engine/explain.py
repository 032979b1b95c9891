"""The answer in one sentence, made from its reading and its rows and from nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..render.numbers import is_label, plural
from ..types.plan import AnswerStep
from ..types.values import Column, Row
from .how import how
from .told import Field, Told, listed, opened
from .when import place

__all__ = ["how", "sentence"]

FEW = 3
"""Groups that are all named."""
SOME = 8
"""Values of a list that are all named."""


def sentence(
    answer: AnswerStep,
    columns: Sequence[Column],
    rows: int,
    preview: Sequence[Row],
    reading: str = "",
) -> str:
    """What came out, in one sentence: measure, filter, period and the values that matter.

    `rows` counts the whole answer, `preview` holds its first rows; when it does not hold them all,
    the sentence says which rows it speaks of. A planner's own words are kept as they are; `reading`
    is what a named operation says of its rows.
    """
    if answer.text.strip():
        return answer.text.strip()
    if reading:
        return reading
    told = Told.of(answer, columns, rows, preview)
    if not rows:
        return f"Nothing was found{told.scope}."
    return _SHAPES.get(told.reading.shape, _rows)(told)


def _value(told: Told) -> str:
    """ "Total amount for region North in 2024 is 1,204.50."; several columns one after another."""
    if told.rows > 1 or not told.fields:
        return _rows(told)
    row = told.preview[0]
    if len(told.fields) > 1:
        said = listed([f"{field.label} is {field.say(row)}" for field in told.fields])
        return opened(f"{told.scope.strip()}: {said}." if told.scope else f"{said}.")
    (field,) = told.fields
    measure = opened(told.reading.measure or field.label)
    if row[field.index] is None:
        return f"{measure}{told.scope} has no value: there is nothing to compute it from."
    return f"{measure}{told.scope} is {field.say(row)}."


def _top(told: Told) -> str:
    """Who leads, by how much, and before whom; several leaders when as many are asked for."""
    measure, ranked = told.measure, told.ranked()
    if not told.names:
        return _rows(told)
    if measure is None or not ranked:
        return _leader_alone(told)
    if (told.reading.limit or 1) > 1 and len(ranked) > 1:
        return _leaders(told, measure, ranked)
    best = [row for row in ranked if row[measure.index] == ranked[0][measure.index]]
    value = measure.say(best[0])
    quality = f"the {_degree(told, measure)} {told.measure_name}{told.scope}"
    if len(best) > 1:
        return told.partly(f"{_several(told, best)} share {quality}: {value}.")
    behind = ranked[len(best) :]
    ahead = f", ahead of {told.name(behind[0])} ({measure.say(behind[0])})" if behind else ""
    return told.partly(f"{told.name(best[0])} has {quality}: {value}{ahead}.")


def _leader_alone(told: Told) -> str:
    """The answer names the leader and shows no measure."""
    names = [told.name(row) for row in told.preview]
    measure = told.reading.measure
    if told.rows > len(told.preview) or told.rows > SOME or not measure or measure == "the rows":
        return _rows(told)
    verb = "has" if len(names) == 1 else "have"
    ranked_by = measure.rpartition(" by ")[2]  # of "name by height"
    return f"{listed(names)} {verb} the {_degree(told, None)} {ranked_by}{told.scope}."


def _leaders(told: Told, measure: Field, ranked: Sequence[Row]) -> str:
    """ "The 2 regions with the highest amount: ..."; rows whose names repeat are only rows."""
    named = len({told.name(row) for row in ranked}) == len(ranked)
    known = [f"{told.name(row)} ({measure.say(row)})" for row in ranked]
    shown = len(told.preview) if told.partial else told.rows
    count = plural(shown, told.noun if named else "row")
    head = f"The {count} with the {_degree(told, measure)} {told.measure_name}{told.scope}"
    if len(known) <= SOME - FEW:
        return told.partly(f"{head}: {listed(known)}.")
    return told.partly(f"{head}, from {known[0]} to {known[-1]}.")


def _degree(told: Told, measure: Field | None) -> str:
    low = told.reading.order == "ascending"
    if measure is not None and measure.column.temporal:
        return "earliest" if low else "latest"
    return "lowest" if low else "highest"


def _several(told: Told, rows: Sequence[Row]) -> str:
    if len(rows) > FEW + 1:
        return plural(len(rows), told.noun)
    return listed([told.name(row) for row in rows])


def _groups(told: Told) -> str:
    """ "Total amount by region, from 120 (West) to 1,204.50 (North); 4 regions."."""
    measure, ranked = told.measure, told.ranked(descending=False)
    if measure is None or not told.names:
        return _rows(told)
    head = opened(f"{told.measure_name}{told.by}{told.scope}")
    count = plural(told.rows, told.noun)
    if not ranked:
        return f"{head}: no {told.noun} has a value; {count}."
    if told.rows <= FEW and len(ranked) == told.rows:
        return f"{head}: {_each(told, measure)}."
    low, high = measure.say(ranked[0]), measure.say(ranked[-1])
    if ranked[0][measure.index] == ranked[-1][measure.index]:
        return f"{head}: {low} for each; {told.of_rows}{count}."
    where = f"{told.of_rows}from {low} ({_ends(told, ranked, 0)})"
    return f"{head}, {where} to {high} ({_ends(told, ranked, -1)}); {count}."


def _each(told: Told, measure: Field) -> str:
    said = [f"{told.name(row)} ({measure.say(row)})" for row in told.preview]
    return f"only {said[0]}" if len(said) == 1 else listed(said)


def _ends(told: Told, ranked: Sequence[Row], end: int) -> str:
    """Who stands at one end of the order, all that share it when they are few."""
    measure = told.measure
    if measure is None:
        return ""
    value = ranked[end][measure.index]
    return _several(told, [row for row in ranked if row[measure.index] == value])


def _trend(told: Told) -> str:
    """The period covered, and when the measure was highest and lowest."""
    measure, ranked = told.measure, told.ranked(descending=False)
    if measure is None or not told.names or not ranked:
        return _groups(told)
    when = told.names[0]
    dates = sorted(
        (row for row in told.preview if row[when.index] is not None),
        key=lambda row: place(row[when.index]),
    )
    head = opened(f"{told.measure_name}{told.by}{told.scope}")
    if told.rows == 1 or not dates:
        return f"{head}: {_each(told, measure)}." if told.rows <= FEW else _groups(told)
    span = f"{told.of_rows}from {when.say(dates[0])} to {when.say(dates[-1])}"
    low, high = ranked[0], ranked[-1]
    if low[measure.index] == high[measure.index]:
        return f"{head}, {span}: always {measure.say(low)}."
    return (
        f"{head}, {span}: highest in {_ends(told, ranked, -1)} ({measure.say(high)}), "
        f"lowest in {_ends(told, ranked, 0)} ({measure.say(low)})."
    )


def _rows(told: Told) -> str:
    """ "12 rows for region North."; a single row is told cell by cell."""
    head = f"{plural(told.rows, 'row')}{told.scope}"
    if told.rows == 1 and 0 < len(told.fields) <= SOME:
        cells = [f"{field.label} {field.say(told.preview[0])}" for field in told.fields]
        return f"{head}: {', '.join(cells)}."
    return f"{head}."


def _list(told: Told) -> str:
    """ "5 regions: Centre, East, North, South and West."."""
    if len(told.fields) != 1 or told.rows == 1:
        return _rows(told)
    (field,) = told.fields
    values = [field.say(row) for row in told.preview]
    measured = field.column.numeric and not is_label(field.column)
    count = f"{plural(told.rows, 'value')} of {field.label}" if measured else ""
    head = f"{count or plural(told.rows, field.noun)}{told.scope}"
    if told.rows <= min(SOME, len(values)):
        return f"{head}: {listed(values)}."
    return f"{head}, among them {listed(values[:FEW])}."


_SHAPES: dict[str, Callable[[Told], str]] = {
    "value": _value,
    "top": _top,
    "groups": _groups,
    "trend": _trend,
    "rows": _rows,
    "list": _list,
}
