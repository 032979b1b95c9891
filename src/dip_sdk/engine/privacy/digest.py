"""The tables as a model is shown them: all that fits, what the question speaks of first.

Where everything fits the digest is the same for every question over these tables, so that it can
be read from the model's prompt cache. What does not fit is asked for with `describe_table`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ...types.dataset import Distinct, Table, TableColumn
from ..names import words
from .columns import Ranges, entry
from .modes import Privacy, as_json, cut

SIZE = 18_000
"""Characters of the digest: about 5,000 tokens."""
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
        heads = [_head(table, self.mode) for table in self.tables]
        left = size - sum(len(as_json(head)) + 30 for head in heads)
        chosen: dict[tuple[str, str], object] = {}
        for table, column in self._ranked(question):
            told = self._entry(table, column, len(chosen) < LOOKED)
            left -= len(as_json({column.name: told}))
            if left < 0:
                break
            chosen[table.name, column.name] = told
        return "\n".join(self._lines(heads, chosen, size))

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
        return entry(table, column, values, span, rare=self.mode == "results")

    def _ranked(self, question: str) -> list[tuple[Table, TableColumn]]:
        """What the question names first; else the first columns of each table, table by table."""
        asked = set(words(question))
        ranked = []
        for number, table in enumerate(self.tables):
            near = len(asked & set(words(table.name)))
            for place, column in enumerate(table.visible):
                own = set(words(column.name)) | set(words(column.label))
                score = 3 * len(asked & own) + near
                ranked.append((-score, place, number, table, column))
        return [(t, c) for *_, t, c in sorted(ranked, key=lambda item: item[:3])]

    def _lines(
        self,
        heads: Sequence[dict[str, object]],
        chosen: dict[tuple[str, str], object],
        size: int,
    ) -> Iterator[str]:
        for told, (table, head) in enumerate(zip(self.tables, heads, strict=True)):
            mine = {c.name: (table.name, c.name) for c in table.visible}
            columns = {name: chosen[key] for name, key in mine.items() if key in chosen}
            missing = len(mine) - len(columns)
            more = {"more_columns": missing} if missing else {}
            line = as_json({**head, "columns": columns, **more})
            size -= len(line)
            if size < 0:
                yield as_json({"tables_not_shown": len(self.tables) - told})
                return
            yield line


def _head(table: Table, mode: Privacy) -> dict[str, object]:
    head: dict[str, object] = {"table": table.name, "rows": table.rows}
    if table.source != table.name:
        head["from"] = cut(table.source.rpartition("/")[2], NAME)
    if table.parsed.sheet and table.parsed.sheet != table.name:
        head["sheet"] = cut(table.parsed.sheet, NAME)
    if mode == "results" and table.parsed.notes:
        head["notes"] = [cut(note) for note in table.parsed.notes[:NOTES]]
    return head
