"""Two columns of one table taken as samples: they should be in one unit, and not be pairs."""

from __future__ import annotations

from typing import Protocol

from ...types.operations.base import Assumption
from .assumptions import ALPHA
from .base import Data
from .samples import complete, finite
from .telling import num, p_is
from .units import same_unit

FEWEST = 3
"""Rows with both values from which on they are looked at."""


class Columns(Protocol):
    """What a test of two samples names."""

    @property
    def column(self) -> str: ...

    @property
    def other(self) -> str | None: ...


def beside(operation: Columns, data: Data, instead: str = "") -> tuple[Assumption, ...]:
    """What two columns rest on when they are compared; nothing for two groups of one column.

    `instead` is the operation for two measurements of the same rows.
    """
    if operation.other is None:
        return ()
    units = same_unit(operation.column, operation.other)
    return (*units, *_unpaired(operation.column, operation.other, data, instead))


def _unpaired(column: str, other: str, data: Data, instead: str) -> tuple[Assumption, ...]:
    """Values of the same rows are most often pairs, and surely where they go together."""
    import numpy as np
    from scipy import stats

    first, second = finite(data, column), finite(data, other)
    if (~np.isnan(first) & ~np.isnan(second)).sum() < FEWEST:
        return ()
    said = f"{column} and {other} stand in the same rows, and the test takes them as independent"
    advice = f" If each row is one case measured twice, use {instead}." if instead else ""
    a, b = complete(data, (column, other))
    if not (a.constant or b.constant):
        rho = stats.spearmanr(a.values, b.values)
        if rho.pvalue < ALPHA:
            said += f", but they go together (rank correlation {num(float(rho.statistic))}, "
            said += f"{p_is(float(rho.pvalue))}): p may mislead"
            return (Assumption(name="unpaired", holds=False, message=f"{said}.{advice}"),)
    return (Assumption(name="unpaired", holds=None, message=f"{said}.{advice}"),)
