"""Descriptive statistics."""

from __future__ import annotations

from typing import Any

from ...types.operations.describe import Describe, Frequency
from .base import Data, Outcome
from .samples import Floats, finite, places, refuse
from .telling import num

QUANTILES = {"q1": 0.25, "median": 0.5, "q3": 0.75}
MOMENTS = ("mean", "std", "se", "min", *QUANTILES, "max", "skewness", "kurtosis")
MOST_GROUPS = 10_000


def describe(operation: Describe, data: Data) -> Outcome:
    """A row for each column, or for each group of each column.

    Quantiles interpolate linearly (type 7 of Hyndman and Fan, 1996); `std` and `se` are the
    sample's (ddof 1); `skewness` and `kurtosis` (excess) are the moment ratios g1 and
    g2 (Joanes and Gill, 1998), missing where all values are the same.
    """
    import pyarrow as pa

    names = list(operation.columns or numeric(data))
    if not names:
        raise refuse("The table has no numeric column.", "Use frequency for categories.")
    if operation.by is None:
        rows = [{"column": name} | _summary(finite(data, name)) for name in names]
    else:
        rows = _by_group(names, operation.by, data)
    return Outcome(pa.Table.from_pylist(rows, schema=_schema(operation)), _reading(rows))


def frequency(operation: Frequency, data: Data) -> Outcome:
    """Shares are of the rows with a value; missing ones are a row of their own at the end."""
    import numpy as np
    import pyarrow as pa

    labels, codes = places(data, operation.column)
    counts = np.bincount(codes[codes >= 0], minlength=len(labels))
    order = np.argsort(-counts, kind="stable")
    shown, rest = order[: operation.limit], order[operation.limit :]
    known, missing = int(counts.sum()), int((codes < 0).sum())
    rows: list[dict[str, Any]] = [{"value": labels[i], "count": int(counts[i])} for i in shown]
    if len(rest):
        rows.append({"value": f"({len(rest):,} others)", "count": int(counts[rest].sum())})
    running = 0
    for row in rows:
        running += row["count"]
        row |= {"share": row["count"] / known, "running_share": running / known}
    if missing:
        rows.append({"value": None, "count": missing, "share": None, "running_share": None})
    kinds = {"value": pa.string(), "count": pa.int64(), "share": pa.float64()}
    schema = pa.schema({**kinds, "running_share": pa.float64()})
    return Outcome(
        pa.Table.from_pylist(rows, schema=schema), _frequencies(operation.column, rows, len(labels))
    )


def numeric(data: Data) -> list[str]:
    """The columns that hold numbers."""
    import pyarrow as pa

    kinds = (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal)
    return [field.name for field in data.table.schema if any(is_(field.type) for is_ in kinds)]


def _by_group(names: list[str], by: str, data: Data) -> list[dict[str, Any]]:
    labels, codes = places(data, by)
    if len(labels) * len(names) > MOST_GROUPS:
        raise refuse(
            f"{by!r} has {len(labels):,} values; that is too many groups to describe.",
            "Name a column with fewer values.",
            "too_many_groups",
        )
    columns = {name: finite(data, name) for name in names}
    return [
        {"column": name, by if by != "column" else "group": label}
        | _summary(columns[name][codes == i])
        for name in names
        for i, label in enumerate(labels)
    ]


def _summary(values: Floats) -> dict[str, Any]:
    import numpy as np
    from scipy import stats

    known = values[~np.isnan(values)]
    n = len(known)
    counts: dict[str, Any] = {"n": n, "missing": len(values) - n}
    if not n:
        return counts | dict.fromkeys(MOMENTS)
    std = float(known.std(ddof=1)) if n > 1 else None
    shaped = n > 2 and known.min() < known.max()
    return counts | {
        "mean": float(known.mean()),
        "std": std,
        "se": std / n**0.5 if std is not None else None,
        "min": float(known.min()),
        **{name: float(np.quantile(known, share)) for name, share in QUANTILES.items()},
        "max": float(known.max()),
        "skewness": float(stats.skew(known)) if shaped else None,
        "kurtosis": float(stats.kurtosis(known)) if shaped else None,
    }


def _schema(operation: Describe) -> Any:
    import pyarrow as pa

    names = {"column": pa.string()}
    if operation.by is not None:
        names |= {operation.by if operation.by != "column" else "group": pa.string()}
    counts = {"n": pa.int64(), "missing": pa.int64()}
    return pa.schema({**names, **counts, **dict.fromkeys(MOMENTS, pa.float64())})


def _reading(rows: list[dict[str, Any]]) -> str:
    """The means and spreads of the first rows."""
    told = []
    for row in rows[:3]:
        values = list(row.values())
        name = f"{row['column']} in {values[1]}" if "n" not in list(row)[:2] else row["column"]
        if row["mean"] is None:
            told.append(f"{name} has no values")
            continue
        spread = f", sample standard deviation {num(row['std'])}" if row["std"] is not None else ""
        missing = f", {row['missing']:,} missing" if row["missing"] else ""
        told.append(f"{name}: mean {num(row['mean'])}{spread} (n = {row['n']:,}{missing})")
    more = f"; and {len(rows) - 3:,} more" if len(rows) > 3 else ""
    return f"{'; '.join(told)}{more}." if told else ""


def _frequencies(column: str, rows: list[dict[str, Any]], values: int) -> str:
    if not values:
        return f"{column} has no values."
    first = rows[0]
    return (
        f"{column} has {values:,} different values; the most frequent is {first['value']}, "
        f"{first['count']:,} times ({num(100 * first['share'])}% of the rows with a value)."
    )
