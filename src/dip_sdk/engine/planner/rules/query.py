"""The typed reading of a question: what is measured, of which rows, split and ordered how."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from ....types.dataset import TableColumn

Direction = Literal["ascending", "descending"]
Shape = Literal["value", "groups", "trend", "rows", "top", "list"]


class UnreadableError(Exception):
    """These elements do not make a question; the message says why, in plain words."""


@dataclass(frozen=True)
class Col:
    """A column of a table, and the hidden numeric reading beside it where it has one."""

    table: str
    name: str
    type: str
    label: str
    number: str | None = None
    """The column that holds its numbers: itself, its hidden reading, or none."""
    unit: str = ""
    additive: bool | None = None
    """True: totals make sense; False: they don't; None: the name doesn't tell."""
    identifier: bool = False

    @property
    def temporal(self) -> bool:
        return self.type.partition("(")[0] in {"date", "timestamp", "timestamptz"}

    @property
    def numeric(self) -> bool:
        return self.number is not None

    @property
    def measurable(self) -> bool:
        return self.number is not None and not self.identifier

    @classmethod
    def of(cls, table: str, column: TableColumn, label: str) -> Col:
        return cls(table, column.name, column.type, label)


@dataclass(frozen=True)
class Period:
    """A span of days [start, end), either side open, and how to say it."""

    phrase: str
    start: date | None = None
    end: date | None = None
    relative: bool = False
    """Counted from today, so it may be counted from the data's last day instead."""
    words: tuple[str, int] = ("", 0)
    """A relative period's unit and length, to count it again from another day."""
    parts: tuple[str, tuple[int, ...]] = ("", ())
    """Days that come again: `weekday` (Monday is 1) or `month`, and which of them."""


@dataclass(frozen=True)
class Condition:
    """A filter: `col op values`, or a period of `col`."""

    col: Col
    op: str
    values: tuple[str | float | bool, ...] = ()
    period: Period | None = None
    phrase: str = ""
    apart: bool = False
    """Met by a row of its own, whatever rows meet the other conditions."""
    inner: Query | None = None
    """The question whose answer the column is compared with, instead of values."""
    either: tuple[Condition, ...] = ()
    """Conditions of which one is enough, instead of `op` and values."""


@dataclass(frozen=True)
class Measure:
    """What is computed: an aggregate of a column, or a count of a table's rows."""

    fn: str
    """`count`, `count_distinct`, `sum`, `avg`, `median`, `min`, `max`."""
    table: str
    col: Col | None = None
    plain: bool = field(default=False, compare=False)
    """Each value once, though nobody said "different": where some repeat, rows may be meant."""


@dataclass(frozen=True)
class Key:
    """What rows are grouped by: a column, or a date at a grain."""

    col: Col
    grain: str = ""
    identity: Col | None = None
    """The unique column behind a name that may repeat."""
    thing: bool = False
    """A group for each thing of the column's table: rows that belong to none are in no group."""


@dataclass(frozen=True)
class Having:
    """A condition on an aggregate of each group."""

    measure: Measure
    op: str
    value: float


@dataclass(frozen=True)
class Sort:
    """The order of the answer: by a measure (its place), a column or a key."""

    direction: Direction
    measure: Measure | None = None
    col: Col | None = None


@dataclass(frozen=True)
class Chart:
    """A chart that was asked for; "" leaves the mark to the shape of the answer."""

    mark: str = ""


@dataclass(frozen=True)
class Query:
    """A whole reading, ready to be compiled."""

    base: str
    """The table whose rows are counted, measured or shown."""
    shape: Shape
    measures: tuple[Measure, ...] = ()
    keys: tuple[Key, ...] = ()
    columns: tuple[Col, ...] = ()
    """What a list shows; empty means every visible column."""
    conditions: tuple[Condition, ...] = ()
    having: tuple[Having, ...] = ()
    sort: Sort | None = None
    limit: int | None = None
    ties: bool = False
    """The first rank with all that share it, rather than a number of rows."""
    distinct: bool = False
    share: bool = False
    share_of: tuple[Condition, ...] = ()
    """The part of a share without groups: rows that meet these, over all rows."""
    show_measure: bool = True
    tail: bool = False
    """The last rows rather than the first, in the table's own order."""
    chart: Chart | None = None
    only: bool = False
    """It is about the one that there is: more rows, or none, are no answer."""
