"""Telling: names for columns, and a reading in words that a sentence can be made of."""

from __future__ import annotations

import re

from ....types.plan import Reading
from .query import Condition, Key, Measure, Query
from .words import readable

_SAID = {
    "sum": "total",
    "avg": "average",
    "median": "median",
    "min": "minimum",
    "max": "maximum",
}


def measure_label(measure: Measure, *, share: bool = False) -> str:
    """The name of a measure's column: "total amount", "orders", "distinct regions"."""
    if measure.col is None:
        label = rows_called(measure.table)
    elif measure.fn == "count_distinct":
        label = f"distinct {plural(measure.col.label)}"
    else:
        label = aggregated(_SAID[measure.fn], measure.col.label)
    return f"share of {label} (%)" if share else label


def aggregated(how: str, label: str) -> str:
    """As in "total amount"; a column that is called a total keeps its name."""
    return label if label.startswith(how) else f"{how} {label}"


def key_label(key: Key) -> str:
    """The name of a key's column: "region", "month"."""
    if key.col.temporal and key.grain in {"week", "month", "quarter", "year", "weekday", "hour"}:
        return key.grain
    return key.col.label


_ONLY_A_TABLE = re.compile(r"\b(data ?(set|base|frame)?|table|list|sheet|export|file)s?( ?\d+)?$")


def rows_called(table: str) -> str:
    """What the rows of a table are called: `orders`, or `rows` where its name tells no thing."""
    name = readable(table)
    return "rows" if _ONLY_A_TABLE.search(name.casefold()) else plural(name)


_UNCOUNTED = re.compile(r"\b(data|info|people|staff)$", re.IGNORECASE)


def plural(words: str) -> str:
    """English plural of the last word, where it has none."""
    if words.endswith("s") or not words[-1:].isalpha() or _UNCOUNTED.search(words):
        return words
    if words.endswith("y") and words[-2:-1] not in set("aeiou"):
        return words[:-1] + "ies"
    return words + ("es" if words.endswith(("ch", "sh", "x")) else "s")


def reading_of(query: Query) -> Reading:
    """The reading in words."""
    first = query.measures[0] if query.measures else None
    periods = [c for c in query.conditions if c.period]
    return Reading(
        measure=_measured(query),
        aggregate="share" if query.share else first.fn if first else "",
        unit="%" if query.share else first.col.unit if first and first.col else "",
        filters=(
            *(c.phrase for c in (*query.share_of, *query.conditions) if not c.period),
            *(f"{measure_label(h.measure)} {h.op} {h.value:,.15g}" for h in query.having),
        ),
        period=" and ".join(_period(c) for c in periods),
        groups=tuple(_group(k) for k in query.keys),
        order=query.sort.direction if query.sort else "",
        limit=query.limit,
        shape=query.shape,
        sources=sources(query),
    )


def _period(condition: Condition) -> str:
    assert condition.period is not None  # noqa: S101
    return condition.period.phrase


def _group(key: Key) -> str:
    label = key_label(key)
    return f"{label} of {key.col.label}" if key.grain and label != key.col.label else label


def _measured(query: Query) -> str:
    if query.measures:
        labels = [measure_label(m, share=False) for m in query.measures]
        if query.measures[0].fn == "count":
            labels[0] = f"number of {labels[0]}"
        return " and ".join(labels)
    if query.shape == "rows":
        return "the rows"
    shown = " and ".join(dict.fromkeys(c.label for c in query.columns))
    shown = shown or " and ".join(k.col.label for k in query.keys)
    by = query.sort.col.label if query.shape == "top" and query.sort and query.sort.col else ""
    return f"{shown or 'the rows'} by {by}" if by else shown or "the rows"


def sources(query: Query) -> tuple[str, ...]:
    """Tables that are read, the base first."""
    cols = [*query.columns, *(k.col for k in query.keys), *(c.col for c in query.conditions)]
    cols += [c.col for c in query.share_of]
    return tuple(dict.fromkeys([query.base, *(c.table for c in cols)]))


def title_of(query: Query) -> str:
    """One line for the user: "Total amount by region, in 2024"."""
    reading = reading_of(query)
    words = ("share of " if query.share else "") + reading.measure
    if reading.groups:
        words += " by " + " and ".join(reading.groups)
    if query.shape == "top":
        end = "highest" if reading.order == "descending" else "lowest"
        words += f", the {end}" + (f" {query.limit}" if not query.ties else "")
    parts = [words, *reading.filters, *([reading.period] if reading.period else [])]
    title = ", ".join(parts)
    return title[:1].upper() + title[1:]
