"""The values an operation works on: missing ones left out and counted, what cannot be used said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from ...types.errors import QueryFailed
from .base import Data

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Floats: TypeAlias = "NDArray[np.float64]"
Places: TypeAlias = "NDArray[np.int64]"
"""For each row the place of its group among the groups, -1 where it has none."""

MOST_GROUPS = 1000


@dataclass(frozen=True)
class Sample:
    """Known, finite values under a name."""

    name: str
    values: Floats
    missing: int = 0

    @property
    def n(self) -> int:
        return len(self.values)

    @property
    def mean(self) -> float:
        return float(self.values.mean())

    @property
    def median(self) -> float:
        import numpy as np

        return float(np.median(self.values))

    @property
    def std(self) -> float:
        """Of the sample, n - 1 under the sum."""
        return float(self.values.std(ddof=1))

    @property
    def spread_varies(self) -> bool:
        """The distances from the median are not all the same: spreads can be compared by them."""
        import numpy as np

        away = np.abs(self.values - self.median)
        return bool(away.min() < away.max())

    @property
    def constant(self) -> bool:
        return self.n == 0 or bool(self.values.min() == self.values.max())


def refuse(message: str, hint: str, code: str = "unfit_data") -> QueryFailed:
    """What is wrong with the data of an operation, and what is needed."""
    return QueryFailed(message, hint=hint, code=code)


def finite(data: Data, column: str) -> Floats:
    """A numeric column, NaN where missing; raises `QueryFailed` for an infinite value."""
    import numpy as np

    values = data.numbers(column)
    if np.isinf(values).any():
        raise refuse(
            f"Column {column!r} holds infinite values.", "Leave them out with a filter first."
        )
    return values


def single(data: Data, column: str, least: int = 2) -> Sample:
    """A column's known values; raises `QueryFailed` for fewer than `least`."""
    return sample(column, finite(data, column), least)


def sample(name: str, values: Floats, least: int = 2) -> Sample:
    """The known of some values; raises `QueryFailed` for fewer than `least`."""
    import numpy as np

    known = values[~np.isnan(values)]
    if len(known) < least:
        raise refuse(
            f"{name} has {_values(len(known))}; at least {least} are needed.",
            "Choose a column or groups with more values, or loosen a filter.",
            "too_few_values",
        )
    return Sample(name, known, len(values) - len(known))


def complete(data: Data, columns: Sequence[str], least: int = 3) -> tuple[Sample, ...]:
    """The columns over the rows where none of them is missing."""
    import numpy as np

    found = np.vstack([finite(data, column) for column in columns])
    whole = ~np.isnan(found).any(axis=0)
    if whole.sum() < least:
        raise refuse(
            f"{_rows(int(whole.sum()))} with values of {' and '.join(columns)}; "
            f"at least {least} are needed.",
            "Choose columns with more values, or loosen a filter.",
            "too_few_values",
        )
    missing = int((~whole).sum())
    return tuple(
        Sample(name, row[whole], missing) for name, row in zip(columns, found, strict=True)
    )


def varied(samples: Sequence[Sample]) -> None:
    """Raise `QueryFailed` for a sample whose values are all the same."""
    for each in samples:
        if each.constant:
            raise refuse(
                f"Every value of {each.name} is the same ({each.mean:g}).",
                "Choose a column whose values differ.",
                "constant_values",
            )


def spread_within(samples: Sequence[Sample]) -> None:
    """Raise `QueryFailed` where no group has any spread to test against."""
    if all(each.constant for each in samples):
        raise refuse(
            f"Within {' and '.join(each.name for each in samples[:3])} every value is the same.",
            "A test needs values that differ within a group.",
            "constant_values",
        )


def places(data: Data, column: str) -> tuple[list[str], Places]:
    """A column's values as text in their own order, and for each row its place, -1 if missing."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    values = data.table.column(column).combine_chunks()
    if pa.types.is_dictionary(values.type):
        values = values.cast(values.type.value_type)
    if pa.types.is_floating(values.type):
        values = pc.if_else(pc.is_nan(values), None, values)
    different = values.unique().drop_null()
    known = different.take(pc.array_sort_indices(different))
    codes = pc.fill_null(pc.index_in(values, known), -1)
    return [_text(value) for value in known.to_pylist()], np.asarray(codes, dtype=np.int64)


def grouped(
    data: Data, column: str, by: str, chosen: Sequence[str] = (), least: int = 2
) -> tuple[Sample, ...]:
    """A numeric column's values in each group, in the order of `chosen` or of the groups' values.

    Each group's missing values are counted with it; rows without a group belong to none.
    """
    labels, codes = places(data, by)
    values = finite(data, column)
    wanted = [position(name, labels, by) for name in chosen] or range(len(labels))
    if len(wanted) > MOST_GROUPS:
        raise refuse(
            f"{by!r} has {len(labels):,} values; groups are compared up to {MOST_GROUPS:,}.",
            "Name a column with fewer values, or choose some with groups.",
            "too_many_groups",
        )
    parts = _split(values, codes, len(labels))
    return tuple(sample(labels[i], parts[i], least) for i in wanted)


def some_groups(samples: tuple[Sample, ...], by: str) -> tuple[Sample, ...]:
    """At least two groups, or `QueryFailed`."""
    if len(samples) < 2:
        raise refuse(
            f"{by!r} has {'one value' if samples else 'no values'}; two groups are needed.",
            "Name a column with two or more values, or loosen a filter.",
            "too_few_groups",
        )
    return samples


def two(
    data: Data,
    column: str,
    by: str | None,
    other: str | None,
    chosen: Sequence[str],
    least: int = 2,
) -> tuple[Sample, Sample]:
    """The two samples of a test: two groups of a column, or two columns."""
    if other is not None:
        return single(data, column, least), single(data, other, least)
    if by is None:
        raise refuse("The test takes two samples.", "Give by or other.", "not_two_groups")
    first, second = grouped(data, column, by, chosen or exactly_two(data, by), least)
    return first, second


def exactly_two(data: Data, by: str) -> list[str]:
    """The only two values of a column, or `QueryFailed`."""
    labels, _ = places(data, by)
    if len(labels) == 2:
        return labels
    shown = ", ".join(labels[:8]) + (", ..." if len(labels) > 8 else "")
    raise refuse(
        f"{by!r} has {len(labels)} values{f' ({shown})' if labels else ''}; the test takes two.",
        "Choose two with groups=(first, second), or use anova or kruskal."
        if len(labels) > 2
        else "Name a column with two values, or loosen a filter.",
        "not_two_groups",
    )


def _split(values: Floats, codes: Places, count: int) -> list[Floats]:
    import numpy as np

    order = np.argsort(codes, kind="stable")
    ends = np.searchsorted(codes[order], np.arange(count + 1))
    return [values[order[ends[i] : ends[i + 1]]] for i in range(count)]


def position(name: str, labels: Sequence[str], by: str) -> int:
    """Where a value of a column stands among its values, or `QueryFailed` with those it has."""
    if name in labels:
        return labels.index(name)
    raise refuse(
        f"{by!r} has no value {name!r}.", f"Its values: {', '.join(labels[:12])}.", "unknown_group"
    )


def _text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _values(count: int) -> str:
    return "one known value" if count == 1 else f"{count or 'no'} known values"


def _rows(count: int) -> str:
    return "One row" if count == 1 else f"{count or 'No'} rows"
