"""Arguments of the descriptive operations."""

from __future__ import annotations

from typing import Literal

from .base import ColumnNames, Operation


class Describe(Operation):
    """Count, mean, spread, quantiles and shape of numeric columns, a row each."""

    op: Literal["describe"] = "describe"
    columns: ColumnNames = ()
    """() takes every numeric column."""


OPERATIONS: dict[str, type[Operation]] = {"describe": Describe}
