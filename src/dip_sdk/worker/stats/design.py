"""What a model is fitted to: features as numbers, the target, and the rows held back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...types.errors import ConfigError
from ...types.operations.fits import Fit
from .base import Data
from .samples import Floats, Places, finite, places, refuse
from .telling import counted

MOST_LEVELS = 50
"""Values of a category that are fitted to: each is a column."""
FEWEST = 10
"""Rows with all values from which on a model is fitted."""
MOST_SIZE = 1e30
"""Of a number, and its inverse the least of a spread: trees reckon in single precision."""


@dataclass(frozen=True)
class Column:
    """A column with a number for each row of the table, NaN where it is missing.

    Of a category the numbers are places among its `levels`.
    """

    name: str
    values: Floats
    levels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Design:
    """The rows where target and features are known, in the table's order."""

    target: Column
    x: Floats
    """(n, k): numbers, and of a category a column of 0 and 1 for each level but the first."""
    terms: tuple[str, ...]
    """What each column of x is called."""
    of: tuple[str, ...]
    """The feature that each column of x belongs to."""
    rows: Places
    """Of each row its number in the table, from 0."""
    missing: int
    first: tuple[tuple[str, str], ...]
    """Category -> the level that has no column."""

    @property
    def n(self) -> int:
        return len(self.rows)


@dataclass(frozen=True)
class Split:
    """Places in the design of the rows that are fitted to and of those held back."""

    train: Places
    test: Places


def numbers(data: Data, name: str) -> Column:
    """A numeric column; raises `QueryFailed` for another, and for one that cannot be fitted."""
    import numpy as np

    column = _known(Column(name, finite(data, name)))
    spread = float(np.nanmax(column.values) - np.nanmin(column.values))
    if np.nanmax(np.abs(column.values)) > MOST_SIZE or 0 < spread < 1 / MOST_SIZE:
        raise refuse(
            f"The values of {name} are too large or too close together to fit.",
            "Give them in another unit, as thousands or thousandths.",
        )
    return column


def classes(data: Data, name: str) -> Column:
    """A column's values as classes in their own order."""
    import numpy as np

    levels, codes = places(data, name)
    return _known(Column(name, np.where(codes < 0, np.nan, codes), tuple(levels)))


def feature(data: Data, name: str) -> Column:
    """Text as classes, numbers and truth values as numbers."""
    return classes(data, name) if is_text(data, name) else numbers(data, name)


def is_text(data: Data, name: str) -> bool:
    """Whether a column holds text."""
    import pyarrow as pa

    kind = data.table.column(name).type
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def design(target: Column, features: Sequence[Column], least: int = FEWEST) -> Design:
    """The complete rows; raises `QueryFailed` naming a column that cannot be fitted."""
    import numpy as np

    together = np.vstack([target.values, *(each.values for each in features)])
    rows = np.flatnonzero(~np.isnan(together).any(axis=0))
    if len(rows) < least:
        names = " and ".join((target.name, *(each.name for each in features)))
        raise refuse(
            f"{counted(len(rows), 'row')} with values of {names}; at least {least} are needed.",
            "Choose features with more values, fill missing ones first, or loosen a filter.",
            "too_few_values",
        )
    own, *others = (_used(each, rows) for each in (target, *features))
    columns = [column for each in others for column in _numbers(each)]
    return Design(
        own,
        np.column_stack([values for _, values in columns]),
        tuple(term for term, _ in columns),
        tuple(each.name for each in others for _ in each.levels[1:] or (0,)),
        rows,
        together.shape[1] - len(rows),
        tuple((each.name, each.levels[0]) for each in others if each.levels),
    )


def split(operation: Fit, n: int, kept: Column | None = None) -> Split:
    """As scikit-learn's `train_test_split` draws it; `kept` has the classes whose shares stay."""
    import numpy as np

    everything = np.arange(n)
    if not operation.test_size:
        return Split(everything, everything[:0])
    held = int(np.ceil(operation.test_size * n))
    if held >= n:
        raise refuse(
            f"Of {n:,} rows {held:,} would be held back and none is left to fit to.",
            "Give a smaller test_size.", "too_few_values",
        )  # fmt: skip
    if kept is not None:
        _stratified(kept, min(held, n - held))
    learn()
    from sklearn.model_selection import train_test_split

    train, test = train_test_split(
        everything,
        test_size=operation.test_size,
        random_state=operation.seed,
        shuffle=operation.shuffle,
        stratify=None if kept is None else kept.values,
    )
    return Split(train, test)


def target_varies(design: Design, parts: Split) -> None:
    """Raise `QueryFailed` where the rows fitted to have one value of the target."""
    known = design.target.values[parts.train]
    if known.min() == known.max():
        raise refuse(
            f"Every row that is fitted to has the same {design.target.name}.",
            "Take another seed, a smaller test_size, or stratify where there are classes.",
            "constant_values",
        )


def learn() -> None:
    """Raise `ConfigError` where scikit-learn is not installed."""
    try:
        import sklearn.model_selection  # noqa: F401
    except ImportError:
        raise ConfigError(
            "Fitting models and holding rows back needs scikit-learn.",
            hint="Install it with: pip install 'dip-sdk[ml]'",
            code="missing_extra",
        ) from None


def _known(column: Column) -> Column:
    import numpy as np

    if np.isnan(column.values).all():
        raise refuse(
            f"{column.name} has no known values.",
            "Choose another column, or loosen a filter.",
            "too_few_values",
        )
    return column


def _used(column: Column, rows: Places) -> Column:
    """The column over these rows, without levels that none of them has."""
    import numpy as np

    values = column.values[rows]
    if values.min() == values.max():
        raise refuse(
            f"Every value of {column.name} is the same in the {len(rows):,} rows without gaps.",
            "Choose a column whose values differ.",
            "constant_values",
        )
    if not column.levels:
        return Column(column.name, values)
    used, codes = np.unique(values, return_inverse=True)
    if len(used) > MOST_LEVELS:
        raise refuse(
            f"{column.name} has {len(used):,} different values; "
            f"categories are fitted up to {MOST_LEVELS}.",
            "Leave it out, or put its values into fewer groups first.",
            "too_many_groups",
        )
    return Column(column.name, codes.astype(float), tuple(column.levels[int(i)] for i in used))


def _numbers(column: Column) -> list[tuple[str, Floats]]:
    if not column.levels:
        return [(column.name, column.values)]
    return [
        (f"{column.name} = {level}", (column.values == i).astype(float))
        for i, level in enumerate(column.levels)
        if i
    ]


def _stratified(column: Column, smaller: int) -> None:
    """Raise `QueryFailed` where the classes cannot stand in both parts."""
    import numpy as np

    counts = np.bincount(column.values.astype(int))
    if counts.min() < 2:
        name = column.levels[int(np.argmin(counts))]
        raise refuse(
            f"The class {name} of {column.name} has one row, which cannot stand in both parts.",
            "Leave rare classes out with a filter, or do without stratify.",
            "too_few_values",
        )
    if smaller < len(counts):
        raise refuse(
            f"The smaller part has {counted(smaller, 'row')} for {len(counts)} classes.",
            "Choose another test_size, or do without stratify.",
            "too_few_values",
        )
