"""What is known of a table, as strings: its columns with types and values, how it was read."""

from __future__ import annotations

from dataclasses import dataclass

from ..types.dataset import Table, TableColumn
from ..types.profile import ColumnProfile
from ..types.values import Column
from .numbers import is_label, plural, show
from .safe import cut
from .story import Grid

_VALUE = 24


@dataclass(frozen=True)
class Overview:
    """A table's title line, a grid with a line for each column, and notes on how it was read."""

    title: str
    grid: Grid
    notes: tuple[str, ...]


def overview(table: Table) -> Overview:
    """The table for people; values only once the full profile is there."""
    columns = table.visible
    profiles = {profile.name: profile for profile in table.profile or ()}
    labelled = any(column.label or column.unit for column in columns)
    headers = ("column", "type") + (("in the file",) if labelled else ())
    headers += ("empty", "distinct", "values") if profiles else ()
    right = tuple(header in ("empty", "distinct") for header in headers)
    rows = tuple(_row(column, profiles, labelled) for column in columns)
    size = f"{plural(table.rows, 'row')}, {plural(len(columns), 'column')}"
    source = f" from {table.source}" if table.source != table.name else ""
    return Overview(
        f"{table.name}{source}: {size}",
        Grid(headers, rows, right, right, plural(len(columns), "column")),
        (*table.parsed.notes, *(problem.message for problem in table.problems)),
    )


def _row(
    column: TableColumn, profiles: dict[str, ColumnProfile], labelled: bool
) -> tuple[str, ...]:
    cells = [column.name, column.type]
    if labelled:
        cells.append(_as_written(column))
    if profiles:
        cells += _profile(column, profiles.get(column.name))
    return tuple(cells)


def _as_written(column: TableColumn) -> str:
    unit = column.unit if column.unit and column.unit not in column.label else ""
    return f"{column.label} ({unit})".strip() if unit else column.label


def _profile(column: TableColumn, profile: ColumnProfile | None) -> tuple[str, str, str]:
    if profile is None:
        return ("", "", "")
    about = "~" if profile.sampled else ""
    return (f"{profile.nulls:,}", f"{about}{profile.distinct:,}", _values(column, profile))


def _values(column: TableColumn, profile: ColumnProfile) -> str:
    """The range of numbers and dates, the most frequent of all else."""
    shape = Column(name=column.name, type=column.type)
    grouped = not is_label(shape)
    if (shape.numeric or shape.temporal) and profile.minimum is not None:
        ends = (profile.minimum, profile.maximum)
        return " to ".join(show(end, column.type, grouped=grouped) for end in ends)
    frequent = [cut(show(value, column.type), _VALUE) for value, _ in profile.frequent[:4]]
    more = ", ..." if profile.distinct > len(frequent) else ""
    return ", ".join(frequent) + more
