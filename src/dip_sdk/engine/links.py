"""Likely joins between tables: proposed by names, confirmed by values.

Names rank the pairs, so that only the most promising are measured: how many of the left's values
the right holds, and whether the right holds each value once. Work is bounded by `BUDGET` reads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from ..types.dataset import Link, Table
from ..types.sql import quoted
from ..types.values import Wire
from ..worker.runner import Look
from .link_names import FAIR, STRONG, WEAK, Pair, Side, pairs
from .names import words

Reader: TypeAlias = Callable[[str, Mapping[str, Wire], int], Look]
"""A trusted, bounded read: SQL, bound values, most rows."""

BUDGET = 200
"""Most pairs of columns whose values are compared."""
SAMPLE_ROWS = 200_000
SAMPLE_VALUES = 10_000
UNIQUE_ROWS = 20_000_000
"""A larger table is not searched for a repeated value beyond its first `SAMPLE_ROWS`."""

NEEDED = {STRONG: 0.2, FAIR: 0.6, WEAK: 0.95}
"""Overlap that confirms a pair of that strength."""
MANY, MOSTLY = 20, 0.6
"""So many shared texts confirm a weak pair at this overlap: names of countries in two lists."""
FEWEST_KIN = 10
"""Keys of tables of one kind agree by accident where there are fewer."""


def likely_links(tables: Sequence[Table], look: Reader) -> tuple[Link, ...]:
    """The joins that names suggest and values confirm, the surest first.

    Booleans, dates and fractional numbers never link, nor do counters of unrelated tables.
    A pair is given once, as a rule with the unique side on the right.
    """
    values = _Values(look)
    found: list[tuple[float, Link]] = []
    linked: set[tuple[str, str, str]] = set()
    for pair in pairs(tables):
        if values.compared >= BUDGET:
            break
        left, right = pair.left, pair.right
        if (*left.key, right.table.name) in linked or (*right.key, left.table.name) in linked:
            continue
        link = _confirm(pair, values)
        if link is not None:
            linked.add((link.left_table, link.left_column, link.right_table))
            found.append((pair.strength, link))
    return tuple(link for _, link in sorted(_needed(found), key=_rank))


@dataclass
class _Values:
    """What the values say, each column and pair read once."""

    look: Reader
    compared: int = 0
    uniques: dict[tuple[str, str], bool] = field(default_factory=dict)
    counters: dict[tuple[str, str], bool] = field(default_factory=dict)

    def unique(self, side: Side) -> bool:
        """No value stands twice, nulls aside."""
        if side.key not in self.uniques:
            self.uniques[side.key] = self._unique(side)
        return self.uniques[side.key]

    def _unique(self, side: Side) -> bool:
        column, table = quoted(side.column.name), quoted(side.table.name)
        whole = side.table.rows <= SAMPLE_ROWS
        first = f"(select {column} from {table} limit {SAMPLE_ROWS})"
        if self._repeats(column, first):
            return False
        return whole or side.table.rows > UNIQUE_ROWS or not self._repeats(column, table)

    def _repeats(self, column: str, source: str) -> bool:
        sql = f"select count({column}), count(distinct {column}) from {source}"
        filled, distinct = self.look(sql, {}, 1).rows[0]
        return filled != distinct or filled == 0

    def counts(self, side: Side) -> bool:
        """Its numbers stand close together, as those of any counter do."""
        if side.key not in self.counters:
            self.compared += 1
            self.counters[side.key] = self._counts(side)
        return self.counters[side.key]

    def _counts(self, side: Side) -> bool:
        column, table = quoted(side.column.name), quoted(side.table.name)
        sql = f"select max({column}) - min({column}), count({column}) from {table}"
        span, filled = self.look(sql, {}, 1).rows[0]
        return span is None or int(str(span)) < 2 * int(str(filled))

    def overlap(self, left: Side, right: Side) -> tuple[float, int]:
        """Share of the left's values that the right holds, and how many values were compared."""
        self.compared += 1
        here, there = quoted(left.column.name), quoted(right.column.name)
        sql = (
            f"with sample as (select distinct {here} as v from (select {here} from "
            f"{quoted(left.table.name)} where {here} is not null limit {SAMPLE_ROWS}) "
            f"limit {SAMPLE_VALUES}) select count(*), count(*) filter (where v in "
            f"(select {there} from {quoted(right.table.name)})) from sample"
        )
        total, held = (int(str(n)) for n in self.look(sql, {}, 1).rows[0])
        return (held / total if total else 0.0), total


def _confirm(pair: Pair, values: _Values) -> Link | None:
    """The link of a pair if its values bear it out, turned so that the right is unique."""
    left, right = pair.left, pair.right
    numbers = pair.strength == WEAK and not left.text
    if numbers and (values.counts(left) or values.counts(right)) and not _same_rows(pair, values):
        return None
    unique = values.unique(right)
    if not unique and values.unique(left):
        left, right, unique = right, left, True
    if not unique and not (pair.strength == STRONG and left.words == right.words):
        return None
    if unique and _counters(pair, values):
        return None
    overlap, compared = values.overlap(left, right)
    if not _agree(pair, overlap, compared):
        return None
    return Link(
        left_table=left.table.name,
        left_column=left.column.name,
        right_table=right.table.name,
        right_column=right.column.name,
        right_unique=unique,
        overlap=round(overlap, 4),
    )


def _agree(pair: Pair, overlap: float, compared: int) -> bool:
    """The share of values that the right holds confirms what the names say."""
    if pair.strength > WEAK:
        return overlap >= NEEDED[pair.strength]
    if pair.left.text and overlap * compared >= MANY:
        return overlap >= MOSTLY
    return overlap >= NEEDED[WEAK] and compared >= 5


def _same_rows(pair: Pair, values: _Values) -> bool:
    """`car_names.make_id` and `car_data.id`: tables of one kind whose rows have the same keys.

    Keys that name the rows of two tables (`order_id`, `product_id`) are not the same thing.
    """
    left, right = pair.left, pair.right
    kin = set(words(left.table.name)) & set(words(right.table.name))
    if not kin or not right.own_key or left.base in ("", left.entity):
        return False
    if left.table.rows != right.table.rows or left.table.rows < FEWEST_KIN:
        return False
    both = values.unique(left) and values.unique(right)
    return both and values.overlap(left, right)[0] == 1


def _counters(pair: Pair, values: _Values) -> bool:
    """Two unique columns of numbers, like ranks, agree by accident unless a key names them."""
    if pair.strength == STRONG or pair.left.text or pair.left.keyed:
        return False
    return values.unique(pair.left) and values.unique(pair.right)


def _needed(found: Sequence[tuple[float, Link]]) -> list[tuple[float, Link]]:
    """Without guesses beside sure links, and links between two that point at the same table."""
    sure = {(k.left_table, k.left_column) for strength, k in found if strength > WEAK}
    targets: dict[tuple[str, str], set[str]] = {}
    for _, k in found:
        if k.right_unique:
            targets.setdefault((k.left_table, k.left_column), set()).add(k.right_table)

    def adds(strength: float, link: Link) -> bool:
        left, right = (link.left_table, link.left_column), (link.right_table, link.right_column)
        if strength == WEAK:
            return left not in sure
        return not targets.get(left, set()) & targets.get(right, set())

    return [(strength, link) for strength, link in found if adds(strength, link)]


def _rank(item: tuple[float, Link]) -> tuple[bool, float, float]:
    strength, link = item
    return (not link.right_unique, -strength, -link.overlap)
