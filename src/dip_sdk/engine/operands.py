"""The statement that reads what a named operation works on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..types.dataset import Table
from ..types.plan import OperationStep
from ..types.sql import quoted


def operands(
    step: OperationStep, tables: Sequence[Table], made: Mapping[str, Sequence[str]]
) -> str:
    """The columns that the operation names, or all; text that has a numeric reading as numbers.

    `made` are the columns of the run's own tables, which go before the session's.
    """
    operation, wanted = step.operation, step.table.casefold()
    own = next((columns for name, columns in made.items() if name.casefold() == wanted), None)
    table = next((table for table in tables if table.name.casefold() == wanted), None)
    readings = _readings(table) if table and own is None else {}
    shown = own or ([column.name for column in table.visible] if table else ())
    names = _whole(shown, operation.reads) if operation.whole else operation.reads or shown
    read = set(operation.reads or (() if operation.whole else shown))
    stored = {name: readings.get(name.casefold(), name) for name in read}
    items = [
        f"{quoted(step.table)}.{quoted(stored.get(name, name))} AS {quoted(name)}" for name in names
    ]
    return f"SELECT {', '.join(items) or '*'} FROM {quoted(step.table)}"


def _readings(table: Table) -> dict[str, str]:
    """Text column, in lower case -> its hidden numeric reading."""
    return {c.reading_of.casefold(): c.name for c in table.columns if c.reading_of is not None}


def _whole(shown: Sequence[str], named: Sequence[str]) -> list[str]:
    """All columns in their order, those that the operation names spelt as it does."""
    spelt = {name.casefold(): name for name in named}
    all_of = [spelt.get(name.casefold(), name) for name in shown]
    return all_of + [name for name in named if name not in all_of]
