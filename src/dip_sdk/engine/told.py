"""An answer's rows with the words for them: what names a row, what measures it, its scope."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from ..render.numbers import common_decimals, is_label, plural, show
from ..types.plan import AnswerStep, OutputColumn, Reading
from ..types.values import Column, Row, Wire
from .names import NAMES, singular, words
from .when import period, unit_of

LONGEST = 60
"""Characters of a text value that a sentence quotes."""

_EQUAL = re.compile(
    r"(?!.* or .+ (?:is|in|above|below|at least|at most|between) )"
    r"(?P<what>.+?) is (?!(?:not|above|below|between|at|more|less|over|under|empty|missing|one|"
    r"before|after|in|on|from|among|like|longer|shorter|either)\b)(?P<value>.+)"
)


@dataclass(frozen=True)
class Field:
    """A column of the answer: where its cells stand and how they are said."""

    index: int
    column: Column
    label: str
    decimals: int | None = None
    unit: str = ""
    period: str = ""
    """The unit of time its values begin: `month` for the buckets of a trend."""

    def say(self, row: Row) -> str:
        """The cell of a row, in words."""
        value = row[self.index]
        if value is None:
            return f"(no {self.label})"
        if self.period and isinstance(value, str):
            return period(value, self.period)
        said = show(
            value,
            self.column.type,
            decimals=self.decimals,
            unit=self.unit,
            grouped=not is_label(self.column),
        )
        said = " ".join(said.split())
        return said if len(said) <= LONGEST else f"{said[: LONGEST - 1]}…"

    @property
    def noun(self) -> str:
        return " ".join((*self.label.split()[:-1], singular(self.label.split()[-1])))


@dataclass(frozen=True)
class Told:
    """All that a sentence about an answer is made of."""

    reading: Reading
    fields: tuple[Field, ...]
    names: tuple[Field, ...]
    """The columns that name a row."""
    measure: Field | None
    rows: int
    preview: tuple[Row, ...]

    @classmethod
    def of(
        cls, answer: AnswerStep, columns: Sequence[Column], rows: int, preview: Sequence[Row]
    ) -> Told:
        reading = answer.reading
        fields = _fields(answer.columns, columns, preview)
        measure = _measure(reading, fields)
        names = _names(reading, fields, measure)
        if measure is not None and not measure.unit:
            measure = replace(measure, unit=reading.unit)
        return cls(reading, fields, names, measure, rows, tuple(preview))

    @property
    def scope(self) -> str:
        """The filters and the period: " for region North, with amount above 100 in 2024"."""
        equal = [m for f in self.reading.filters if (m := _EQUAL.fullmatch(f))]
        others = [f for f in self.reading.filters if not _EQUAL.fullmatch(f)]
        said = " for " + listed([f"{m['what']} {m['value']}" for m in equal]) if equal else ""
        for word, phrases in (
            ("with", [f for f in others if not _is_clause(f)]),
            ("where", [f for f in others if _is_clause(f)]),
        ):
            said += f" {word} {listed(phrases)}" if phrases else ""
        return f"{said} {self.reading.period}" if self.reading.period else said

    @property
    def by(self) -> str:
        groups = self.reading.groups or tuple(field.label for field in self.names)
        return f" by {listed(groups)}"

    @property
    def measure_name(self) -> str:
        """The reading's words; with several measures the label of the one spoken of."""
        said = self.reading.measure
        if self.reading.aggregate == "share" and said and "share" not in said.casefold():
            return f"share of {said}"
        numbers = [f for f in self.fields if f.column.numeric and f not in self.names]
        if self.measure is not None and (len(numbers) > 1 or not said or said == "the rows"):
            return self.measure.label
        return said

    @property
    def noun(self) -> str:
        """What one row of the answer is."""
        if len(self.names) > 1:
            return "row" if not self.reading.groups else "group"
        if not self.names:
            return "row"
        label = self.names[0].period or self.names[0].noun
        sources = self.reading.sources
        if label.casefold() in NAMES:
            return words(sources[0])[-1] if len(sources) == 1 and words(sources[0]) else "row"
        return label

    @property
    def partial(self) -> bool:
        return self.rows > len(self.preview)

    @property
    def of_rows(self) -> str:
        """What a statement about the preview must own up to."""
        return f"in the first {plural(len(self.preview), 'row')} " if self.partial else ""

    def name(self, row: Row) -> str:
        """What a row is called: "North", "March 2024, North"."""
        return ", ".join(field.say(row) for field in self.names)

    def ranked(self, descending: bool | None = None) -> list[Row]:
        """The rows that have a measure, in its order; the reading's unless told."""
        measure = self.measure
        if measure is None:
            return []
        down = self.reading.order != "ascending" if descending is None else descending
        held = [row for row in self.preview if row[measure.index] is not None]
        return sorted(held, key=lambda row: _comparable(row[measure.index]), reverse=down)

    def partly(self, said: str) -> str:
        """The statement, with its bounds when the rows beyond the preview might contradict it."""
        if not self.partial or self._in_order():
            return said
        return f"In the first {len(self.preview)} of {plural(self.rows, 'row')}: {said}"

    def _in_order(self) -> bool:
        """The preview stands in the asked order and ends below its best value."""
        measure, ranked = self.measure, self.ranked()
        if measure is None or not ranked or not self.reading.order:
            return False
        values = [row[measure.index] for row in ranked]
        shown = [row[measure.index] for row in self.preview]
        return values == shown[: len(values)] and values[0] != values[-1]


def listed(items: Sequence[str]) -> str:
    """ "A", "A and B", "A, B and C"."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def opened(text: str) -> str:
    """With a capital, as a sentence begins; `pH` and the like stay."""
    return text if text[1:2].isupper() else text[:1].upper() + text[1:]


def _is_clause(phrase: str) -> bool:
    return (
        re.search(r"\b(is|are|has|have|contains?|starts?|ends?|matches|does)\b", phrase) is not None
    )


def _fields(
    asked: Sequence[OutputColumn], columns: Sequence[Column], preview: Sequence[Row]
) -> tuple[Field, ...]:
    """The asked columns in their order, found by name or by label; all of them when none is."""
    at = {column.name: index for index, column in enumerate(columns)}
    found = [(o, at.get(o.column, at.get(o.label))) for o in asked]
    chosen = [(o, index) for o, index in found if index is not None]
    if not chosen:
        chosen = [(OutputColumn(column=c.name), index) for index, c in enumerate(columns)]
    return tuple(_field(o, index, columns[index], preview) for o, index in chosen)


def _field(asked: OutputColumn, index: int, column: Column, preview: Sequence[Row]) -> Field:
    decimals = asked.decimals
    if decimals is None and len(preview) > 1:
        decimals = common_decimals([row[index] for row in preview], column)
    label = asked.label or column.name.replace("_", " ").strip() or "value"
    return Field(index, column, label, decimals, asked.unit)


def _measure(reading: Reading, fields: Sequence[Field]) -> Field | None:
    """The column that answers "how much": the number whose name is nearest to the reading's."""
    said = set(words(reading.measure))
    groups = {words(group) for group in reading.groups}
    numbers = [f for f in fields if f.column.numeric and words(f.label) not in groups]
    counted = [f for f in numbers if not is_label(f.column)]
    if reading.shape == "top":
        counted += [f for f in fields if f.column.temporal]
    counted = counted or numbers[-1:]
    if reading.groups and len(fields) > 1:
        counted = [f for f in counted if f is not fields[0]] or counted
    return max(counted, key=lambda f: len(said & set(words(f.label))), default=None)


def _names(reading: Reading, fields: Sequence[Field], measure: Field | None) -> tuple[Field, ...]:
    """As many columns as there are groups, else the first text, that are not the measure."""
    others = [f for f in fields if f is not measure]
    if not reading.groups:
        texts = [f for f in others if f.column.kind == "text"]
        return tuple((texts or others)[:1])
    return tuple(
        Field(f.index, f.column, _group_label(group, f), f.decimals, f.unit, _period(group, f))
        for group, f in zip(reading.groups, others, strict=False)
    )


def _group_label(group: str, field: Field) -> str:
    return group if len(group.split()) <= 2 else field.label


def _period(group: str, field: Field) -> str:
    return unit_of(group) if field.column.temporal or field.column.kind == "text" else ""


def _comparable(value: Wire) -> tuple[Decimal, str]:
    """Numbers by size, dates by their text."""
    try:
        return Decimal(str(value)), ""
    except InvalidOperation:
        return Decimal(0), str(value)
