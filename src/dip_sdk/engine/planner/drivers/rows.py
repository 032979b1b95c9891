"""The rows that a breakdown reads, where they are not a table as it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ....types.dataset import Distinct
from ....types.plan import SqlStep
from ....types.sql import quoted
from ....types.values import Wire
from ..rules.joins import Hop, Path
from ..rules.linking import Hit, Index
from ..rules.namewords import GENERIC
from ..rules.query import Col
from ..rules.words import name_words
from .measure import Measure

ROWS = "rows"
FEWEST, MANY = 2, 50
"""Levels of a column that is taken along as a dimension."""
LARGE = 1_000_000
"""Cells of a table from which on only the columns that are needed are read."""
Seen = Callable[[str, str], Distinct | None]
"""The different values of (table, column); None where they may not be seen."""


@dataclass(frozen=True)
class Source:
    """Where a breakdown reads: a table or a step, and what its columns are called there."""

    table: str
    names: dict[Col, str]
    step: SqlStep | None = None

    def name(self, col: Col) -> str:
        return self.names.get(col, col.name)


def source(
    measure: Measure,
    across: Col,
    by: Sequence[Col],
    cell: Hit | None,
    index: Index,
    seen: Seen,
) -> Source | None:
    """The measure's table; with the rows, the dates and the dimensions that others hold for it.

    None where a column is in a table that a row does not belong to.
    """
    needed = [col for col in (measure.col, across, *by) if col]
    wanted = list(by) or list(_dimensions(measure.table, index, seen))
    paths = _paths(measure.table, [*needed, *wanted, *([cell.col] if cell else [])], index)
    if paths is None:
        return None
    plain = not cell and all(col.table == measure.table for col in (*needed, *wanted))
    table = index.tables[measure.table]
    if plain and table.rows * len(table.visible) <= LARGE:
        return Source(measure.table, {})
    columns = list(dict.fromkeys([*needed, *wanted]))
    names = _names(columns, measure.table)
    items = [f"{_place(col, measure)} AS {quoted(names[col])}" for col in columns]
    where, params = _where(cell)
    sql = f"SELECT {', '.join(items)} FROM {quoted(measure.table)}{_joins(paths)}{where}"
    title = f"The rows of {measure.table}{f' for {_said(cell)}' if cell else ''}"
    return Source(ROWS, names, SqlStep(name=ROWS, title=title, sql=sql, params=params))


def _dimensions(table: str, index: Index, seen: Seen) -> Iterator[Col]:
    """The categories of a table, and of the tables that each of its rows belongs to one row of."""
    near = {hop.to_table for hop in index.graph.hops[table] if hop.unique}
    for other in (table, *sorted(near)):
        if len(index.graph.paths(table, other, unique=True)) != 1:
            continue
        for col in index.columns(other):
            if col.type in {"text", "boolean"} and _few(seen(other, col.name), other == table):
                yield col


def _few(values: Distinct | None, unseen: bool) -> bool:
    """It has few levels; where that may not be seen, the breakdown itself counts them."""
    if values is None:
        return unseen
    return values.complete and FEWEST <= len(values.values) <= MANY


def _paths(table: str, columns: Sequence[Col], index: Index) -> list[Path] | None:
    """One way to each other table, None where there is none or more than one."""
    found: list[Path] = []
    for other in dict.fromkeys(col.table for col in columns if col.table != table):
        paths = index.graph.paths(table, other, unique=True)
        if len(paths) != 1:
            return None
        found.append(paths[0])
    return found


def _joins(paths: Sequence[Path]) -> str:
    hops: dict[Hop, None] = dict.fromkeys(hop for path in paths for hop in path)
    return "".join(
        f" LEFT JOIN {quoted(hop.to_table)} ON {quoted(hop.from_table)}.{quoted(hop.from_column)}"
        f" = {quoted(hop.to_table)}.{quoted(hop.to_column)}"
        for hop in hops
    )


def _names(columns: Sequence[Col], base: str) -> dict[Col, str]:
    """A name for each column, with its table before it where two are called alike.

    A "name" of another table says nothing without it.
    """
    taken: set[str] = set()
    names = {}
    for col in columns:
        vague = col.table != base and set(name_words(col.name)) <= GENERIC
        alike = col.name.casefold() in taken
        name = f"{col.table} {col.name}" if vague or alike else col.name
        taken.add(name.casefold())
        names[col] = name
    return names


def _place(col: Col, measure: Measure) -> str:
    """The column, or the numbers read from its texts."""
    name = col.number if col == measure.col and col.number else col.name
    return f"{quoted(col.table)}.{quoted(name)}"


def _where(cell: Hit | None) -> tuple[str, dict[str, Wire]]:
    if cell is None:
        return "", {}
    params: dict[str, Wire] = {f"cell_{k}": value for k, value in enumerate(cell.cells)}
    marks = ", ".join(f"${name}" for name in params)
    return f" WHERE {quoted(cell.col.table)}.{quoted(cell.col.name)} IN ({marks})", params


def _said(cell: Hit | None) -> str:
    return f"{cell.col.label} {' or '.join(cell.cells)}" if cell else ""
