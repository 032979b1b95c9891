"""Arguments of the operations that fill missing values or leave rows out."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field, model_validator

from .base import ColumnNames, Operation
from .transforms import EachOnce, WholeTable


class Impute(WholeTable):
    """Fills the missing values of columns; the others stay as they are.

    `previous` and `linear` go by the order of the rows: sort with a step before."""

    called: ClassVar[str] = "Filling of missing values"
    op: Literal["impute"] = "impute"
    columns: EachOnce = Field(min_length=1)
    """The columns; mean, median and linear need numeric ones."""
    method: Literal["mean", "median", "most_frequent", "constant", "previous", "linear"]
    """With what: `constant` is `value`, `previous` the known value before, `linear` the straight
    line between the known values before and after. Of several most frequent ones, the smallest."""
    value: bool | int | float | str | None = None
    """The constant."""
    by: ColumnNames = ()
    """Fill within each group of these columns, with what is known in the group."""

    @model_validator(mode="after")
    def _constant(self) -> Impute:
        if (self.method == "constant") != (self.value is not None):
            raise ValueError("value is given with the method constant, and only with it")
        return self


class DropMissing(WholeTable):
    """Leaves out the rows with a missing value."""

    called: ClassVar[str] = "Leaving out of rows with missing values"
    op: Literal["drop_missing"] = "drop_missing"
    columns: ColumnNames = ()
    """The columns that are looked at; none looks at all."""


class DropDuplicates(WholeTable):
    """Leaves out the rows that repeat another; missing values count as equal."""

    called: ClassVar[str] = "Leaving out of repeated rows"
    op: Literal["drop_duplicates"] = "drop_duplicates"
    columns: ColumnNames = ()
    """The columns in which rows must agree; none takes all."""
    keep: Literal["first", "last"] = "first"
    """Which of the rows that agree stays, in the order of the table."""


OPERATIONS: dict[str, type[Operation]] = {
    "impute": Impute,
    "drop_missing": DropMissing,
    "drop_duplicates": DropDuplicates,
}
