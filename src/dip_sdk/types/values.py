"""Values on the wire: how a cell is written as JSON, and the types a column can have.

A column says its type, so a client decodes exactly:

| type           | JSON                                                            |
| -------------- | --------------------------------------------------------------- |
| boolean        | true, false                                                     |
| integer        | number; a string for a value beyond 2^53                        |
| decimal(p,s)   | string                                                          |
| double         | number; NaN and infinities are null (`Column.non_finite` counts)|
| text           | string                                                          |
| date, time     | ISO 8601 string                                                 |
| timestamp      | ISO 8601 string without offset                                  |
| timestamptz    | ISO 8601 string with offset                                     |
| interval       | ISO 8601 duration                                               |
| binary         | base64 string                                                   |
| list, struct, map | nested JSON of the same rules (a map: list of [key, value])  |
"""

from __future__ import annotations

import base64
import math
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TypeAlias

from pydantic import JsonValue

from .base import Model

Wire: TypeAlias = JsonValue
Row: TypeAlias = tuple[Wire, ...]

SAFE_INTEGER = 2**53
NUMERIC = ("integer", "decimal", "double")
TEMPORAL = ("date", "timestamp", "timestamptz")


class Column(Model):
    """A named column of a result and its wire type."""

    name: str
    type: str
    non_finite: int = 0
    """How many NaN or infinite values are written as null."""

    @property
    def kind(self) -> str:
        """The type without its parameters: `decimal(12,2)` is `decimal`."""
        return self.type.partition("(")[0]

    @property
    def numeric(self) -> bool:
        return self.kind in NUMERIC

    @property
    def temporal(self) -> bool:
        return self.kind in TEMPORAL


def encode(value: object) -> Wire:
    """One Python value as JSON, by the table at the top of this module."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return value if -SAFE_INTEGER <= value <= SAFE_INTEGER else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Decimal):
        return format(value, "f") if value.is_finite() else None
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return duration(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return base64.b64encode(bytes(value)).decode("ascii")
    if isinstance(value, dict):
        return {str(key): encode(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [encode(item) for item in value]
    return str(value)


def duration(value: timedelta) -> str:
    """A time span as ISO 8601: `P2DT3H4M5.5S`, negative with a leading minus."""
    sign = "-" if value < timedelta(0) else ""
    value = abs(value)
    hours, rest = divmod(value.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    fraction = f".{value.microseconds:06d}".rstrip("0") if value.microseconds else ""
    return f"{sign}P{value.days}DT{hours}H{minutes}M{seconds}{fraction}S"


def unique_names(names: Iterable[str]) -> list[str]:
    """The names in order, a repeated one with `_2`, `_3`, ... that clashes with no other."""
    given = list(names)
    taken = {name.casefold() for name in given}
    seen: set[str] = set()
    return [_unused(name, taken, seen) for name in given]


def _unused(name: str, taken: set[str], seen: set[str]) -> str:
    if name.casefold() not in seen:
        seen.add(name.casefold())
        return name
    number = 2
    while (candidate := f"{name}_{number}").casefold() in taken | seen:
        number += 1
    seen.add(candidate.casefold())
    return candidate


def named(columns: Sequence[Column], row: Row) -> dict[str, Wire]:
    """A row as a mapping from column name to value."""
    return dict(zip((column.name for column in columns), row, strict=True))
