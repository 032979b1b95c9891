"""Operations that add categories, codes or parts of a column to its table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...types.operations import encoding as asked
from .base import Data, Outcome
from .columns import add, sentences
from .samples import Floats, Places, Sample, finite, places, refuse, sample, varied
from .telling import counted, num

if TYPE_CHECKING:
    import pyarrow as pa

MOST_LEVELS = 50
"""Categories of a column that become columns of their own."""
TOLD = 12
"""Codes that a reading tells."""

PARTS = {
    "year": "year", "quarter": "quarter", "month": "month", "week": "iso_week", "day": "day",
    "weekday": "day_of_week", "hour": "hour",
}  # fmt: skip
"""Part -> the function of `pyarrow.compute` that takes it."""


def bin(operation: asked.Bin, data: Data) -> Outcome:  # noqa: A001
    """`pandas.cut` or `pandas.qcut`: intervals (a, b], the lowest of which holds the smallest value
    too where bins are counted and not given by edges."""
    import numpy as np
    import pyarrow as pa

    name = operation.column
    values = finite(data, name)
    known = sample(name, values, least=1)
    cut = _cut(operation, values, known)
    labels = _labels(operation, cut.categories)
    codes = np.asarray(cut.codes, dtype=np.int64)
    column = pa.array(labels, pa.string()).take(pa.array(codes, mask=codes < 0))
    table = add(data.table, f"{name}_bin", column)
    return Outcome(table, _bins_told(operation, known, labels, codes))


def encode(operation: asked.Encode, data: Data) -> Outcome:
    """A missing category has no code, and 0 in each column of one-hot."""
    table, told = data.table, []
    for name in operation.columns:
        labels, codes = places(data, name)
        if not labels:
            raise refuse(f"{name} has no known values.", "Leave it out.", "too_few_values")
        if operation.method == "one_hot":
            table, said = _one_hot(table, name, labels, codes)
        else:
            table, said = _ordinal(table, name, labels, codes, operation.order)
        told.append(said)
    return Outcome(table, sentences(told))


def date_parts(operation: asked.DateParts, data: Data) -> Outcome:
    """Parts of the Gregorian calendar, the week as ISO 8601 counts it."""
    import pyarrow as pa
    import pyarrow.compute as pc

    table, told = data.table, []
    for name in operation.columns:
        column = data.table.column(name)
        _must_be_dates(name, column.type, operation)
        added = []
        for part in dict.fromkeys(operation.parts):
            weeks = {"count_from_zero": False, "week_start": 1} if part == "weekday" else {}
            numbers = getattr(pc, PARTS[part])(column, **weeks).cast(pa.int64())
            table = add(table, f"{name}_{part}", numbers)
            ends = pc.min_max(numbers).as_py()
            added.append(part + _between(ends["min"], ends["max"]))
        none = f"; {counted(column.null_count, 'row')} without any" if column.null_count else ""
        told.append(f"{name}: {', '.join(added)}{none}")
    return Outcome(table, sentences(told))


def _between(low: int | None, high: int | None) -> str:
    """ " 2019 to 2024", " 2024", or nothing where there are none."""
    if low is None:
        return ""
    return f" {low}" if low == high else f" {low} to {high}"


def _cut(operation: asked.Bin, values: Floats, known: Sample) -> Any:
    import pandas as pd

    if operation.edges:
        return pd.cut(values, list(operation.edges))
    varied([known])
    if operation.method == "equal_width":
        return pd.cut(values, operation.bins)
    return pd.qcut(values, operation.bins, duplicates="drop")


def _labels(operation: asked.Bin, intervals: Any) -> list[str]:
    if operation.labels and len(operation.labels) != len(intervals):
        raise refuse(
            f"Equal values of {operation.column!r} leave {counted(len(intervals), 'interval')} "
            f"for {counted(len(operation.labels), 'label')}.",
            "Ask for fewer bins, or give edges.",
        )
    return list(operation.labels) or [str(interval) for interval in intervals]


def _bins_told(operation: asked.Bin, known: Sample, labels: list[str], codes: Places) -> str:
    import numpy as np

    counts = np.bincount(codes[codes >= 0], minlength=len(labels))
    ways = {"equal_width": " of equal width", "quantile": " of about equal counts"}
    way = "" if operation.edges else ways[operation.method]
    most, least = int(counts.argmax()), int(counts.argmin())
    full = (
        f"{operation.column}_bin: {counted(len(labels), 'interval')}{way} for "
        f"{counted(int(counts.sum()), 'value')}, most in {labels[most]} ({counts[most]:,}), "
        f"fewest in {labels[least]} ({counts[least]:,})"
    )
    told = [full]
    if not operation.edges and len(labels) < operation.bins:
        told.append(f"equal values leave no more than {len(labels)} of {operation.bins}")
    outside = known.n - int(counts.sum())
    if outside:
        ends = f"{num(operation.edges[0])} to {num(operation.edges[-1])}"
        told.append(f"{counted(outside, 'value')} outside of {ends} without one")
    if known.missing:
        told.append(f"{known.missing:,} missing without one")
    return f"{'; '.join(told)}."


def _one_hot(table: pa.Table, name: str, labels: list[str], codes: Places) -> tuple[pa.Table, str]:
    import numpy as np
    import pyarrow as pa

    if len(labels) > MOST_LEVELS:
        raise refuse(
            f"{name!r} has {len(labels):,} categories; up to {MOST_LEVELS} become columns.",
            "Keep the frequent ones and call the others one name in a step before, or use ordinal.",
            "too_many_groups",
        )
    _must_differ(name, labels)
    for code, label in enumerate(labels):
        table = add(table, f"{name}_{label}", pa.array((codes == code).astype(np.int64)))
    missing = int((codes < 0).sum())
    none = f"; {counted(missing, 'row')} with a missing value, 0 in each" if missing else ""
    shown = ", ".join(labels[:TOLD]) + (", ..." if len(labels) > TOLD else "")
    return table, f"{name}: {counted(len(labels), 'column')} of 0 and 1, for {shown}{none}"


def _ordinal(
    table: pa.Table, name: str, labels: list[str], codes: Places, given: tuple[str, ...]
) -> tuple[pa.Table, str]:
    import numpy as np
    import pyarrow as pa

    order = list(given) or labels
    unknown = [label for label in labels if label not in order]
    if unknown:
        raise refuse(
            f"{name!r} has categories that order does not name: {', '.join(unknown[:8])}.",
            f"Name each of its categories: {', '.join(labels[:TOLD])}.",
            "unknown_group",
        )
    at = np.array([order.index(label) for label in labels])[codes]
    table = add(table, f"{name}_code", pa.array(at, mask=codes < 0))
    shown = ", ".join(f"{label} {i}" for i, label in enumerate(order[:TOLD]))
    missing = int((codes < 0).sum())
    none = f"; {counted(missing, 'row')} without a code" if missing else ""
    return table, f"{name}_code: {shown}{', ...' if len(order) > TOLD else ''}{none}"


def _must_differ(name: str, labels: list[str]) -> None:
    """Columns of a table are told apart whatever their case."""
    seen: dict[str, str] = {}
    for label in labels:
        other = seen.setdefault(label.casefold(), label)
        if other != label:
            raise refuse(
                f"{name!r} has the categories {other!r} and {label!r}, which would be one column.",
                "Write them alike in a step before, or use ordinal.",
                "column_exists",
            )


def _must_be_dates(name: str, kind: pa.DataType, operation: asked.DateParts) -> None:
    import pyarrow as pa

    if not (pa.types.is_date(kind) or pa.types.is_timestamp(kind)):
        raise refuse(
            f"Column {name!r} holds no dates.",
            "Name a column of dates, or turn it into one in a step before: try_cast(... as date).",
            "not_dates",
        )
    if "hour" in operation.parts and pa.types.is_date(kind):
        raise refuse(
            f"Column {name!r} holds dates without a time: they have no hour.",
            "Leave hour out of parts.",
            "not_dates",
        )
