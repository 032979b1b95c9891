"""The full profile of a table: one pass of exact aggregates, and a sample for the shape of values.

Counts, extremes, means and (approximate) distinct counts are of all rows. Quantiles, histograms and
the frequent values of columns with many values rest on a sample of larger tables, and say so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from ..types.dataset import TableColumn
from ..types.profile import ColumnProfile
from ..types.values import NUMERIC, SAFE_INTEGER, TEMPORAL, Column, Wire, encode

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SAMPLE_CELLS = 2_000_000
SAMPLE_ROWS = (1_000, 50_000)
"""The fewest and the most rows of a sample."""
CHUNK = 100
"""Columns aggregated in one statement."""
FEW = 100
"""Columns with no more distinct values have all of them counted."""
FREQUENT = 10
BINS = 20
SHARES = (0.05, 0.25, 0.5, 0.75, 0.95)
LONGEST = 200
"""Longer texts are cut in a profile."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Whole:
    """What all rows say of a column."""

    filled: int
    distinct: int = 0
    minimum: Wire = None
    maximum: Wire = None
    mean: float | None = None


def profile(
    con: DuckDBPyConnection, source_sql: str, columns: Sequence[TableColumn] | Sequence[Column]
) -> tuple[ColumnProfile, ...]:
    """Profiles of these columns of a relation (what may stand after FROM), in their order."""
    ((rows,),) = con.execute(f"select count(*) from {source_sql}").fetchall()
    kinds = [Column(name=c.name, type=c.type) for c in columns]
    wanted = max(SAMPLE_ROWS[0], min(SAMPLE_ROWS[1], SAMPLE_CELLS // max(1, len(columns))))
    sampled = rows > wanted
    sample = _sample(con, source_sql, kinds, wanted / rows if sampled else 1.0)
    asked = [k for k in kinds if sampled or not _told_by_sample(k, sample[k.name])]
    wholes = dict(whole for part in _parts(asked) for whole in _wholes(con, source_sql, part))
    few = [k for k in asked if sampled and 0 < wholes[k.name].distinct <= FEW]
    counted = _counted(con, source_sql, few)
    return tuple(
        _profile(kind, rows, sample[kind.name], wholes, counted, sampled) for kind in kinds
    )


def _told_by_sample(column: Column, values: Any) -> bool:
    """Whether the sample, being the whole table, also tells a column's extremes exactly."""
    if column.kind == "integer":
        kept = _kept(values, column)
        return not len(kept) or abs(kept).max() < SAFE_INTEGER
    return column.kind in ("double", "text", "boolean", "date", "timestamp", "timestamptz")


def _parts(columns: Sequence[Column]) -> Iterator[Sequence[Column]]:
    return (columns[i : i + CHUNK] for i in range(0, len(columns), CHUNK))


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _comparable(column: Column) -> bool:
    """Whether values have an order and an identity that a profile can show."""
    return column.kind not in ("list", "struct", "map", "binary")


def _wholes(
    con: DuckDBPyConnection, source: str, columns: Sequence[Column]
) -> Iterator[tuple[str, Whole]]:
    aggregates = [sql for column in columns for sql in _aggregates(column)]
    found = iter(con.execute(f"select {', '.join(aggregates)} from {source}").fetchone() or ())
    for column in columns:
        filled, distinct, low, high, mean = (next(found) for _ in range(5))
        whole = Whole(filled, distinct, _wire(column, low), _wire(column, high), _finite(mean))
        yield column.name, whole


def _aggregates(column: Column) -> list[str]:
    name = _quote(column.name)
    if not _comparable(column):
        return [f"count({name})", "0", "null", "null", "null"]
    ordered = f"isfinite({name})" if column.kind == "double" or column.temporal else "true"
    low, high = (f"{f}({name}) filter ({ordered})" for f in ("min", "max"))
    if column.temporal:
        low, high = (
            f"epoch_us(cast({low} as timestamptz))",
            f"epoch_us(cast({high} as timestamptz))",
        )
    mean = f"avg({name}) filter ({ordered})" if column.numeric else "null"
    return [f"count({name})", f"approx_count_distinct({name})", low, high, mean]


def _wire(column: Column, value: Any) -> Wire:
    """An extreme as it goes over the wire."""
    if value is None:
        return None
    if column.temporal:
        return _moment(column, value)
    return _short(encode(value))


def _moment(column: Column, microseconds: int) -> Wire:
    try:
        moment = EPOCH + timedelta(microseconds=microseconds)
    except OverflowError:
        return None
    if column.kind == "date":
        return moment.date().isoformat()
    return encode(moment if column.kind == "timestamptz" else moment.replace(tzinfo=None))


def _short(value: Wire) -> Wire:
    return value[:LONGEST] if isinstance(value, str) else value


def _finite(value: Any) -> float | None:
    number = None if value is None else float(value)
    return number if number is not None and abs(number) < float("inf") else None


def _sample(
    con: DuckDBPyConnection, source: str, columns: Sequence[Column], share: float
) -> Mapping[str, Any]:
    """Values of each column from a share of the rows, as masked arrays."""
    limit = f"using sample {100 * share:.6f}% (bernoulli, 1)" if share < 1 else ""
    arrays: dict[str, Any] = {}
    for part in _parts(columns):
        shown = ", ".join(f"{_sampled(c)} as {_quote(c.name)}" for c in part)
        arrays.update(con.execute(f"select {shown} from {source} {limit}").fetchnumpy())
    return arrays


def _sampled(column: Column) -> str:
    """Numbers and moments as doubles, everything else as text."""
    name = _quote(column.name)
    if not _comparable(column):
        return "null::double"
    if column.numeric:
        return f"cast({name} as double)"
    if column.temporal:
        return f"epoch(cast({name} as timestamptz))"
    return f"cast({name} as varchar)"


def _counted(
    con: DuckDBPyConnection, source: str, columns: Sequence[Column]
) -> dict[str, dict[Any, int]]:
    """All values of columns that have few, with their counts."""
    counted: dict[str, dict[Any, int]] = {}
    for part in _parts(columns):
        maps = ", ".join(f"histogram({_sampled(c)})" for c in part)
        row = con.execute(f"select {maps} from {source}").fetchone() or ()
        counted |= {c.name: values or {} for c, values in zip(part, row, strict=True)}
    return counted


def _profile(
    column: Column,
    rows: int,
    values: Any,
    wholes: Mapping[str, Whole],
    counted: Mapping[str, dict[Any, int]],
    sampled: bool,
) -> ColumnProfile:
    kept = _kept(values, column)
    whole = wholes.get(column.name) or _whole(column, values, kept)
    share = len(kept) / whole.filled if whole.filled and len(kept) else 1.0
    exact = column.name in counted or not sampled
    counts = Counter(counted[column.name] if column.name in counted else kept.tolist())
    return ColumnProfile(
        name=column.name,
        type=column.type,
        rows=rows,
        nulls=rows - whole.filled,
        distinct=len(counts) if exact else min(whole.distinct, whole.filled),
        minimum=whole.minimum,
        maximum=whole.maximum,
        mean=whole.mean,
        quantiles=_quantiles(column, kept),
        frequent=_frequent(column, counts, 1.0 if exact else share),
        histogram=_histogram(column, kept, share),
        sampled=sampled and (column.numeric or column.temporal or not exact),
    )


def _whole(column: Column, values: Any, kept: Any) -> Whole:
    """The same of a table that was sampled whole."""
    import numpy as np

    filled = int(np.ma.count(values))
    if not len(kept):
        return Whole(filled)
    low, high = (kept.min(), kept.max()) if kept.dtype != object else (min(kept), max(kept))
    mean = float(kept.mean()) if column.numeric else None
    return Whole(filled, 0, _value(column, low), _value(column, high), mean)


def _kept(values: Any, column: Column) -> Any:
    """The values without nulls and without what is not finite."""
    import numpy as np

    mask = np.ma.getmaskarray(values)
    kept = np.asarray(values)[~mask]
    if column.numeric or column.temporal or not _comparable(column):
        kept = kept.astype("float64")
        return kept[np.isfinite(kept)]
    return kept


def _quantiles(column: Column, kept: Any) -> tuple[float, ...]:
    import numpy as np

    if column.kind not in NUMERIC or not len(kept):
        return ()
    ordered = np.sort(kept)
    return tuple(
        np.interp([q * (len(kept) - 1) for q in SHARES], range(len(kept)), ordered).tolist()
    )


def _frequent(column: Column, counts: Counter[Any], share: float) -> tuple[tuple[Wire, int], ...]:
    """The most frequent values, of a sample scaled up; none where each occurs once."""
    counts.pop(None, None)
    top = sorted(counts.most_common(FREQUENT), key=lambda item: (-item[1], str(item[0])))
    if not top or (top[0][1] == 1 and len(counts) > FREQUENT):
        return ()
    return tuple((_value(column, value), round(count / share)) for value, count in top)


def _value(column: Column, value: Any) -> Wire:
    if column.temporal:
        return _moment(column, round(value * 1_000_000))
    if column.kind == "integer":
        return encode(int(value))
    if column.kind == "boolean":
        return bool(value == "true")
    return _short(encode(float(value) if column.numeric else value))


def _histogram(column: Column, kept: Any, share: float) -> tuple[tuple[float, float, int], ...]:
    import numpy as np

    if not (column.numeric or column.kind in TEMPORAL) or not len(kept):
        return ()
    low, high = float(kept.min()), float(kept.max())
    if high - low <= BINS * np.spacing(max(abs(low), abs(high))):
        return ((low, high, round(len(kept) / share)),)
    counts, edges = np.histogram(kept, bins=BINS)
    pairs = zip(edges[:-1], edges[1:], counts, strict=True)
    return tuple((float(a), float(b), round(int(n) / share)) for a, b, n in pairs)
