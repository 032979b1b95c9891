"""Pairs of columns that could join by what their names say; `links` asks their values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations, product

from ..types.dataset import Table, TableColumn
from .names import KEYS, NAMES, without_key, words

PERSONAL = frozenset({"firstname", "lastname", "surname", "middlename", "fullname"})
"""Names that two tables of people share, and people with them by accident."""
MOST_TEXTS = 60
"""With more text columns, those whose names say nothing are not compared."""
MOST_OF_ONE_NAME = 20

STRONG, FAIR, WEAK = 0.9, 0.7, 0.3
"""How much a name says: the key's own name; a role or a shorthand; nothing but that both are keys,
or texts."""


@dataclass(frozen=True)
class Side:
    """A column that may take part in a join, with its name taken apart."""

    table: Table
    column: TableColumn
    words: tuple[str, ...]
    base: str
    """The name without its key word: `customer_id`, `CustomerNo`, `customerid` -> customer."""
    entity: str
    """What a row of the table is: `order_items` -> orderitem."""

    @classmethod
    def of(cls, table: Table, column: TableColumn) -> Side:
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
class Pair:
    left: Side
    right: Side
    strength: float


def pairs(tables: Sequence[Table]) -> list[Pair]:
    """Pairs of columns of two tables that could join by what their names say, the best first."""
    sides = [Side.of(t, c) for t in tables if t.rows for c in t.visible if _joinable(c)]
    best: dict[frozenset[tuple[str, str]], Pair] = {}
    for left, right in _worth_a_look(sides):
        if left.table is right.table or left.text != right.text:
            continue
        strength = _strength(left, right)
        both = frozenset((left.key, right.key))
        if strength > 0 and (both not in best or best[both].strength < strength):
            best[both] = Pair(left, right, strength)
    return sorted(best.values(), key=lambda pair: -pair.strength)


def _worth_a_look(sides: Sequence[Side]) -> Iterator[tuple[Side, Side]]:
    """Every column with every key; columns of one name; all texts with all, while they are few."""
    yield from product(sides, [side for side in sides if side.own_key])
    named: dict[tuple[str, ...], list[Side]] = {}
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


def _strength(left: Side, right: Side) -> float:
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


def _names_itself(side: Side) -> bool:
    """`ContId` in `continents` is its own key, whatever else it may be short for."""
    return side.base == side.entity or _short_for(side, side.entity)


def _may_mean(left: Side, entity: str) -> bool:
    return _role_of(left, entity) or _part_of(left, entity) or _short_for(left, entity)


def _part_of(left: Side, entity: str) -> bool:
    """`maker` is a row of `car_makers`."""
    return len(left.base) > 3 and entity.endswith(left.base)


def _role_of(left: Side, entity: str) -> bool:
    """`ship_country_id` and `home_team` are a country and a team in some role."""
    name = left.base.removesuffix("name")
    return len(entity) > 2 and name != entity and name.endswith(entity)


def _short_for(left: Side, entity: str) -> bool:
    """`cust_no` and `dept_id` are short for customer and department."""
    short = left.base
    if not left.keyed or len(short) < 3 or not entity or short[0] != entity[0]:
        return False
    letters = iter(entity)
    return all(letter in letters for letter in short)


def _extends(left: Side, right: Side) -> bool:
    """Two bare `id`s are the same thing only in tables like `person` and `person_details`."""
    one, other = set(words(left.table.name)), set(words(right.table.name))
    return one <= other or other <= one
