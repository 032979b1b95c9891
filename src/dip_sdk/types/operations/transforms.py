"""Arguments of the operations that give the table back with changed or added columns."""

from __future__ import annotations

from typing import ClassVar, Literal

from .base import ColumnNames, Operation


class Standardise(Operation):
    """Each column minus its mean, divided by its standard deviation."""

    whole: ClassVar[bool] = True
    op: Literal["standardise"] = "standardise"
    columns: ColumnNames
    """The numeric columns."""
    ddof: Literal[0, 1] = 0
    """What is taken from n under the variance: 0 as scikit-learn does, 1 for the sample's."""


OPERATIONS: dict[str, type[Operation]] = {"standardise": Standardise}
