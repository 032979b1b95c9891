"""k-means clusters."""

from __future__ import annotations

import warnings
from typing import Any

from ...types.operations import fits as asked
from ...types.operations.base import Assumption
from . import design as made
from .base import Data, Outcome
from .columns import add
from .samples import Floats, Places, refuse
from .telling import counted, num

UNEVEN = 10
"""How much more one column may spread than another before it decides alone."""


def k_means(operation: asked.KMeans, data: Data) -> Outcome:
    """Lloyd's algorithm from the starts of k-means++ (Arthur and Vassilvitskii, 2007), the best of
    `n_init` by the sum of squared distances from the centres."""
    made.learn()
    import numpy as np
    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    columns = [made.numbers(data, name) for name in operation.columns]
    values = np.column_stack([column.values for column in columns])
    known = np.flatnonzero(~np.isnan(values).any(axis=1))
    own = values[known]
    _enough(len(np.unique(own, axis=0)), operation)
    middle, spread = own.mean(axis=0), own.std(axis=0)
    x = (own - middle) / np.where(spread > 0, spread, 1) if operation.standardise else own
    model = KMeans(operation.k, n_init=operation.n_init, random_state=operation.seed)
    with threadpool_limits(1), warnings.catch_warnings():
        # Threads add up in any order, and the last digits differ.
        warnings.simplefilter("ignore", ConvergenceWarning)
        labels = model.fit_predict(x)
    _enough(len(np.unique(labels)), operation)
    total = float(((x - x.mean(axis=0)) ** 2).sum())
    reading = _reading(operation, labels, len(values) - len(known), 1 - model.inertia_ / total)
    rests = () if operation.standardise else _scales(operation, spread)
    if operation.give == "centres":
        return Outcome(_centres(operation, own, labels), reading, rests)
    return Outcome(_table(data, known, labels), reading, rests)


def _enough(different: int, operation: asked.KMeans) -> None:
    """Raise `QueryFailed` where fewer rows can be told apart than there are clusters."""
    if different < operation.k:
        raise refuse(
            f"{counted(different, 'different row')} of {' and '.join(operation.columns)} cannot "
            f"make {operation.k} clusters.",
            "Give a smaller k, or choose columns with more values.",
            "too_few_values",
        )


def _table(data: Data, known: Places, labels: Places) -> Any:
    """The whole table with the cluster of each row, missing where a value is."""
    import numpy as np
    import pyarrow as pa

    found = np.full(data.table.num_rows, -1)
    found[known] = labels
    return add(data.table, "cluster", pa.array(found, pa.int64(), mask=found < 0))


def _centres(operation: asked.KMeans, values: Floats, labels: Places) -> Any:
    """The mean of each column in each cluster, in the columns' own units."""
    import numpy as np
    import pyarrow as pa

    counts = np.bincount(labels, minlength=operation.k)
    table = pa.table({"cluster": pa.array(np.arange(operation.k)), "n": pa.array(counts)})
    for i, name in enumerate(operation.columns):
        means = np.bincount(labels, values[:, i], operation.k) / counts
        table = add(table, name, pa.array(means))
    return table


def _reading(operation: asked.KMeans, labels: Places, missing: int, explained: float) -> str:
    import numpy as np

    sizes = ", ".join(f"{size:,}" for size in np.bincount(labels, minlength=operation.k)[:10])
    more = ", ..." if operation.k > 10 else ""
    scaled = ", standardised" if operation.standardise else ""
    left = (
        f" {counted(missing, 'row')} with a missing value {'has' if missing == 1 else 'have'} none."
    )
    return (
        f"{operation.k} clusters of {len(labels):,} rows by {' and '.join(operation.columns)}"
        f"{scaled}; their sizes: {sizes}{more}.{left if missing else ''} They take away "
        f"{num(100 * explained)}% of the squared distances from one common centre. "
        f"k = {operation.k} was asked for, not found in the data."
    )


def _scales(operation: asked.KMeans, spread: Floats) -> tuple[Assumption, ...]:
    """Distances go by the columns that spread most."""
    import numpy as np

    wide, narrow = int(np.argmax(spread)), int(np.argmin(spread))
    name, names = "comparable_scales", operation.columns
    if spread[wide] <= UNEVEN * spread[narrow]:
        message = f"No column spreads more than {UNEVEN} times as much as another."
        return (Assumption(name=name, holds=True, message=message),)
    message = (
        f"{names[wide]} (standard deviation {num(float(spread[wide]))}) outweighs {names[narrow]} "
        f"({num(float(spread[narrow]))}): the clusters are mostly its own; take standardise."
    )
    return (Assumption(name=name, holds=False, message=message),)
