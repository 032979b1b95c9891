"""Rows as DataFrames, without losing digits."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pandas as pd
import pyarrow as pa

from dip_sdk.client.frames import to_pandas, to_polars

TABLE = pa.table(
    {
        "whole": pa.array([2**60 + 1, None]),
        "full": pa.array([1, 2]),
        "price": pa.array([Decimal("1.25"), None], pa.decimal128(10, 2)),
        "day": pa.array([dt.date(2024, 1, 2), None]),
        "text": pa.array(["a", None]),
    }
)


def test_integers_keep_every_digit_beside_missing_values():
    frame = to_pandas(TABLE)
    assert frame["whole"].dtype == "Int64"
    assert frame["whole"][0] == 2**60 + 1
    assert frame["whole"].isna().tolist() == [False, True]
    assert frame["full"].dtype == "int64"


def test_decimals_and_dates_can_be_computed_with():
    frame = to_pandas(TABLE)
    assert frame["price"].dtype == "float64"
    assert frame["price"].sum() == 1.25
    assert frame["day"].dt.year[0] == 2024


def test_text_and_order_are_kept():
    frame = to_pandas(TABLE)
    assert frame.columns.tolist() == TABLE.column_names
    assert frame["text"][0] == "a"
    assert pd.isna(frame["text"][1])


def test_polars_gets_the_same_rows():
    assert to_polars(TABLE).to_dicts() == TABLE.to_pylist()
