"""The tables as a model is shown them: all that fits, what the question speaks of first.

Where everything fits the digest is the same for every question over these tables, so that it can
be read from the model's prompt cache. What does not fit is asked for with `describe_table`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ...types.dataset import Distinct, Table, TableColumn
from ..names import words
from .columns import EMPTY, UNSEEN, Ranges, entry, named, tier, unseen
from .modes import Privacy, as_json, cut

SIZE = 22_000
"""Characters of the digest: about 5,500 tokens."""
LINE = 45
"""Characters of a line beside what it tells."""
NAME = 120
"""Characters of a name of a file or sheet."""
LOOKED = 60
"""Text columns whose values are looked at."""
NOTES = 3


@dataclass(frozen=True)
class Digest:
    """What is told of tables, within bounds."""

    tables: Sequence[Table]
    mode: Privacy
    distinct: Callable[[str, str], Distinct | None]
    ranges: Ranges

    def told(self, question: str, size: int = SIZE) -> str:
        """One line of JSON a table, its columns as far as they fit."""
        asked = set(words(question))
        heads = self._heads(asked, size * 2 // 3)
        left = size - sum(len(as_json(head)) + LINE for head in heads.values())
        chosen: dict[str, dict[str, object]] = {name: {} for name in heads}
        looked = 0
        for table, column in self._ranked(asked, heads):
            told = self._entry(table, column, looked < LOOKED)
            looked += column.type == "text"
            left -= len(as_json({column.name: told}))
            if left < 0:
                break
            chosen[table.name][column.name] = told
        return "\n".join(self._lines(heads, chosen))

    def described(self, table: Table, columns: Sequence[TableColumn], size: int) -> str:
        """The named columns of one table, with all that may be told of them."""
        told: dict[str, object] = {}
        left = size
        for column in columns:
            about = self._entry(table, column, len(told) < LOOKED)
            left -= len(as_json({column.name: about}))
            if left < 0:
                break
            told[column.name] = about
        rest = [column.name for column in columns if column.name not in told]
        more = {"columns_not_shown": rest[:200]} if rest else {}
        return as_json({**_head(table, self.mode), "columns": told, **more})

    def _entry(self, table: Table, column: TableColumn, look: bool) -> object:
        values = None
        if look and self.mode != "schema" and column.type == "text":
            values = self.distinct(table.name, column.name)
        span = None if self.mode == "schema" else self.ranges.get((table.name, column.name))
        told = entry(table, column, values, span, rare=self.mode == "results")
        if told == column.type and self.mode != "schema" and unseen(column, values, span):
            return f"{column.type}, {UNSEEN}"
        return told

    def _heads(self, asked: set[str], size: int) -> dict[str, dict[str, object]]:
        """What is told of each table itself; where not all fit, those that the question names."""
        heads = {table.name: _head(table, self.mode) for table in self.tables}
        if sum(len(as_json(head)) + LINE for head in heads.values()) <= size:
            return heads
        kept: dict[str, dict[str, object]] = {}
        for name in sorted(heads, key=lambda name: -len(asked & set(words(name)))):
            size -= len(as_json(heads[name])) + LINE
            if size < 0:
                break
            kept[name] = heads[name]
        return {name: head for name, head in heads.items() if name in kept}

    def _ranked(
        self, asked: set[str], heads: Mapping[str, object]
    ) -> list[tuple[Table, TableColumn]]:
        """What the question names first; else times, measures and the first of each table."""
        ranked = []
        for number, table in enumerate(t for t in self.tables if t.name in heads):
            near = len(asked & set(words(table.name)))
            for place, column in enumerate(table.visible):
                score = 3 * named(column, asked) + near
                ranked.append((-score, tier(column, place), place, number, table, column))
        return [(t, c) for *_, t, c in sorted(ranked, key=lambda item: item[:4])]

    def _is_empty(self, table: Table, told: Mapping[str, object], name: str) -> bool:
        """No row has a value of it, whether there was room to tell of it or not."""
        about, span = told.get(name), self.ranges.get((table.name, name))
        if isinstance(about, dict) and EMPTY.items() <= about.items():
            return True
        return self.mode != "schema" and span is not None and span.nulls >= table.rows > 0

    def _lines(
        self,
        heads: Mapping[str, dict[str, object]],
        chosen: Mapping[str, dict[str, object]],
    ) -> Iterator[str]:
        for table in self.tables:
            if table.name not in heads:
                continue
            told = chosen[table.name]
            columns = {c.name: told[c.name] for c in table.visible if c.name in told}
            empty = [c.name for c in table.visible if self._is_empty(table, columns, c.name)]
            missing = len({c.name for c in table.visible} - set(columns) - set(empty))
            more: dict[str, object] = {"empty_columns": empty} if empty else {}
            more |= {"more_columns": missing} if missing else {}
            filled = {name: about for name, about in columns.items() if name not in empty}
            yield as_json({**heads[table.name], "columns": filled, **more})
        if len(heads) < len(self.tables):
            yield as_json({"tables_not_shown": len(self.tables) - len(heads)})


def _head(table: Table, mode: Privacy) -> dict[str, object]:
    head: dict[str, object] = {"table": table.name, "rows": table.rows}
    if table.source != table.name:
        head["from"] = cut(table.source.rpartition("/")[2], NAME)
    if table.parsed.sheet and table.parsed.sheet != table.name:
        head["sheet"] = cut(table.parsed.sheet, NAME)
    if mode == "results" and table.parsed.notes:
        head["notes"] = [cut(note) for note in table.parsed.notes[:NOTES]]
    return head
