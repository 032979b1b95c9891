"""Rows out of DuckDB as wire values, and the types that tables of a run are stored in.

The Python client loses what the wire promises (months of an interval, pairs of a map) or cannot
read it at all (TIMESTAMPTZ without pytz), so such columns are cast while they are read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from ..types.sql import quoted
from ..types.values import Column, Row, Wire, encode, unique_names
from .types import wire_type

Type: TypeAlias = Any
"""A DuckDBPyType: `str()` is SQL, `id` the kind, `children` of nested ones."""

HUGE = ("HUGEINT", "UHUGEINT")
WIDER = ("BIGINT", "DECIMAL(38,0)", "DOUBLE")
"""What whole sums are stored as: the first that holds all values."""
AS_TEXT = ("enum", "uuid", "bit", "bignum", "variant", "geometry", "union", "tuple", "type")
NO_ALIAS = ("TIME WITH TIME ZONE", "JSON", '"NULL"')
RESERVED = ("rowid",)
"""DuckDB's own name for a row's position: a column of that name would hide it."""


@dataclass(frozen=True)
class Field:
    """A column of a statement or a table, in DuckDB's terms."""

    name: str
    type: Type


def fields(description: Iterable[tuple[Any, ...]]) -> tuple[Field, ...]:
    """The columns that a cursor's `description` tells of."""
    return tuple(Field(name, kind) for name, kind, *_ in description)


def stored_names(given: Sequence[Field]) -> list[str]:
    """Their names as a table can hold them: unique, not blank, none reserved."""
    names = [field.name.strip() or f"column{i}" for i, field in enumerate(given, 1)]
    return unique_names([*RESERVED, *names])[len(RESERVED) :]


def stored_type(kind: Type, whole: str) -> str:
    """The type it is stored in, so that memory, file, Arrow and wire agree.

    `whole` is what HUGEINT, the type of every sum of integers, becomes.
    """
    return _rewritten(kind, lambda leaf: _stored_leaf(leaf, whole))


def read_type(kind: Type) -> str:
    """The type it is read as by the Python client."""
    return _rewritten(kind, _read_leaf)


def is_huge(kind: Type) -> bool:
    return any(huge in stored_type(kind, huge) for huge in HUGE)


def reading(given: Sequence[Field], source: str) -> str:
    """The select list from `source`, a name in the statement, that `decode` understands."""
    return ", ".join(_read_column(field, source) for field in given)


def decode(given: Sequence[Field], rows: Iterable[tuple[object, ...]]) -> tuple[Row, ...]:
    """Fetched rows as wire values."""
    encoders = [_encoder(field.type) for field in given]
    return tuple(
        tuple(encode(value) for encode, value in zip(encoders, row, strict=True)) for row in rows
    )


def columns(given: Sequence[Field], non_finite: Sequence[int] = ()) -> tuple[Column, ...]:
    """The columns as the wire names them."""
    counts = non_finite or [0] * len(given)
    return tuple(
        Column(name=field.name, type=wire_type(str(field.type)), non_finite=count)
        for field, count in zip(given, counts, strict=True)
    )


def _read_column(field: Field, source: str) -> str:
    column, wanted = f"{source}.{quoted(field.name)}", read_type(field.type)
    return column if wanted == str(field.type) else f"cast({column} as {wanted})"


def _rewritten(kind: Type, leaf: Callable[[Type], str]) -> str:
    """The type as SQL with its leaves replaced."""
    if kind.id == "list":
        return f"{_rewritten(_child(kind, 0), leaf)}[]"
    if kind.id == "array":
        return f"{_rewritten(_child(kind, 0), leaf)}[{kind.children[1][1]}]"
    if kind.id == "map":
        return f"MAP({_rewritten(_child(kind, 0), leaf)}, {_rewritten(_child(kind, 1), leaf)})"
    if kind.id == "struct":
        parts = (f"{quoted(name)} {_rewritten(child, leaf)}" for name, child in kind.children)
        return f"STRUCT({', '.join(parts)})"
    return leaf(kind)


def _child(kind: Type, index: int) -> Type:
    return kind.children[index][1]


def _stored_leaf(kind: Type, whole: str) -> str:
    name = str(kind)
    if name in HUGE:
        return whole
    return "VARCHAR" if kind.id in AS_TEXT or name in NO_ALIAS else name


def _read_leaf(kind: Type) -> str:
    if kind.id in ("timestamp with time zone", "timestamptz_ns"):
        return "TIMESTAMP"  # in UTC, which `_encoder` says again
    return "VARCHAR" if kind.id == "interval" else str(kind)


def _encoder(kind: Type) -> Callable[[Any], Wire]:
    if kind.id in ("list", "array"):
        item = _encoder(_child(kind, 0))
        return _null_or(lambda values: [item(value) for value in values])
    if kind.id == "struct":
        return _null_or(_struct_encoder(kind))
    if kind.id == "map":
        return _null_or(_map_encoder(_encoder(_child(kind, 0)), _encoder(_child(kind, 1))))
    if kind.id in ("timestamp with time zone", "timestamptz_ns"):
        return _null_or(_instant)
    if kind.id == "interval":
        return _null_or(duration)
    return encode


def _null_or(encoder: Callable[[Any], Wire]) -> Callable[[Any], Wire]:
    return lambda value: None if value is None else encoder(value)


def _struct_encoder(kind: Type) -> Callable[[Any], Wire]:
    names = [name for name, _ in kind.children]
    encoders = [_encoder(child) for _, child in kind.children]

    def encode_struct(value: dict[str, object] | tuple[object, ...]) -> Wire:
        parts = value.values() if isinstance(value, dict) else value
        encoded = [encoder(part) for encoder, part in zip(encoders, parts, strict=True)]
        return dict(zip(names, encoded, strict=True)) if all(names) else encoded

    return encode_struct


def _map_encoder(key: Callable[[Any], Wire], item: Callable[[Any], Wire]) -> Callable[[Any], Wire]:
    def encode_map(value: dict[Any, Any]) -> Wire:
        pairs = value.items()
        if set(value) == {"key", "value"} and isinstance(value["key"], list):
            pairs = zip(value["key"], value["value"], strict=True)  # type: ignore[assignment]
        return [[key(k), item(v)] for k, v in pairs]

    return encode_map


def _instant(value: datetime | str) -> Wire:
    return f"{value.isoformat()}+00:00" if isinstance(value, datetime) else value


_PARTS = re.compile(r"(-?\d+) (year|month|day)s?|(-?)(\d+):(\d+):(\d+(?:\.\d+)?)")


def duration(text: str) -> str:
    """DuckDB's text of an interval as ISO 8601: "1 year 2 days 03:04:05" is `P1Y2DT3H4M5S`.

    Parts of different signs carry their own, as the extension of the standard has it.
    """
    parts: list[tuple[int | float, str]] = []
    for count, unit, sign, hours, minutes, seconds in _PARTS.findall(text):
        if unit:
            parts.append((int(count), unit[0].upper()))
        else:
            way = -1 if sign else 1
            parts += [(way * int(hours), "TH"), (way * int(minutes), "TM")]
            parts.append((way * float(seconds), "TS"))
    return _iso([part for part in parts if part[0]])


def _iso(parts: Sequence[tuple[int | float, str]]) -> str:
    if not parts:
        return "P0D"
    negative = all(count < 0 for count, _ in parts)
    signed = [(-count if negative else count, unit) for count, unit in parts]
    days = "".join(f"{count}{unit}" for count, unit in signed if unit[0] != "T")
    time = "".join(f"{count:g}{unit[1]}" for count, unit in signed if unit[0] == "T")
    return f"{'-' if negative else ''}P{days}{'T' + time if time else ''}"
