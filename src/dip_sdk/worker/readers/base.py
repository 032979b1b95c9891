"""What every reader is given (a job) and gives back (staged tables), and the errors they share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from ...types.dataset import ROW_NUMBER, Parsed, Problem, ReadOptions
from ...types.errors import DataError
from ...types.values import unique_names

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MEMORY_MB = 300
"""The engine's share; beyond it, it spills into the scratch folder."""
WIDE = 200
STORE = "store."
"""The schema of stored tables; a relation that begins so is stored already."""
NAME_LENGTH = 200
"""Longer headers are cut; the label keeps them whole."""


@dataclass
class Job:
    """One file being read: the database it goes into, and what the caller wants."""

    con: DuckDBPyConnection
    path: Path
    """The file itself, decompressed."""
    name: str
    """What the user calls it; errors name it."""
    options: ReadOptions
    scratch: Path
    """A folder for temporary files, deleted afterwards."""
    progress: Callable[[float, str], None] = lambda fraction, message: None
    notes: list[str] = field(default_factory=list)
    """What opening the file found; every table of it repeats them."""
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def error(
        self, message: str, *, hint: str = "", line: int | None = None, column: str | None = None
    ) -> DataError:
        """A `DataError` that names this file."""
        return DataError(message, hint=hint, file=self.name, line=line, column=column)

    def stage_name(self) -> str:
        """A fresh name for a staging table."""
        return f"stage_{next(self.numbers)}"

    def stored_name(self) -> str:
        """A fresh name for a stored table."""
        return f"table_{next(self.numbers)}"

    def make_room(self, columns: int) -> None:
        """Let the engine have the memory of a wide table: it keeps blocks for each column."""
        if columns > WIDE:
            self.con.execute(f"set threads = 1; set memory_limit = '{MEMORY_MB + columns // 2}MB'")

    def scalar(self, sql: str) -> int:
        """The one integer a query gives."""
        row = self.con.execute(sql).fetchone()
        return int(row[0]) if row and row[0] is not None else 0


@dataclass(frozen=True)
class Staged:
    """A table as a reader found it: a relation whose columns are `c0`, `c1`, ... in file order."""

    relation: str
    """What may stand after FROM."""
    labels: tuple[str, ...]
    """Headers as written, "" where there is none."""
    parsed: Parsed
    problems: tuple[Problem, ...] = ()
    suffix: str = ""
    """Added to the file's stem to name the table: a sheet, a key, a member of an archive."""
    in_place: bool = False
    """The relation is the Parquet file of the job, which is queried where it lies."""
    undecided: frozenset[int] = frozenset()
    """Positions of text columns whose type is still to be decided over all their values."""


def quote(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def place(index: int) -> str:
    """The name of a staged column."""
    return f"c{index}"


def column_names(labels: Sequence[str]) -> list[str]:
    """Usable, unique names for headers as written: `column_3` for an empty third one."""
    cleaned = [_clean(label) or f"column_{i}" for i, label in enumerate(labels, 1)]
    return unique_names([ROW_NUMBER, *cleaned])[1:]


def _clean(label: str) -> str:
    printable = "".join(char if char.isprintable() else " " for char in label)
    return " ".join(printable.split())[:NAME_LENGTH]


def shorten(text: str, limit: int = 200) -> str:
    """A text cut to a length that can be shown."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def sentence_list(items: Iterable[str], limit: int = 3) -> str:
    """'a', 'b' and 2 more: quoted examples for a sentence."""
    shown = [f"'{shorten(item, 60)}'" for item in items]
    rest = len(shown) - limit
    return ", ".join(shown[:limit]) + (f" and {rest} more" if rest > 0 else "")
