"""Kept results: pages, sorts and filters in place, while and after their files are written.

A result is read from memory until its file is complete, then from the file, in a second instance
that runs our own statements only and so may open files.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from ..types.result import Condition, ExportFormat, Page
from . import pages
from .files import SMALL, Files
from .instance import Instance, Resources, Shared, connect, explained
from .orders import Order
from .permutations import Key, Permutation, Permutations
from .stored import Stored

PERMUTATIONS_SHARE = 4
"""Up to the fourth part of the memory is kept for permutations."""
ARROW_BATCH = 100_000


@dataclass(eq=False)
class InMemory:
    """The table of a run that becomes a result, until its file is written and nobody reads it."""

    instance: Instance
    table: Stored
    drop: Callable[[], None]
    """Gives the memory back."""
    users: int = 1
    """Who writes it, and who reads it at the moment."""
    written: threading.Event = field(default_factory=threading.Event)
    failure: Exception | None = None


class Results:
    """The results of a session's folder."""

    def __init__(self, folder: Path, resources: Resources) -> None:
        self._scratch = folder / "scratch"
        self._connection = Shared(connect(resources))
        self._files = Files(folder / "results", self._connection)
        share = (resources.memory_mb << 20) // PERMUTATIONS_SHARE
        self._permutations = Permutations(self._connection, share)
        self._lock = threading.Lock()
        self._memory: dict[str, InMemory] = {}
        self._behind: list[threading.Thread] = []

    def keep(self, result: str, table: InMemory) -> None:
        """Take over a table: readable from now on, its file written behind."""
        self._files.path(result)
        self._settle(result)
        self._permutations.forget(result)
        with self._lock:
            self._memory[result] = table
        self._do_behind(lambda: self._write(result, table))

    def finish(self, result: str) -> None:
        """Return when the file is there; raises what kept it from being written."""
        if table := self._memory.get(result):
            table.written.wait()
            if table.failure is not None:
                raise table.failure

    def finish_file(self, path: Path) -> None:
        """`finish` of the result that this file belongs to, if it is one."""
        for result in tuple(self._memory):
            if self._files.path(result) == path:
                self.finish(result)

    def page(
        self,
        result: str,
        offset: int,
        limit: int,
        sort: Sequence[str],
        where: Sequence[Condition],
    ) -> Page:
        """Rows of a result. The first page of an order is found at once, the order behind it."""
        with self._open(result) as opened:
            order, total = pages.order(opened.table, sort, where), opened.table.rows
            if order.plain:
                rows = pages.in_place(opened, offset, limit)
            else:
                numbers, total = self._in_order(result, opened, order, offset, limit)
                rows = pages.numbered(opened, numbers)
        return Page(columns=opened.table.columns, rows=rows, offset=offset, total=total)

    def arrow(self, result: str, sort: Sequence[str], where: Sequence[Condition]) -> str:
        """Write the result as an Arrow IPC file; returns its path."""
        import pyarrow as pa

        path = self._scratch / f"{uuid.uuid4().hex}.arrow"
        with self._selected(result, sort, where) as (opened, sql):
            reader = opened.cursor.sql(sql).to_arrow_reader(ARROW_BATCH)
            with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, reader.schema) as sink:
                for batch in reader:
                    sink.write_batch(batch)
        return str(path)

    def export(
        self,
        result: str,
        format: ExportFormat,
        sort: Sequence[str],
        where: Sequence[Condition],
        on_progress: Callable[[float], None] | None,
    ) -> tuple[str, ...]:
        """Write the result in a format; returns the paths."""
        from .exports import export

        stem = self._scratch / uuid.uuid4().hex
        with self._selected(result, sort, where) as (opened, sql):
            paths = export(opened.cursor, sql, opened.table.columns, stem, format, on_progress)
        return tuple(str(path) for path in paths)

    def forget(self, result: str) -> None:
        """Delete a result and its files. One that is not known is no error."""
        self._permutations.forget(result)
        self._settle(result)
        self._files.delete(result)

    def close(self) -> None:
        """Wait for the files and orders that are being made, then end."""
        for thread in tuple(self._behind):
            thread.join()
        self._connection.close()

    def _settle(self, result: str) -> None:
        """Let the writing of a file end, well or not: another comes, or none."""
        with suppress(Exception):  # told to whoever asks for it
            self.finish(result)

    def _write(self, result: str, table: InMemory) -> None:
        try:
            with explained(table.instance.cursor()) as cursor:
                self._files.write(result, cursor.sql(f"from {table.table.relation}"), table.table)
            with self._lock:
                del self._memory[result]
            self._let_go(table)
        except Exception as error:  # noqa: BLE001 - raised in `finish`; the rows stay in memory
            table.failure = error
        finally:
            table.written.set()

    @contextmanager
    def _open(self, result: str) -> Iterator[pages.Opened]:
        with self._lock:
            table = self._memory.get(result)
            if table is not None:
                table.users += 1
        if table is None:
            with (
                self._files.open(result) as stored,
                explained(self._connection.cursor()) as cursor,
            ):
                yield pages.Opened(cursor, stored)
            return
        try:
            with explained(table.instance.cursor()) as cursor:
                yield pages.Opened(cursor, table.table)
        finally:
            self._let_go(table)

    def _let_go(self, table: InMemory) -> None:
        with self._lock:
            table.users -= 1
            unused = not table.users
        if unused:
            table.drop()

    @contextmanager
    def _selected(
        self, result: str, sort: Sequence[str], where: Sequence[Condition]
    ) -> Iterator[tuple[pages.Opened, str]]:
        """The whole result in an order, as a select without parameters."""
        self.finish(result)
        with self._open(result) as opened:
            order = pages.order(opened.table, sort, where)
            if order.plain:
                yield opened, pages.whole(opened.table)
                return
            with self._permutation(result, opened, order) as permutation:
                yield opened, pages.whole(opened.table, permutation)

    def _in_order(
        self, result: str, opened: pages.Opened, order: Order, offset: int, limit: int
    ) -> tuple[tuple[int, ...], int]:
        """Numbers of rows in an order, and how many there are in all."""
        small = opened.table.rows <= SMALL
        if small or (offset == 0 and not self._permutations.ready(_key(result, order))):
            found = pages.found_anew(opened, order, offset, limit)
            if not small:
                self._do_behind(lambda: self._build(result, order))
            return found
        with self._permutation(result, opened, order) as permutation:
            return self._permutations.numbers(permutation, offset, limit), permutation.rows

    def _permutation(
        self, result: str, opened: pages.Opened, order: Order
    ) -> AbstractContextManager[Permutation]:
        key = _key(result, order)
        return self._permutations.of(key, lambda: pages.all_numbers(opened, order))

    def _build(self, result: str, order: Order) -> None:
        """Have the permutation ready. What fails is told to whoever asks for it."""
        with (
            suppress(Exception),
            self._open(result) as opened,
            self._permutation(result, opened, order),
        ):
            pass

    def _do_behind(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, daemon=True)
        with self._lock:
            self._behind = [other for other in self._behind if other.is_alive()]
            self._behind.append(thread)
            thread.start()


def _key(result: str, order: Order) -> Key:
    return result, order.sort, order.where
