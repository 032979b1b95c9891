"""A draft: the elements of a question sorted by what they do, each bound to one table or column."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count, pairwise

from .elements import (
    RANKED,
    Agg,
    Blank,
    ChartAs,
    Compare,
    Contains,
    Count,
    CountNext,
    CountRows,
    During,
    Either,
    Element,
    Extreme,
    Group,
    GroupCompare,
    Lacking,
    Lead,
    Most,
    MostNext,
    MostOf,
    Not,
    Noun,
    Only,
    Order,
    Output,
    Place,
    Rank,
    Rows,
    Share,
    Top,
    Trend,
    Value,
    Verb,
    bound,
    slots,
)
from .filters import is_flag
from .lexicon import GLUE
from .linking import Hit, Index, Ref
from .query import UnreadableError

MAX_OPTIONS = 8
MAX_BINDINGS = 300


@dataclass
class Draft:
    """The bound elements of one question."""

    lead: str = ""
    comparing: bool = False
    aggs: list[Agg] = field(default_factory=list)
    counts: list[Count] = field(default_factory=list)
    nouns: list[Noun] = field(default_factory=list)
    flags: list[tuple[Ref, bool]] = field(default_factory=list)
    values: list[Value] = field(default_factory=list)
    compares: list[Compare] = field(default_factory=list)
    group_compares: list[GroupCompare] = field(default_factory=list)
    contains: list[Contains] = field(default_factory=list)
    blanks: list[Blank] = field(default_factory=list)
    periods: list[During] = field(default_factory=list)
    eithers: list[Either] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    ranks: list[Rank] = field(default_factory=list)
    lacking: list[Lacking] = field(default_factory=list)
    extremes: list[Extreme] = field(default_factory=list)
    mosts: list[Most] = field(default_factory=list)
    mosts_of: list[MostOf] = field(default_factory=list)
    tops: list[Top] = field(default_factory=list)
    rows: list[Rows] = field(default_factory=list)
    count_rows: list[CountRows] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    outputs: list[Output] = field(default_factory=list)
    charts: list[ChartAs] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    trend: bool = False
    only: bool = False
    verbs: list[Verb] = field(default_factory=list)
    share: bool = False
    sequence: tuple[Element, ...] = ()

    @property
    def tables(self) -> list[str]:
        """Tables named as such, in order."""
        return [n.ref.table for n in self.nouns if n.ref.col is None]

    @property
    def column_nouns(self) -> list[Noun]:
        return [n for n in self.nouns if n.ref.col is not None]

    @property
    def spans(self) -> list[Group]:
        """Spans of time that are ranked: "which month"."""
        return [g for g in self.groups if g.word == RANKED]

    @property
    def ranked(self) -> bool:
        return bool(self.extremes or self.mosts or self.mosts_of or self.tops)


PLACES: dict[type, str] = {
    Verb: "verbs",
    Agg: "aggs",
    Count: "counts",
    CountRows: "count_rows",
    Value: "values",
    Compare: "compares",
    GroupCompare: "group_compares",
    Contains: "contains",
    Blank: "blanks",
    During: "periods",
    Either: "eithers",
    Group: "groups",
    Rank: "ranks",
    Lacking: "lacking",
    Extreme: "extremes",
    Most: "mosts",
    MostOf: "mosts_of",
    Top: "tops",
    Rows: "rows",
    Order: "orders",
    Output: "outputs",
    Place: "places",
    ChartAs: "charts",
}


_SAID = {Trend: "trend", Share: "share", Only: "only"}


def draft_of(elements: Sequence[Element], index: Index) -> Draft:
    """Bound elements, sorted by what they do."""
    draft = Draft(sequence=tuple(elements))
    awaiting: CountNext | MostNext | None = None
    kinds = _kinds_counted(elements)
    for before, element in zip((None, *elements), elements, strict=False):
        if awaiting and isinstance(element, Noun) and not _says_yes(element, index):
            _place_next(draft, awaiting, element)
            awaiting = None
            continue
        _fits_after(before, element)
        match element:
            case CountNext() | MostNext():
                awaiting = element
            case Noun() if (
                element.before not in GLUE | {""}
                and _strange(before, element)
                and not (isinstance(before, Noun) and _says_yes(before, index))
            ):
                raise UnreadableError(f"'{element.words}' stands beside a word it does not fit.")
            case Lead():
                _begin(draft, element)
            case Noun() if _says_yes(element, index):
                draft.flags.append((element.ref, True))
            case Noun():
                draft.nouns.append(element)
            case Not():
                draft.flags.append((element.noun.ref, False))
            case Trend() | Share() | Only():
                setattr(draft, _SAID[type(element)], True)
            case _:
                getattr(draft, PLACES[type(element)]).append(element)
    if isinstance(awaiting, CountNext) and kinds:
        draft.counts.append(Count(kinds[0]))
    elif awaiting:
        raise UnreadableError("It asks how many, but not of what.")
    _against_each_other(draft)
    return draft


def _begin(draft: Draft, lead: Lead) -> None:
    draft.comparing = draft.comparing or lead.kind == "compare"
    draft.lead = draft.lead or ("show" if draft.comparing else lead.kind)


def _kinds_counted(elements: Sequence[Element]) -> list[Noun]:
    """As in "how many engineers are there": the rows of the table whose cells say so."""
    return [
        Noun((Ref(second.hits[0].col.table, None, 0.0),), "rows")
        for first, second in pairwise(elements)
        if isinstance(first, CountNext) and isinstance(second, Value) and second.plural
    ]


def _against_each_other(draft: Draft) -> None:
    """A group for each value that is compared with another."""
    keyed = {k.ref.col for g in draft.groups for k in g.keys if isinstance(k, Noun)}
    for value in draft.values:
        col, many = value.hits[0].col, len(value.hits[0].cells) > 1
        if (value.rivals or (draft.comparing and many)) and col not in keyed:
            draft.groups.append(Group((Noun((Ref(col.table, col, 0.0),), col.label),)))
    if draft.comparing and not draft.groups:
        raise UnreadableError("It compares, but not what with what.")


def _fits_after(before: Element | None, element: Element) -> None:
    if isinstance(before, MostNext) and not isinstance(element, Value):
        raise UnreadableError("It asks for the most, but not of what.")
    if _counts_things(before, element):
        raise UnreadableError("A number of things is compared, not a column.")


def _counts_things(first: Element | None, second: Element) -> bool:
    """As in "more than one museum", where the number stands right before the things."""
    bare = isinstance(first, Compare) and not first.noun and not first.hints
    if not bare or not isinstance(second, Noun):
        return False
    return second.ref.col is None and second.before not in GLUE


def _place_next(draft: Draft, awaiting: CountNext | MostNext, noun: Noun) -> None:
    if isinstance(awaiting, MostNext):
        draft.mosts.append(Most(awaiting.fn, noun))
    else:
        draft.counts.append(Count(noun))


def _says_yes(noun: Noun, index: Index) -> bool:
    return noun.ref.col is not None and is_flag(index, noun.ref.col)


def _strange(first: Element | None, second: Noun) -> bool:
    """Two nouns side by side make sense only as a table and a column of it."""
    if isinstance(first, Group):
        return first.word != "adjective"
    if isinstance(first, (Agg, Count, Most, MostOf, Rank)):
        return not (isinstance(first, Most) and first.common)
    if not isinstance(first, Noun):
        return False
    columns = [n for n in (first, second) if n.ref.col]
    return len(columns) != 1 or first.ref.table != second.ref.table


def bindings(elements: tuple[Element, ...]) -> Iterator[tuple[float, tuple[Element, ...]]]:
    """Every choice of one table, column or cell per span, with what it costs; cheapest first."""
    options = [_options(slot) for slot in slots(elements)]
    if not options:
        yield 0.0, elements
        return
    start = (0,) * len(options)
    heap = [(0.0, 0, start)]
    seen = {start}
    order = count(1)
    for _ in range(MAX_BINDINGS):
        if not heap:
            return
        cost, _, places = heapq.heappop(heap)
        chosen = [options[k][place] for k, place in enumerate(places)]
        yield cost, bound(elements, iter(chosen))
        for k, place in enumerate(places):
            following = (*places[:k], place + 1, *places[k + 1 :])
            if place + 1 < len(options[k]) and following not in seen:
                seen.add(following)
                step = options[k][place + 1].cost - options[k][place].cost
                heapq.heappush(heap, (cost + step, next(order), following))


def _options(slot: Noun | Value) -> list[Ref] | list[Hit]:
    if isinstance(slot, Value):
        return sorted(slot.hits, key=lambda hit: hit.cost)[:MAX_OPTIONS]
    limit = slot.refs[0].cost + 1.0
    return [ref for ref in slot.refs if ref.cost <= limit][:MAX_OPTIONS]
