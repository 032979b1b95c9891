"""Values as SQL expressions: by the wire rules for JSON, and as plain text for sheets and CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...types.sql import literal, quoted
from ...types.values import SAFE_INTEGER
from ..types import wire_type

if TYPE_CHECKING:
    from duckdb.sqltypes import DuckDBPyType

EXACT = ("TINYINT", "SMALLINT", "INTEGER", "UTINYINT", "USMALLINT", "UINTEGER")
"""Integers that JSON and spreadsheets hold exactly, whatever their value."""

FORMULA = "=+-@\t\r"
"""With one of these in front, a spreadsheet takes a text for a formula."""


def kind(type: DuckDBPyType) -> str:
    """The wire type without its parameters."""
    return wire_type(str(type)).partition("(")[0]


def wire(sql: str, type: DuckDBPyType, depth: int = 0) -> str:
    """The expression whose JSON is the value `sql` by the rules of `types.values`."""
    name = kind(type)
    if name == "boolean" or str(type) in EXACT:
        return sql
    if name in NESTED:
        return NESTED[name](sql, type, depth)
    return WIRE.get(name, "{0}::varchar").format(sql)


def text(sql: str, type: DuckDBPyType) -> str:
    """The value as one text: JSON where it is nested, a number's digits, else as on the wire."""
    name = kind(type)
    if name in NESTED:
        return f"to_json({wire(sql, type)})::varchar"
    if name in ("integer", "double"):
        return f"{sql}::varchar"
    return wire(sql, type)


def harmless(sql: str) -> str:
    """A text that no spreadsheet takes for a formula: with a `'` in front where it would."""
    codes = ", ".join(str(ord(character)) for character in FORMULA)
    return f"case when ascii({sql}) in ({codes}) then '''' || {sql} else {sql} end"


def harmless_name(name: str) -> str:
    """A header that no spreadsheet takes for a formula."""
    return f"'{name}" if name.startswith(tuple(FORMULA)) else name


DURATION = (
    "case when us < 0 then '-' else '' end || 'P' || abs(us) // 86400000000 || 'DT' "
    "|| abs(us) // 3600000000 % 24 || 'H' || abs(us) // 60000000 % 60 || 'M' "
    "|| rtrim(rtrim(printf('%d.%06d', abs(us) // 1000000 % 60, abs(us) % 1000000), '0'), '.') "
    "|| 'S'"
)
"""`us` microseconds as `types.values.duration` writes them."""

WIRE = {
    "integer": f"case when {{0}} between -{SAFE_INTEGER} and {SAFE_INTEGER} "
    "then to_json({0}) else to_json({0}::varchar) end",
    "double": "case when isfinite({0}) then {0} end",
    "timestamp": "replace({0}::varchar, ' ', 'T')",
    "timestamptz": r"regexp_replace(replace({0}::varchar, ' ', 'T'), '([+-]\d\d)$', '\1:00')",
    "interval": f"list_transform([epoch_us({{0}})], lambda us: {DURATION})[1]",
    "binary": "to_base64({0})",
}


def _list(sql: str, type: DuckDBPyType, depth: int) -> str:
    item = f"x{depth}"
    inner = wire(item, _members(type)["child"], depth + 1)
    return f"list_transform({sql}, lambda {item}: {inner})"


def _struct(sql: str, type: DuckDBPyType, depth: int) -> str:
    members = ", ".join(
        f"{quoted(name)} := {wire(f'struct_extract({sql}, {literal(name)})', inner, depth)}"
        for name, inner in _members(type).items()
    )
    return f"case when {sql} is not null then struct_pack({members}) end"


def _map(sql: str, type: DuckDBPyType, depth: int) -> str:
    entry = f"x{depth}"
    inner = _members(type)
    key = wire(f"{entry}.key", inner["key"], depth + 1)
    value = wire(f"{entry}.value", inner["value"], depth + 1)
    return f"list_transform(map_entries({sql}), lambda {entry}: [to_json({key}), to_json({value})])"


def _members(type: DuckDBPyType) -> dict[str, DuckDBPyType]:
    """The types inside a type, by name."""
    return {name: inner for name, inner in type.children if not isinstance(inner, (int, list))}


NESTED = {"list": _list, "struct": _struct, "map": _map}
