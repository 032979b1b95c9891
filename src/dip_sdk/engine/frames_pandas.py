"""pandas to Arrow, for all that Arrow's own conversion refuses or would quietly change."""

from __future__ import annotations

import datetime
import numbers
import uuid
from collections.abc import Callable, Hashable
from decimal import Decimal
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from .frames import unusable

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

SCALARS = (
    str, bytes, numbers.Number, uuid.UUID, PurePath,
    datetime.date, datetime.time, datetime.timedelta,
)  # fmt: skip
"""What can be written as text when a column mixes kinds."""


def from_pandas(frame: Any, name: str) -> pa.Table:
    """A DataFrame or Series as Arrow; a named index, or one of labels, becomes columns."""
    import pyarrow as pa

    if frame.ndim == 1:
        frame = frame.to_frame(frame.name if frame.name is not None else "value")
    frame = _with_index(frame)
    labels = [_label(label) for label in frame.columns]
    arrays = [
        _column(series, name, label)
        for label, (_, series) in zip(labels, frame.items(), strict=True)
    ]
    return pa.table(arrays, names=labels)


def _with_index(frame: pd.DataFrame) -> pd.DataFrame:
    """Row numbers say nothing; names and labels of rows do."""
    import pandas as pd

    index = frame.index
    named = any(level is not None for level in index.names)
    counted = isinstance(index, pd.RangeIndex) or pd.api.types.is_integer_dtype(index.dtype)
    if not named and (counted or index.empty):
        return frame
    return frame.reset_index(allow_duplicates=True)


def _label(label: Hashable) -> str:
    """A column's name as text; the levels of a MultiIndex are joined by `_`."""
    parts = label if isinstance(label, tuple) else (label,)
    return "_".join(str(part) for part in parts if part is not None and part != "")


def _column(series: pd.Series[Any], name: str, column: str) -> pa.Array:
    import pyarrow as pa

    series = _dense(series)
    if series.dtype.kind == "c":
        raise unusable(name, column, "complex numbers")
    if series.dtype == object:
        return _objects(series, name, column)
    try:
        return _array(series)
    except (pa.ArrowException, UnicodeEncodeError) as error:
        raise unusable(name, column, f"values of type {series.dtype}") from error


def _dense(series: Any) -> Any:
    """Types that are pandas' own, as what they stand for: a period is its first instant."""
    import pandas as pd

    dtype = series.dtype
    if isinstance(dtype, pd.SparseDtype):
        return series.sparse.to_dense()
    if isinstance(dtype, pd.PeriodDtype):
        return series.dt.to_timestamp()
    kept = dtype.categories.dtype if isinstance(dtype, pd.CategoricalDtype) else dtype
    if isinstance(kept, (pd.IntervalDtype, pd.PeriodDtype)):
        return series.astype(object).map(str, na_action="ignore")
    return series


def _objects(series: pd.Series[Any], name: str, column: str) -> pa.Array:
    """A column of Python objects, by the first of the conversions that fits all of them."""
    import pyarrow as pa

    present = series[series.notna()]
    kinds = set(map(type, present))
    cause: Exception | None = None
    for convert in _conversions(kinds, present):
        try:
            return _array(series.map(convert, na_action="ignore"))
        except (pa.ArrowException, OverflowError, ValueError, TypeError) as error:
            cause = error
    names = ", ".join(sorted(kind.__name__ for kind in kinds)[:3])
    raise unusable(name, column, f"Python objects ({names})") from cause


def _conversions(kinds: set[type], present: pd.Series[Any]) -> list[Callable[[Any], object]]:
    """From exact to text. As they are is not tried where Arrow would quietly change values."""
    if not all(issubclass(kind, SCALARS) for kind in kinds):
        return [_same]
    if complex in kinds:
        return []
    if all(issubclass(kind, datetime.date) for kind in kinds):
        zoned = {getattr(value, "tzinfo", None) is not None for value in present}
        return [_text] if len(zoned) > 1 else [_same if len(kinds) == 1 else _instant, _text]
    if uuid.UUID in kinds or (bytes in kinds and len(kinds) > 1):
        return [_text]
    if bool not in kinds and all(issubclass(kind, numbers.Number) for kind in kinds):
        whole = all(issubclass(kind, (numbers.Integral, Decimal)) for kind in kinds)
        return [_same, Decimal if whole else float, _text]
    return [_same, _text]


def _same(value: Any) -> object:
    return value


def _instant(value: datetime.date) -> datetime.datetime:
    """A date among timestamps is its midnight: Arrow would cut the others to dates."""
    if isinstance(value, datetime.datetime):
        return value
    return datetime.datetime.combine(value, datetime.time())


def _text(value: object) -> str:
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    return text.encode("utf-8", "replace").decode()


def _array(series: pd.Series[Any]) -> pa.Array:
    import pyarrow as pa

    return pa.Array.from_pandas(series)
