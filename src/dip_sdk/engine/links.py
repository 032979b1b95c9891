"""Likely joins between tables: proposed by names, confirmed by values.

Names rank the pairs, so that only the most promising are measured: how many of the left's values
the right holds, and whether the right holds each value once. Work is bounded by `BUDGET` reads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import permutations, product
from typing import TypeAlias

from ..types.dataset import Link, Table, TableColumn
from ..types.sql import quoted
from ..types.values import Wire
from ..worker.runner import Look
from .names import KEYS, NAMES, without_key, words

Reader: TypeAlias = Callable[[str, Mapping[str, Wire], int], Look]
"""A trusted, bounded read: SQL, bound values, most rows."""

BUDGET = 200
"""Most pairs of columns whose values are compared."""
SAMPLE_ROWS = 200_000
SAMPLE_VALUES = 10_000
UNIQUE_ROWS = 20_000_000
"""A larger table is not searched for a repeated value beyond its first `SAMPLE_ROWS`."""

PERSONAL = frozenset({"firstname", "lastname", "surname", "middlename", "fullname"})
"""Names that two tables of people share, and people with them by accident."""
MOST_TEXTS = 60
"""With more text columns, those whose names say nothing are not compared."""
MOST_OF_ONE_NAME = 20


STRONG, FAIR, WEAK = 0.9, 0.7, 0.3
"""How much a name says: the key's own name; a role or a shorthand; nothing but that both are keys,
or texts."""
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
    for pair in _pairs(tables):
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


@dataclass(frozen=True)
class _Side:
    """A column that may take part in a join, with its name taken apart."""

    table: Table
    column: TableColumn
    words: tuple[str, ...]
    base: str
    """The name without its key word: `customer_id`, `CustomerNo`, `customerid` -> customer."""
    entity: str
    """What a row of the table is: `order_items` -> orderitem."""

    @classmethod
    def of(cls, table: Table, column: TableColumn) -> _Side:
        parts = words(column.name)
        return cls(table, column, parts, without_key(parts), "".join(words(table.name)))

    @property
    def key(self) -> tuple[str, str]:
        return (self.table.name, self.column.name)

    @property
    def keyed(self) -> bool:
        return self.base != "".join(self.words)

    @property
    def own_key(self) -> bool:
        """It names the row of its table: `id`, `customer_id`, `cust_id`, `name`, `customer`."""
        name = "".join(self.words)
        own = (*KEYS, *NAMES, self.entity + "name")
        return self.base in ("", self.entity) or name in own or _short_for(self, self.entity)

    @property
    def text(self) -> bool:
        return self.column.type == "text"


@dataclass(frozen=True)
class _Pair:
    left: _Side
    right: _Side
    strength: float


def _pairs(tables: Sequence[Table]) -> list[_Pair]:
    """Pairs of columns of two tables that could join by what their names say, the best first."""
    sides = [_Side.of(t, c) for t in tables if t.rows for c in t.visible if _joinable(c)]
    best: dict[frozenset[tuple[str, str]], _Pair] = {}
    for left, right in _worth_a_look(sides):
        if left.table is right.table or left.text != right.text:
            continue
        strength = _strength(left, right)
        both = frozenset((left.key, right.key))
        if strength > 0 and (both not in best or best[both].strength < strength):
            best[both] = _Pair(left, right, strength)
    return sorted(best.values(), key=lambda pair: -pair.strength)


def _worth_a_look(sides: Sequence[_Side]) -> Iterator[tuple[_Side, _Side]]:
    """Every column with every key; columns of one name; all texts with all, while they are few."""
    yield from product(sides, [side for side in sides if side.own_key])
    named: dict[tuple[str, ...], list[_Side]] = {}
    for side in sides:
        named.setdefault(side.words, []).append(side)
    for group in named.values():
        yield from permutations(group[:MOST_OF_ONE_NAME], 2)
    for alike in ([s for s in sides if s.text], [s for s in sides if s.keyed and not s.text]):
        if len(alike) <= MOST_TEXTS:
            yield from permutations(alike, 2)


def _joinable(column: TableColumn) -> bool:
    kind = column.type.partition("(")[0]
    return kind in ("integer", "text") or (kind == "decimal" and column.type.endswith(",0)"))


def _strength(left: _Side, right: _Side) -> float:
    """What the names say of `left` pointing at `right`; 0 when they say nothing."""
    same = left.words == right.words
    if same and "".join(left.words) in PERSONAL:
        return 0.0
    if right.own_key and left.base == right.entity:
        return STRONG
    if same and left.keyed and left.base:
        return STRONG
    if right.own_key and not _names_itself(left) and _may_mean(left, right.entity):
        return FAIR
    if same and (left.base or _extends(left, right)):
        return FAIR
    return WEAK if (left.text and right.text) or (left.keyed and right.keyed) else 0.0


def _names_itself(side: _Side) -> bool:
    """`ContId` in `continents` is its own key, whatever else it may be short for."""
    return side.base == side.entity or _short_for(side, side.entity)


def _may_mean(left: _Side, entity: str) -> bool:
    return _role_of(left, entity) or _part_of(left, entity) or _short_for(left, entity)


def _part_of(left: _Side, entity: str) -> bool:
    """`maker` is a row of `car_makers`."""
    return len(left.base) > 3 and entity.endswith(left.base)


def _role_of(left: _Side, entity: str) -> bool:
    """`ship_country_id` and `home_team` are a country and a team in some role."""
    name = left.base.removesuffix("name")
    return len(entity) > 2 and name != entity and name.endswith(entity)


def _short_for(left: _Side, entity: str) -> bool:
    """`cust_no` and `dept_id` are short for customer and department."""
    short = left.base
    if not left.keyed or len(short) < 3 or not entity or short[0] != entity[0]:
        return False
    letters = iter(entity)
    return all(letter in letters for letter in short)


def _extends(left: _Side, right: _Side) -> bool:
    """Two bare `id`s are the same thing only in tables like `person` and `person_details`."""
    one, other = set(words(left.table.name)), set(words(right.table.name))
    return one <= other or other <= one


@dataclass
class _Values:
    """What the values say, each column and pair read once."""

    look: Reader
    compared: int = 0
    uniques: dict[tuple[str, str], bool] = field(default_factory=dict)
    counters: dict[tuple[str, str], bool] = field(default_factory=dict)

    def unique(self, side: _Side) -> bool:
        """No value stands twice, nulls aside."""
        if side.key not in self.uniques:
            self.uniques[side.key] = self._unique(side)
        return self.uniques[side.key]

    def _unique(self, side: _Side) -> bool:
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

    def counts(self, side: _Side) -> bool:
        """Its numbers stand close together, as those of any counter do."""
        if side.key not in self.counters:
            self.compared += 1
            self.counters[side.key] = self._counts(side)
        return self.counters[side.key]

    def _counts(self, side: _Side) -> bool:
        column, table = quoted(side.column.name), quoted(side.table.name)
        sql = f"select max({column}) - min({column}), count({column}) from {table}"
        span, filled = self.look(sql, {}, 1).rows[0]
        return span is None or int(str(span)) < 2 * int(str(filled))

    def overlap(self, left: _Side, right: _Side) -> tuple[float, int]:
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


def _confirm(pair: _Pair, values: _Values) -> Link | None:
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


def _agree(pair: _Pair, overlap: float, compared: int) -> bool:
    """The share of values that the right holds confirms what the names say."""
    if pair.strength > WEAK:
        return overlap >= NEEDED[pair.strength]
    if pair.left.text and overlap * compared >= MANY:
        return overlap >= MOSTLY
    return overlap >= NEEDED[WEAK] and compared >= 5


def _same_rows(pair: _Pair, values: _Values) -> bool:
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


def _counters(pair: _Pair, values: _Values) -> bool:
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
