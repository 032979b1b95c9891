"""The tables of a session under the names questions use, and what is known of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from uuid import uuid4

from ..types.dataset import Dataset, Distinct, Link, Table, TableReport
from ..types.errors import ConfigError, DataError, DipError
from ..types.profile import ColumnProfile
from ..types.sql import quoted
from ..types.values import Wire
from ..worker.runner import Look, Runner, TableFile
from .guard import Guard
from .joins import named_links, with_named
from .links import likely_links
from .nearest import nearest
from .run import Looking, Run

DISTINCT_LIMIT = 10_000
"""Values of a column that are looked at when words of a question are matched to them."""

_DULL_SHEET = re.compile(
    r"\s*(?:sheet|tabelle|feuil|hoja|foglio|blad|table|data|page)?\s*\d*\s*", re.IGNORECASE
)
"""Names of sheets that say nothing of what is in them."""
REMEMBERED = 1_000
"""Reads of the checks that are kept."""


class Catalog:
    """An immutable set of datasets with what was learnt of it, computed once and when asked."""

    def __init__(self, datasets: Iterable[Dataset] = (), before: Catalog | None = None) -> None:
        self.datasets = tuple(datasets)
        self.tables = tuple(table for dataset in self.datasets for table in dataset.tables)
        self.known: dict[tuple[str, str], Distinct] = before.known if before else {}
        self._looked: dict[str, Look] = {}
        self._links: dict[tuple[str, ...], tuple[Link, ...]] = {}
        self._guards: dict[tuple[str, ...], Guard] = {}

    def table(self, name: str) -> Table:
        """The table of that name, case ignored; an unknown one is an error naming the nearest."""
        wanted = name.casefold()
        for table in self.tables:
            if table.name.casefold() == wanted:
                return table
        raise unknown_table(name, self.tables)

    def only(self, names: Sequence[str]) -> tuple[Table, ...]:
        """The tables a question may see: those named (or of a dataset so named), or all.

        Lines that did not fit a table are seen only where they are named."""
        if not names:
            return tuple(table for table in self.tables if not table.parsed.bad_lines)
        return tuple(dict.fromkeys(table for name in names for table in self._named(name)))

    def _named(self, name: str) -> tuple[Table, ...]:
        for dataset in self.datasets:
            if dataset.name.casefold() == name.casefold():
                return dataset.tables
        return (self.table(name),)

    def guard(self, tables: Sequence[Table]) -> Guard:
        """The guard over these tables; what it derives from them is kept."""
        key = tuple(table.name for table in tables)
        return self._guards.setdefault(key, Guard(tables))

    def files(self) -> tuple[TableFile, ...]:
        return tuple(
            TableFile(name=t.name, path=t.path, inner=t.inner, store=t.store) for t in self.tables
        )

    def distinct(self, runner: Runner, table: str, column: str) -> Distinct | None:
        """Distinct values of a column, remembered as long as the table's content is the same."""
        found = self.table(table)
        if found.column(column) is None:
            return None
        key = (found.fingerprint, column)
        if key not in self.known:
            self.known[key] = runner.distinct(found.name, column, DISTINCT_LIMIT)
        return self.known[key].model_copy(update={"table": found.name})

    def remembering(self, run: Run) -> Looking:
        """The run's bounded reads; one of these tables alone is done once.

        The checks of every question ask much the same of the tables: their copies, their gaps.
        """
        mark = quoted(run.id)

        def look(sql: str, params: Mapping[str, Wire], limit: int) -> Look:
            if mark in sql:
                return run.look(sql, params, limit)
            key = f"{sql} {sorted(params.items())} {limit}"
            if key not in self._looked:
                if len(self._looked) >= REMEMBERED:
                    self._looked.pop(next(iter(self._looked)))
                self._looked[key] = run.look(sql, params, limit)
            return self._looked[key]

        return look

    def links(self, runner: Runner, named: Sequence[str] = ()) -> tuple[Link, ...]:
        """Joins between the tables: those named ("a.x = b.y"), then likely ones."""
        key = tuple(named)
        if key not in self._links:
            self._links[key] = self._measured(runner, named)
        return self._links[key]

    def _measured(self, runner: Runner, named: Sequence[str]) -> tuple[Link, ...]:
        """The links by their values, in a run that ends: one that stayed would see no new table."""
        run = f"links_{uuid4().hex}"

        def look(sql: str, params: Mapping[str, Wire], limit: int) -> Look:
            return runner.look(run, sql, params, limit)

        try:
            given = named_links(named, self.tables, look)
            return with_named(given, likely_links(self.tables, look))
        finally:
            runner.drop(run)

    def with_profile(self, name: str, profile: tuple[ColumnProfile, ...]) -> Catalog:
        return self._replace(self.table(name), profile=profile)

    def renamed(self, name: str, new: str) -> Catalog:
        """The same tables, one under another name."""
        table = self.table(name)
        chosen = identifier(new)
        if any(t.name.casefold() == chosen.casefold() for t in self.tables if t is not table):
            raise name_taken(chosen)
        return self._replace(table, name=chosen)

    def without(self, name: str) -> Catalog:
        """The tables but one; a dataset that has none left is gone."""
        table = self.table(name)
        trimmed = (
            dataset.model_copy(update={"tables": tuple(t for t in dataset.tables if t != table)})
            for dataset in self.datasets
        )
        return Catalog((dataset for dataset in trimmed if dataset.tables), before=self)

    def _replace(self, table: Table, **update: object) -> Catalog:
        changed = table.model_copy(update=update)
        datasets = (
            dataset.model_copy(
                update={"tables": tuple(changed if t == table else t for t in dataset.tables)}
            )
            for dataset in self.datasets
        )
        return Catalog(datasets, before=self)

    def added(self, dataset: Dataset, reports: Sequence[TableReport]) -> tuple[Catalog, Dataset]:
        """With a dataset made of these reports; one from the same source is replaced."""
        others = tuple(d for d in self.datasets if d.source != dataset.source)
        taken = {table.name.casefold() for d in others for table in d.tables}
        tables = []
        for report in reports:
            name = _free(_proposed(report, len(reports) > 1, taken), taken, others, dataset)
            taken.add(name.casefold())
            tables.append(_table(report, name, dataset))
        complete = dataset.model_copy(update={"tables": tuple(tables)})
        return Catalog((*others, complete), before=self), complete


def _table(report: TableReport, name: str, dataset: Dataset) -> Table:
    return Table(
        **report.model_dump(exclude={"name"}),
        name=name,
        dataset_id=dataset.id,
        source=dataset.name if dataset.format != "frame" else dataset.source,
    )


def _proposed(report: TableReport, several: bool, taken: set[str]) -> str:
    """What a table shall be called: a sheet beside others by its own name, where that tells."""
    sheet = report.parsed.sheet or ""
    if several and not _DULL_SHEET.fullmatch(sheet) and identifier(sheet).casefold() not in taken:
        return identifier(sheet)
    return identifier(report.name)


def _free(name: str, taken: set[str], others: Sequence[Dataset], dataset: Dataset) -> str:
    """The name, or name_2, name_3, ...; a frame and a file may not share one: which is meant?"""
    if name.casefold() not in taken:
        return name
    holder = (
        next(d for d in others for t in d.tables if t.name.casefold() == name.casefold())
        if others
        else dataset
    )
    if (holder.format == "frame") != (dataset.format == "frame"):
        raise name_taken(name)
    number = 2
    while f"{name}_{number}".casefold() in taken:
        number += 1
    return f"{name}_{number}"


def identifier(name: str) -> str:
    """A name that reads well in questions and SQL: word characters, no leading digit.

    Raises `ConfigError` for a name with nothing in it.
    """
    if not name.strip():
        raise ConfigError(
            "The name is empty.", hint="Give a name such as 'north_sales'.", code="empty_name"
        )
    clean = re.sub(r"\W+", "_", name.strip()).strip("_")
    clean = clean[:60] or "table"
    return f"t_{clean}" if clean[0].isdigit() else clean


def name_taken(name: str) -> DataError:
    return DataError(
        f"There is already a table {name!r}.",
        hint=f"Give this one another name, such as name='{name}_2', or rename the other first.",
        code="name_taken",
    )


def unknown_table(name: str, tables: Sequence[Table]) -> DipError:
    near = nearest(name, [table.name for table in tables])
    known = ", ".join(table.name for table in tables[:10]) or "none yet: upload a file first"
    return DipError(
        f"There is no table {name!r}.",
        hint=f"Did you mean {near!r}?" if near else f"Tables: {known}.",
        code="unknown_table",
    )
