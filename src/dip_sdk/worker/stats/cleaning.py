"""Operations that fill missing values or leave rows out, and give the whole table back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ...types.operations import cleaning as asked
from .base import Data, Outcome
from .columns import clean, floats, put, rows_by, sentences, within
from .samples import Floats, Places, finite, refuse
from .telling import counted, num

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Gaps:
    """A column with missing values, and the groups of its rows."""

    name: str
    column: pa.ChunkedArray
    data: Data
    codes: Places
    """For each row the place of its group, -1 where it has none: nothing fills it."""
    groups: int


Fill = tuple[Any, str]
"""A column with what fills each row, missing where nothing does, and that in words."""


def impute(operation: asked.Impute, data: Data) -> Outcome:
    """Every missing value that its group, or a neighbour in it, can fill."""
    import pyarrow.compute as pc

    groups, codes = rows_by(data, operation.by)
    table, told = data.table, []
    for name in operation.columns:
        gaps = Gaps(name, clean(table.column(name)), data, codes, groups)
        missing = gaps.column.null_count
        if not missing:
            told.append(f"{name}: nothing was missing")
            continue
        fill, what = _fill(operation, gaps)
        filled = pc.coalesce(gaps.column.cast(fill.type, safe=False), fill)
        table = put(table, name, filled)
        left = filled.null_count
        more = f"; {left:,} {'stays' if left == 1 else 'stay'} missing" if left else ""
        told.append(
            f"{name}: {missing - left:,} of {counted(missing, 'missing value')} filled with {what}"
            f"{within(operation.by, groups)}{more}"
        )
    return Outcome(table, sentences(told))


def drop_missing(operation: asked.DropMissing, data: Data) -> Outcome:
    """Rows where a column is null, or not a number."""
    import numpy as np

    table = data.table
    names = list(operation.columns or table.column_names)
    gone = {name: np.asarray(clean(table.column(name)).is_null()) for name in names}
    any_gone = np.any([*gone.values()], axis=0) if names else np.zeros(table.num_rows, dtype=bool)
    kept = table.filter(~any_gone)
    if kept.num_rows == table.num_rows:
        where = " and ".join(operation.columns) or "any column"
        return Outcome(kept, f"No row has a missing value in {where}; nothing was left out.")
    counts = [f"{name} {mask.sum():,}" for name, mask in gone.items() if mask.any()]
    listed = ", ".join(counts[:8]) + (", ..." if len(counts) > 8 else "")
    return Outcome(
        kept,
        f"{table.num_rows - kept.num_rows:,} of {counted(table.num_rows, 'row')} left out for a "
        f"missing value ({listed}); {counted(kept.num_rows, 'row')} left.",
    )


def drop_duplicates(operation: asked.DropDuplicates, data: Data) -> Outcome:
    """Rows that agree in all the columns; what is missing agrees with what is missing."""
    import numpy as np
    import pyarrow as pa

    table = data.table
    names = list(operation.columns or table.column_names)
    keys = pa.table({str(i): clean(table.column(name)) for i, name in enumerate(names)})
    rows = keys.append_column("row", pa.array(np.arange(table.num_rows)))
    pick = "min" if operation.keep == "first" else "max"
    try:
        found = rows.group_by(keys.column_names).aggregate([("row", pick)])
    except (pa.ArrowNotImplementedError, pa.ArrowTypeError):
        nested = [name for name in names if pa.types.is_nested(table.column(name).type)]
        raise refuse(
            f"Rows cannot be compared by {' and '.join(nested or names)}: it holds lists or "
            "structures.",
            "Name the other columns.",
        ) from None
    kept = table.take(found.column(f"row_{pick}").combine_chunks().sort())
    gone = table.num_rows - kept.num_rows
    where = " and ".join(operation.columns) or "all columns"
    if not gone:
        return Outcome(kept, f"No row repeats another in {where}; nothing was left out.")
    other = "an earlier" if operation.keep == "first" else "a later"
    return Outcome(
        kept,
        f"{gone:,} of {counted(table.num_rows, 'row')} left out because {other} row agrees in "
        f"{where}; {counted(kept.num_rows, 'row')} left.",
    )


def _fill(operation: asked.Impute, gaps: Gaps) -> Fill:
    if operation.method == "constant":
        return _constant(operation, gaps)
    if gaps.column.null_count == len(gaps.column):
        raise refuse(
            f"{gaps.name} has no known values to fill from.",
            "Use the method constant with a value, or leave the column out.",
            "too_few_values",
        )
    fills: dict[str, Callable[[Gaps], Fill]] = {
        "mean": _mean, "median": _median, "most_frequent": _most_frequent,
        "previous": _previous, "linear": _linear,
    }  # fmt: skip
    return fills[operation.method](gaps)


def _constant(operation: asked.Impute, gaps: Gaps) -> Fill:
    """The value in the column's type; a fraction makes a column of integers one of floats."""
    import pyarrow as pa

    value, kind = operation.value, gaps.column.type
    if isinstance(value, float) and not value.is_integer() and pa.types.is_integer(kind):
        kind = pa.float64()
    try:
        one = _typed(value, kind)
    except (pa.ArrowException, ArithmeticError):
        raise refuse(
            f"{value!r} cannot stand in {gaps.name!r}, a column of {kind}.",
            "Give a value of the kind that the column holds.",
        ) from None
    return pa.repeat(one, len(gaps.column)), f"the constant {value}"


def _typed(value: object, kind: pa.DataType) -> pa.Scalar:
    """A value in a type, never a number as a date; raises Arrow's and decimal's errors."""
    import pyarrow as pa

    if pa.types.is_decimal(kind):
        return pa.scalar(Decimal(str(value)), kind)
    if pa.types.is_temporal(kind):
        return pa.scalar(str(value)).cast(kind)
    return pa.scalar(value).cast(kind)


def _mean(gaps: Gaps) -> Fill:
    import numpy as np

    return _centre(gaps, np.mean, "mean")


def _median(gaps: Gaps) -> Fill:
    import numpy as np

    return _centre(gaps, np.median, "median")


def _centre(gaps: Gaps, measure: Callable[[Floats], Any], called: str) -> Fill:
    """The measure of each group's known values."""
    import numpy as np

    values = finite(gaps.data, gaps.name)
    centres = np.full(gaps.groups + 1, np.nan)  # the last is for rows without a group
    for code, rows in _groups(gaps, ~np.isnan(values)):
        centres[code] = float(measure(values[rows]))
    said = f"the {called}" + (f" ({num(float(centres[0]))})" if gaps.groups == 1 else "")
    return floats(centres[gaps.codes]), said


def _linear(gaps: Gaps) -> Fill:
    """On the line between the known neighbours of the group; nothing before the first known value
    and nothing after the last."""
    import numpy as np

    values = finite(gaps.data, gaps.name)
    fill = np.full(len(values), np.nan)
    for _, rows in _groups(gaps, np.ones(len(values), dtype=bool)):
        at, own = np.arange(len(rows)), values[rows]
        known = ~np.isnan(own)
        if known.any():
            fill[rows] = np.interp(at, at[known], own[known], left=np.nan, right=np.nan)
    return floats(fill), "the line between the known values before and after"


def _previous(gaps: Gaps) -> Fill:
    """The last known value before, of the same group."""
    import numpy as np
    import pyarrow as pa

    known = ~np.asarray(gaps.column.is_null())
    source = np.full(len(known), -1)
    for _, rows in _groups(gaps, np.ones(len(known), dtype=bool)):
        last = np.maximum.accumulate(np.where(known[rows], np.arange(len(rows)), -1))
        source[rows] = np.where(last >= 0, rows[last], -1)
    return gaps.column.take(pa.array(source, mask=source < 0)), "the known value before"


def _most_frequent(gaps: Gaps) -> Fill:
    """Of several most frequent values the smallest, as scikit-learn takes it."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    column = gaps.column.combine_chunks()
    different = column.unique().drop_null()
    values = different.take(pc.array_sort_indices(different))
    places = np.asarray(pc.fill_null(pc.index_in(column, values), -1))
    modes, times = np.full(gaps.groups + 1, -1), 0
    for code, rows in _groups(gaps, places >= 0):
        found, counts = np.unique(places[rows], return_counts=True)
        modes[code], times = found[counts.argmax()], int(counts.max())
    source = modes[gaps.codes]
    said = "the most frequent value"
    if gaps.groups == 1:
        said += f" ({values[modes[0]]}, {counted(times, 'time')})"
    return values.take(pa.array(source, mask=source < 0)), said


def _groups(gaps: Gaps, wanted: Any) -> list[tuple[int, Places]]:
    """The wanted rows of each group that has any, in the order of the table."""
    import numpy as np

    (rows,) = np.nonzero(wanted & (gaps.codes >= 0))
    rows = rows[np.argsort(gaps.codes[rows], kind="stable")]
    parts = np.split(rows, np.nonzero(np.diff(gaps.codes[rows]))[0] + 1)
    return [(int(gaps.codes[part[0]]), part) for part in parts if len(part)]
