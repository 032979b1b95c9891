"""The row numbers of a result in an order, built once, then paged in place."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeAlias

from ..types.result import Condition
from .instance import Shared, explained, only_row
from .orders import ROW

Key: TypeAlias = tuple[str, tuple[str, ...], tuple[Condition, ...]]
"""A result, its sort and its filter."""

BYTES_A_ROW = 4


@dataclass
class Permutation:
    """A table of row numbers, in memory or on its way there."""

    table: str
    rows: int = 0
    users: int = 0
    forgotten: bool = False
    done: threading.Event = field(default_factory=threading.Event)
    error: Exception | None = None


class Permutations:
    """Those in use or used last, up to a number of bytes."""

    def __init__(self, connection: Shared, most_bytes: int) -> None:
        self._connection = connection
        self._most = most_bytes
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Permutation] = OrderedDict()
        self._made = 0

    def ready(self, key: Key) -> bool:
        """It is there: a page costs milliseconds."""
        with self._lock:
            found = self._kept.get(_text(key))
            return found is not None and found.done.is_set() and found.error is None

    @contextmanager
    def of(self, key: Key, numbers: Callable[[], object]) -> Iterator[Permutation]:
        """The permutation, built now unless it is there or another thread builds it.

        `numbers` gives the row numbers in their order, as an Arrow stream.
        """
        permutation, mine = self._acquire(key)
        try:
            if mine:
                self._build(key, permutation, numbers)
            permutation.done.wait()
            if permutation.error is not None:
                raise permutation.error
            yield permutation
        finally:
            self._release(permutation)

    def numbers(self, permutation: Permutation, offset: int, limit: int) -> tuple[int, ...]:
        """Some of the row numbers of a permutation in use."""
        sql = f"select r from {permutation.table} where {ROW} >= ? and {ROW} < ? order by {ROW}"
        with explained(self._connection.cursor()) as cursor:
            found = cursor.execute(sql, [offset, offset + limit]).fetchall()
        return tuple(number for (number,) in found)

    def forget(self, result: str) -> None:
        """Let go of all that belong to a result."""
        with self._lock:
            mine = [text for text in self._kept if text.startswith(f"{result!r} ")]
            gone = [self._kept.pop(text) for text in mine]
            for permutation in gone:
                permutation.forgotten = True
        self._drop([permutation for permutation in gone if not permutation.users])

    def _acquire(self, key: Key) -> tuple[Permutation, bool]:
        text = _text(key)
        with self._lock:
            mine = text not in self._kept
            if mine:
                self._made += 1
                self._kept[text] = Permutation(f"permutation_{self._made}")
            self._kept.move_to_end(text)
            self._kept[text].users += 1
            return self._kept[text], mine

    def _release(self, permutation: Permutation) -> None:
        with self._lock:
            permutation.users -= 1
            over = permutation.forgotten and not permutation.users
            doomed = [*self._too_many(), *([permutation] if over else [])]
        self._drop(doomed)

    def _too_many(self) -> list[Permutation]:
        total = sum(kept.rows for kept in self._kept.values()) * BYTES_A_ROW
        doomed: list[Permutation] = []
        for text, kept in list(self._kept.items()):
            if total > self._most and not kept.users:
                total -= kept.rows * BYTES_A_ROW
                doomed.append(self._kept.pop(text))
        return doomed

    def _build(self, key: Key, permutation: Permutation, numbers: Callable[[], object]) -> None:
        try:
            with explained(self._connection.cursor()) as cursor:
                cursor.register("incoming", numbers())
                (permutation.rows,) = only_row(
                    cursor, f"create table {permutation.table} as from incoming"
                )
                cursor.unregister("incoming")
        except Exception as error:  # noqa: BLE001 - raised again in everyone who waits
            permutation.error = error
            with self._lock:
                if self._kept.get(_text(key)) is permutation:
                    self._kept.pop(_text(key))
        finally:
            permutation.done.set()

    def _drop(self, doomed: list[Permutation]) -> None:
        for permutation in doomed:
            with explained(self._connection.cursor()) as cursor:
                cursor.execute(f"drop table if exists {permutation.table}")


def _text(key: Key) -> str:
    result, sort, where = key
    return f"{result!r} {sort!r} {[condition.model_dump_json() for condition in where]!r}"
