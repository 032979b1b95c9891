"""Operations that give the table back with changed or added columns."""

from __future__ import annotations

from ...types.operations.transforms import Standardise
from .base import Data, Outcome


def standardise(operation: Standardise, data: Data) -> Outcome:
    """z = (x - mean) / standard deviation; a constant column becomes zeros."""
    import numpy as np
    import pyarrow as pa

    table = data.table
    for name in operation.columns:
        values = data.numbers(name)
        spread = np.nanstd(values, ddof=operation.ddof)
        z = (values - np.nanmean(values)) / (spread or 1.0)
        column = pa.array(z, from_pandas=True)
        table = table.set_column(table.column_names.index(name), name, column)
    return Outcome(table=table)
