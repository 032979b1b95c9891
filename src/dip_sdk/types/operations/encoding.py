"""Arguments of the operations that turn a column into categories, codes or parts."""

from __future__ import annotations

from itertools import pairwise
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from .base import ColumnName, Operation
from .transforms import EachOnce, WholeTable

Part = Literal["year", "quarter", "month", "week", "day", "weekday", "hour"]


class Bin(WholeTable):
    """Adds `<column>_bin`: the interval in which a value lies, open below and closed above: (a, b].

    Values outside of all intervals have none."""

    called: ClassVar[str] = "Binning"
    op: Literal["bin"] = "bin"
    column: ColumnName
    """The numeric column."""
    method: Literal["equal_width", "quantile"] = "equal_width"
    """Intervals of one width, or with as equal counts as ties allow; both hold every value."""
    bins: int = Field(default=5, ge=2, le=1000)
    """How many intervals."""
    edges: tuple[float, ...] = ()
    """Instead of `method` and `bins`: where intervals begin and end, ascending."""
    labels: tuple[str, ...] = ()
    """A name for each interval, from the lowest; none names them as "(10.0, 20.0]"."""

    @model_validator(mode="after")
    def _intervals(self) -> Bin:
        if self.edges and (len(self.edges) < 2 or any(b <= a for a, b in pairwise(self.edges))):
            raise ValueError("edges are two or more ascending numbers")
        wanted = len(self.edges) - 1 if self.edges else self.bins
        if self.labels and len(self.labels) != wanted:
            raise ValueError(f"there are {wanted} intervals and {len(self.labels)} labels")
        return self


class Encode(WholeTable):
    """Turns categories into numbers: a column of 0 and 1 for each, or one column of codes."""

    called: ClassVar[str] = "Encoding"
    op: Literal["encode"] = "encode"
    columns: EachOnce = Field(min_length=1)
    """The columns of categories."""
    method: Literal["one_hot", "ordinal"] = "one_hot"
    """`one_hot` adds `<column>_<category>`, 1 where the row has it, else 0; `ordinal` adds
    `<column>_code`, from 0."""
    order: tuple[str, ...] = ()
    """For `ordinal` of one column: its categories from 0 on; none sorts them."""

    @model_validator(mode="after")
    def _ordered(self) -> Encode:
        if self.order and (self.method != "ordinal" or len(self.columns) != 1):
            raise ValueError("order is given with the method ordinal and one column")
        if len(set(self.order)) < len(self.order):
            raise ValueError("order names a category twice")
        return self


class DateParts(WholeTable):
    """Adds `<column>_<part>` for the parts of dates; of instants, in UTC."""

    op: Literal["date_parts"] = "date_parts"
    columns: EachOnce = Field(min_length=1)
    """The columns of dates or times."""
    parts: tuple[Part, ...] = Field(default=("year", "month", "day", "weekday"), min_length=1)
    """Which: `week` is that of ISO 8601 (1 to 53), `weekday` 1 for Monday to 7 for Sunday."""


OPERATIONS: dict[str, type[Operation]] = {
    "bin": Bin,
    "encode": Encode,
    "date_parts": DateParts,
}
