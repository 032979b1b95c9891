"""What operations are given and what they give back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...types.errors import QueryFailed
from ...types.operations.base import Assumption

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Data:
    """The columns an operation reads, in the table's order of rows."""

    table: pa.Table

    def numbers(self, column: str) -> NDArray[np.float64]:
        """A numeric column as floats, NaN where a value is missing. Raises `QueryFailed`."""
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        values = self.table.column(column)
        kind = values.type
        if not (
            pa.types.is_integer(kind)
            or pa.types.is_floating(kind)
            or pa.types.is_decimal(kind)
            or pa.types.is_boolean(kind)
        ):
            raise QueryFailed(
                f"Column {column!r} holds no numbers.",
                hint="Name a numeric column.",
                code="not_numeric",
            )  # fmt: skip
        floats = pc.cast(values, pa.float64(), safe=False)
        return np.asarray(pc.fill_null(floats, float("nan")).to_numpy(), dtype=np.float64)


@dataclass(frozen=True)
class Outcome:
    """What an operation gives: a table, what it says in plain words, and what it rests on."""

    table: pa.Table
    reading: str = ""
    """A sentence or two; every number in it is one of the table's."""
    assumptions: tuple[Assumption, ...] = ()
