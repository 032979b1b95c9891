"""Arrow rows as DataFrames."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..types.errors import ConfigError

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa


def to_pandas(table: pa.Table) -> pd.DataFrame:
    """Dates become datetime64, decimals float64; integers stay integers beside missing values."""
    import pandas as pd
    import pyarrow as pa

    kinds = {
        name: pa.float64() if pa.types.is_decimal(kind) else kind
        for name, kind in zip(table.schema.names, table.schema.types, strict=True)
    }
    frame: pd.DataFrame = table.cast(pa.schema(kinds.items())).to_pandas(date_as_object=False)
    for name, column in zip(table.schema.names, table.columns, strict=True):
        if pa.types.is_integer(column.type) and column.null_count:
            frame[name] = column.to_pandas(types_mapper={column.type: pd.Int64Dtype()}.get)
    return frame


def to_polars(table: pa.Table) -> pl.DataFrame:
    """The same rows in polars."""
    try:
        import polars as pl
    except ImportError:
        raise ConfigError(
            "polars is not installed.", hint="Install it with: pip install 'dip-sdk[polars]'"
        ) from None
    return pl.DataFrame(table)
