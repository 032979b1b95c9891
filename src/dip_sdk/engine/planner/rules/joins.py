"""Joins: the ways from one table to another over links that cannot multiply rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from ....types.dataset import Link

MAX_HOPS = 4


@dataclass(frozen=True)
class Hop:
    """One step of a join: `from_table.from_column = to_table.to_column`."""

    from_table: str
    from_column: str
    to_table: str
    to_column: str
    unique: bool
    """At most one row of the target matches: the step cannot multiply rows."""


Path = tuple[Hop, ...]


@dataclass
class Graph:
    """The links of a view, walked both ways."""

    links: Sequence[Link]
    unique: set[tuple[str, str]] = field(default_factory=set)
    hops: dict[str, list[Hop]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        for link in self.links:
            if link.right_unique:
                self.unique.add((link.right_table, link.right_column))
        for link in self.links:
            left, right = (
                (link.left_table, link.left_column),
                (link.right_table, link.right_column),
            )
            self._add(Hop(*left, *right, unique=right in self.unique))
            self._add(Hop(*right, *left, unique=left in self.unique))

    def kind(self, place: tuple[str, str]) -> tuple[str, str]:
        """The column that stands for all that hold the same things, as links tell."""
        together, waiting = {place}, [place]
        while waiting:
            table, column = waiting.pop()
            for hop in self.hops[table]:
                other = (hop.to_table, hop.to_column)
                if hop.from_column == column and other not in together:
                    together.add(other)
                    waiting.append(other)
        return min(together)

    def _add(self, hop: Hop) -> None:
        if hop not in self.hops[hop.from_table]:
            self.hops[hop.from_table].append(hop)

    def bridge(self, table: str) -> bool:
        """The table relates others: it has keys of two or more."""
        return len({hop.to_table for hop in self.hops[table] if hop.unique}) > 1

    def paths(self, start: str, end: str, *, unique: bool) -> list[Path]:
        """The shortest ways from one table to another; with `unique`, only over single matches."""
        if start == end:
            return [()]
        fronts: list[Path] = [()]
        for _ in range(MAX_HOPS):
            fronts = [
                (*path, hop)
                for path in fronts
                for hop in self.hops[path[-1].to_table if path else start]
                if (hop.unique or not unique) and not _visited(path, start, hop.to_table)
            ]
            found = [path for path in fronts if path[-1].to_table == end]
            if found:
                return found
        return []


def _visited(path: Path, start: str, table: str) -> bool:
    return table == start or any(hop.to_table == table for hop in path)
