"""Columns of a table: missing ones known, changed ones put back, new ones added, rows grouped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .base import Data
from .samples import Floats, Places, places, refuse
from .telling import counted

if TYPE_CHECKING:
    import pyarrow as pa

TOLD = 5
"""Columns of which a reading tells; the others are counted."""


def clean(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column in which what is not a number is missing, and categories are their text."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_dictionary(column.type):
        return column.cast(column.type.value_type)
    if not pa.types.is_floating(column.type):
        return column
    return pc.if_else(pc.is_nan(column), pa.scalar(None, column.type), column)


def floats(values: Floats) -> pa.Array:
    """Computed numbers as a column, missing where they are NaN."""
    import pyarrow as pa

    return pa.array(values, pa.float64(), from_pandas=True)


def put(table: pa.Table, name: str, column: Any) -> pa.Table:
    """The table with another column in the place of one."""
    return table.set_column(table.column_names.index(name), name, column)


def add(table: pa.Table, name: str, column: Any) -> pa.Table:
    """The table with one more column; raises `QueryFailed` where it has one of that name."""
    if name.casefold() in {each.casefold() for each in table.column_names}:
        raise refuse(
            f"The table has a column {name!r} already.",
            "Rename that column, or leave it out, in a step before.",
            "column_exists",
        )
    return table.append_column(name, column)


def rows_by(data: Data, by: Sequence[str]) -> tuple[int, Places]:
    """How many groups there are, and for each row the place of its group, -1 where it has none.

    Without columns all rows are one group; a row with a missing one of several has none.
    """
    import numpy as np

    codes = np.zeros(data.table.num_rows, dtype=np.int64)
    for column in by:
        labels, own = places(data, column)
        codes = np.where((codes >= 0) & (own >= 0), codes * len(labels) + own, -1)
        used, codes = np.unique(codes, return_inverse=True)
        codes = codes - 1 if len(used) and used[0] == -1 else codes
    return int(codes.max(initial=-1)) + 1, codes


def within(by: Sequence[str], groups: int) -> str:
    """ " within each of 3 groups of species", or nothing."""
    return f" within each of {counted(groups, 'group')} of {' and '.join(by)}" if by else ""


def sentences(told: Sequence[str]) -> str:
    """What is told of each column, the first few of them."""
    more = len(told) - TOLD
    rest = f" {counted(more, 'more column')} {'was' if more == 1 else 'were'} treated alike."
    return " ".join(f"{each}." for each in told[:TOLD]) + (rest if more > 0 else "")
