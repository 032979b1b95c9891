"""Elements: what a run of words of a question was read as, before tables are decided on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, TypeAlias

from .linking import Hit, Ref
from .query import Chart, Direction, Period


@dataclass(frozen=True)
class Noun:
    """A span that names a table or a column; more than one until it is bound."""

    refs: tuple[Ref, ...]
    words: str
    distinct: bool = False
    singular: bool = False
    before: str = ""
    """The word before it, determiners aside; "" where a question begins with it."""

    @property
    def joined(self) -> bool:
        """It continues a list: "and name", ", age"."""
        return self.before in {"and", ","}

    @property
    def ref(self) -> Ref:
        return self.refs[0]


@dataclass(frozen=True)
class Value:
    """Cells that rows must have (or must not)."""

    hits: tuple[Hit, ...]
    negated: bool = False
    preposition: str = ""
    each: bool = False
    """Both: each cell in a row of its own, not one of them."""
    rivals: bool = False
    """One against the other: a group for each."""
    plural: bool = False
    """Said in the plural: things of that kind, as in "how many engineers"."""


@dataclass(frozen=True)
class Lead:
    """How the question begins: `what`, `which`, `who`, `list`, `how much`."""

    kind: str


@dataclass(frozen=True)
class Agg:
    """Aggregates over columns: "average and maximum age"."""

    fns: tuple[str, ...]
    nouns: tuple[Noun, ...]
    word: str = ""


@dataclass(frozen=True)
class Count:
    """How many of something."""

    noun: Noun
    word: str = ""


@dataclass(frozen=True)
class CountNext:
    """How many of what is named next: "how many cancelled ... orders"."""


@dataclass(frozen=True)
class CountRows:
    """How many rows or columns."""

    columns: bool = False


@dataclass(frozen=True)
class GrainTerm:
    """A date at a grain; the date itself when the words name it."""

    grain: str
    noun: Noun | None = None


RANKED = "ranked"
"""The word of a group that is itself what is ranked: "which month"."""


@dataclass(frozen=True)
class Group:
    """What the answer is split by."""

    keys: tuple[Noun | GrainTerm, ...]
    word: str = "by"


@dataclass(frozen=True)
class Rank:
    """As in "by total amount": what a top list is ranked by."""

    measure: Agg | Count


@dataclass(frozen=True)
class Compare:
    """A comparison with a number; without a noun the column is left to be found."""

    op: str
    numbers: tuple[float, ...]
    noun: Noun | None = None
    hints: tuple[str, ...] = ()
    than: str = ""
    """The aggregate of the column that it is compared with, instead of a number."""


@dataclass(frozen=True)
class GroupCompare:
    """A comparison of an aggregate: "with total sales above 1000"."""

    measure: Agg | Count
    op: str
    number: float


@dataclass(frozen=True)
class Contains:
    """A text that cells must hold."""

    noun: Noun
    text: str
    how: str = "contains"


@dataclass(frozen=True)
class Blank:
    """Cells that are empty (or are not)."""

    noun: Noun
    empty: bool = True


@dataclass(frozen=True)
class Lacking:
    """Things that have none of a table's rows: "customers without orders"."""

    noun: Noun


@dataclass(frozen=True)
class Not:
    """A yes-or-no column said no to: "not active"."""

    noun: Noun


@dataclass(frozen=True)
class During:
    """A period, with the date it is a period of when the words name it."""

    period: Period
    noun: Noun | None = None


@dataclass(frozen=True)
class Top:
    """The first or last N by a measure."""

    count: int
    direction: Direction


@dataclass(frozen=True)
class Rows:
    """The first or last N rows as they stand; without N all of them."""

    count: int | None
    tail: bool = False


@dataclass(frozen=True)
class Extreme:
    """A superlative adjective and the columns it may mean."""

    fn: str
    hints: tuple[str, ...]
    word: str

    @property
    def ordered(self) -> bool:
        """Its hints stand in the order in which people mean them."""
        return "area" in self.hints


@dataclass(frozen=True)
class Most:
    """As in "the most orders": most of a table's rows, or of a column."""

    fn: str
    noun: Noun
    common: bool = False
    """As in "the most common colour": what is named next is what stands in most rows."""


@dataclass(frozen=True)
class MostNext:
    """Most of what is named next: "the most cancelled ... orders"."""

    fn: str


@dataclass(frozen=True)
class MostOf:
    """As in "the highest average amount": a superlative of an aggregate of groups."""

    fn: str
    measure: Agg | Count


@dataclass(frozen=True)
class Order:
    """The order asked for."""

    direction: Direction | None
    noun: Noun | None = None
    measure: Agg | Count | None = None
    grain: str = ""
    """A span of time that the answer is split by, instead of a noun or a measure."""
    axis: str = ""
    """`x` or `y` of a chart, instead of a noun or a measure."""
    hints: tuple[str, ...] = ()
    """The columns that the words of the order may mean: "youngest first"."""


@dataclass(frozen=True)
class Either:
    """One filter or another: "with 8 cylinders or a weight above 3000"."""

    parts: tuple[Value | Compare | During | Blank | Contains, ...]


@dataclass(frozen=True)
class Verb:
    """A verb that names a relation the tables have already: "flights operated by SunJet"."""

    word: str
    tables: tuple[str, ...] = ()
    """The tables that hold the relation by name: "borders" of `borders`."""


@dataclass(frozen=True)
class Place:
    """The first or last row of a table as it stands; with a cell, the next row after or before."""

    last: bool
    beside: Value | None = None


@dataclass(frozen=True)
class Only:
    """As in "the only driver": there is just one."""


@dataclass(frozen=True)
class Trend:
    """As in "over time"."""


@dataclass(frozen=True)
class Share:
    """A share of the total."""


@dataclass(frozen=True)
class Output:
    """What to show, said in a sentence of its own; None stands for the count."""

    items: tuple[Noun | Agg | Count | None, ...]


@dataclass(frozen=True)
class ChartAs:
    """A chart was asked for."""

    chart: Chart


Element: TypeAlias = (
    Noun
    | Value
    | Lead
    | Agg
    | Count
    | CountNext
    | CountRows
    | Group
    | Rank
    | Compare
    | GroupCompare
    | Contains
    | Blank
    | Lacking
    | Not
    | During
    | Either
    | Top
    | Rows
    | Extreme
    | Most
    | MostNext
    | MostOf
    | Order
    | Verb
    | Place
    | Only
    | Trend
    | Share
    | Output
    | ChartAs
)


def slots(part: Any) -> Iterator[Noun | Value]:
    """The nouns and values of an element, outermost first, in a fixed order."""
    if isinstance(part, (Noun, Value)):
        yield part
    elif isinstance(part, tuple):
        for item in part:
            yield from slots(item)
    elif is_dataclass(part) and type(part).__module__ == __name__:
        for each in fields(part):
            yield from slots(getattr(part, each.name))


def bound(part: Any, choice: Iterator[Any]) -> Any:
    """The same element with each slot, in the order of `slots`, narrowed to one choice."""
    if isinstance(part, Noun):
        return replace(part, refs=(next(choice),))
    if isinstance(part, Value):
        return replace(part, hits=(next(choice),))
    if isinstance(part, tuple):
        return tuple(bound(item, choice) for item in part)
    if is_dataclass(part) and not isinstance(part, type) and type(part).__module__ == __name__:
        changed = {f.name: bound(getattr(part, f.name), choice) for f in fields(part)}
        return replace(part, **changed)
    return part
