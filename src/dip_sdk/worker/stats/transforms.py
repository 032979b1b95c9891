"""Operations that change the scale of numbers, or rank them, and give the whole table back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from ...types.operations import transforms as asked
from .base import Data, Outcome
from .columns import add, clean, floats, put, rows_by, sentences, within
from .samples import Floats, Places, Sample, finite, refuse, sample
from .telling import counted, num

if TYPE_CHECKING:
    import pyarrow as pa

Change = Callable[[Floats, Sample], tuple[Floats, str]]
"""A column and its known values -> the changed column, and what is told of it."""


def standardise(operation: asked.Standardise, data: Data) -> Outcome:
    """z = (x - mean) / standard deviation; a constant column becomes zeros."""

    def change(values: Floats, known: Sample) -> tuple[Floats, str]:
        if known.constant:
            told = f"{known.name}: its one value, {num(known.values[0])}, became 0"
            return values * 0, told + _over(known)
        spread = float(known.values.std(ddof=operation.ddof))
        told = f"{known.name}: mean {num(known.mean)} and standard deviation {num(spread)} "
        told += f"(ddof {operation.ddof}) became"
        return (values - known.mean) / spread, f"{told} 0 and 1{_over(known)}"

    return _scaled(operation.columns, data, change)


def min_max(operation: asked.MinMax, data: Data) -> Outcome:
    """low + (x - min) / (max - min) (high - low); a constant column becomes `low`."""
    low, high = operation.low, operation.high

    def change(values: Floats, known: Sample) -> tuple[Floats, str]:
        least, most = float(known.values.min()), float(known.values.max())
        if known.constant:
            told = f"{known.name}: its one value, {num(least)}, became {num(low)}"
            return values * 0 + low, told + _over(known)
        told = f"{known.name}: {num(least)} to {num(most)} became {num(low)} to {num(high)}"
        return low + (values - least) / (most - least) * (high - low), told + _over(known)

    return _scaled(operation.columns, data, change)


def log(operation: asked.Log, data: Data) -> Outcome:
    """log x, or log(1 + x), which is exact near zero."""
    import numpy as np

    base = {"e": 1.0, "2": np.log(2), "10": np.log(10)}[operation.base]
    plain: Any = {"e": np.log, "2": np.log2, "10": np.log10}[operation.base]
    called = {"e": "the natural logarithm", "2": "the logarithm to base 2"}.get(
        operation.base, "the logarithm to base 10"
    )

    def change(values: Floats, known: Sample) -> tuple[Floats, str]:
        _must_have_logarithms(known.name, values, operation)
        made = np.log1p(values) / base if operation.plus_one else plain(values)
        of = " of one more than each value" if operation.plus_one else ""
        ends = f"{num(float(np.nanmin(made)))} to {num(float(np.nanmax(made)))}"
        return made, f"{known.name}: {called}{of}, from {ends}{_over(known)}"

    return _scaled(operation.columns, data, change)


def clip(operation: asked.Clip, data: Data) -> Outcome:
    """Quantiles interpolate linearly (type 7 of Hyndman and Fan, 1996). Values within the bounds
    stay exactly as they are; a column of integers stays one where its bounds are whole."""
    import pyarrow.compute as pc

    table, told = data.table, []
    for name in operation.columns:
        known = sample(name, finite(data, name), least=1)
        low = _bound(known, operation.low, operation.low_quantile)
        high = _bound(known, operation.high, operation.high_quantile)
        if low is not None and high is not None and low > high:
            raise refuse(
                f"The low bound of {name!r} ({num(low)}) is above the high one ({num(high)}).",
                "Give bounds of one kind: low and high, or two quantiles.",
            )
        column = _holding(clean(table.column(name)), low, high)
        if low is not None:
            column = pc.max_element_wise(column, _typed(low, column), skip_nulls=False)
        if high is not None:
            column = pc.min_element_wise(column, _typed(high, column), skip_nulls=False)
        table = put(table, name, column)
        told.append(_clipped(known, low, high))
    return Outcome(table, sentences(told))


def rank(operation: asked.Rank, data: Data) -> Outcome:
    """Places from 1; equal values share one by `method`."""
    import pyarrow as pa

    groups, codes = rows_by(data, operation.by)
    kind = pa.float64() if operation.method == "average" else pa.int64()
    table, told = data.table, []
    for name in operation.columns:
        values = finite(data, name)
        known = sample(name, values, least=1)
        ranks = _ranks(values, codes, operation)
        table = add(table, f"{name}_rank", floats(ranks).cast(kind))
        ranked = int((ranks > 0).sum())
        end = "largest" if operation.descending else "smallest"
        none = (
            f"; {counted(len(values) - ranked, 'row')} without one" if ranked < len(values) else ""
        )
        told.append(
            f"{name}_rank: the places of {counted(ranked, 'value')}, 1 for the {end}"
            f"{within(operation.by, groups)}{_ties(known, operation)}{none}"
        )
    return Outcome(table, sentences(told))


def _scaled(columns: Sequence[str], data: Data, change: Change) -> Outcome:
    """The table with its columns changed; raises `QueryFailed` for one without a known number."""
    table, told = data.table, []
    for name in columns:
        values = finite(data, name)
        changed, said = change(values, sample(name, values, least=1))
        table = put(table, name, floats(changed))
        told.append(said)
    return Outcome(table, sentences(told))


def _over(known: Sample) -> str:
    stay = f"; {known.missing:,} missing {'stays' if known.missing == 1 else 'stay'} missing"
    return f", over {counted(known.n, 'value')}{stay if known.missing else ''}"


def _must_have_logarithms(name: str, values: Floats, operation: asked.Log) -> None:
    import numpy as np

    least = -1 if operation.plus_one else 0
    (at,) = np.nonzero(values <= least)
    if not len(at):
        return
    zeros = not operation.plus_one and bool(np.nanmin(values) == 0)
    raise refuse(
        f"{name!r} has {counted(len(at), 'value')} of {least} or less, the first in row "
        f"{at[0] + 1:,}: they have no logarithm.",
        "Use plus_one for counts that may be zero, or leave those rows out with a filter."
        if zeros
        else "Leave those rows out with a filter, or use standardise or min_max.",
        "no_logarithm",
    )


def _bound(known: Sample, given: float | None, quantile: float | None) -> float | None:
    import numpy as np

    return given if quantile is None else float(np.quantile(known.values, quantile))


def _holding(column: pa.ChunkedArray, *bounds: float | None) -> pa.ChunkedArray:
    """The column in a type that can hold the bounds: its own, if it is of integers as they are."""
    import pyarrow as pa
    import pyarrow.compute as pc

    whole = all(bound is None or bound.is_integer() for bound in bounds)
    if pa.types.is_integer(column.type) and whole:
        return pc.cast(column, pa.int64()) if column.type != pa.uint64() else column
    return pc.cast(column, pa.float64(), safe=False)


def _typed(bound: float, column: pa.ChunkedArray) -> Any:
    import pyarrow as pa

    return pa.scalar(int(bound) if pa.types.is_integer(column.type) else bound, column.type)


def _clipped(known: Sample, low: float | None, high: float | None) -> str:
    parts = []
    if low is not None:
        below = int((known.values < low).sum())
        parts.append(f"{counted(below, 'value')} below {num(low)} became it")
    if high is not None:
        above = int((known.values > high).sum())
        parts.append(f"{counted(above, 'value')} above {num(high)} became it")
    return f"{known.name}: {' and '.join(parts)}, of {counted(known.n, 'value')}"


def _ranks(values: Floats, codes: Places, operation: asked.Rank) -> Floats:
    """The rank of each value among the known ones of its group, NaN for the others."""
    import numpy as np
    from scipy.stats import rankdata

    ranks = np.full(len(values), np.nan)
    (at,) = np.nonzero(~np.isnan(values) & (codes >= 0))
    at = at[np.argsort(codes[at], kind="stable")]
    ends = np.nonzero(np.diff(codes[at]))[0] + 1
    for part in np.split(at, ends):
        turned = -values[part] if operation.descending else values[part]
        ranks[part] = rankdata(turned, operation.method)
    return ranks


def _ties(known: Sample, operation: asked.Rank) -> str:
    """How equal values are ranked, where there are any."""
    import numpy as np

    if len(np.unique(known.values)) == known.n:
        return ""
    return {
        "average": "; equal values share the average of their places",
        "min": "; equal values share the lowest of their places",
        "dense": "; equal values share a place, and none is left out after them",
    }[operation.method]
