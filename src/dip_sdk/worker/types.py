"""DuckDB's types in the terms of `types.values`: the one place that maps them."""

from __future__ import annotations

WIRE = {
    "BOOLEAN": "boolean",
    "TINYINT": "integer",
    "SMALLINT": "integer",
    "INTEGER": "integer",
    "BIGINT": "integer",
    "HUGEINT": "integer",
    "UTINYINT": "integer",
    "USMALLINT": "integer",
    "UINTEGER": "integer",
    "UBIGINT": "integer",
    "UHUGEINT": "integer",
    "BIGNUM": "integer",
    "FLOAT": "double",
    "DOUBLE": "double",
    "DATE": "date",
    "TIME": "time",
    "TIME_NS": "time",
    "TIMESTAMP": "timestamp",
    "TIMESTAMP_S": "timestamp",
    "TIMESTAMP_MS": "timestamp",
    "TIMESTAMP_NS": "timestamp",
    "TIMESTAMP WITH TIME ZONE": "timestamptz",
    "TIMESTAMPTZ": "timestamptz",
    "TIMESTAMPTZ_NS": "timestamptz",
    "INTERVAL": "interval",
    "BLOB": "binary",
}
NESTED = {"STRUCT": "struct", "MAP": "map"}


def wire_type(duckdb_type: str) -> str:
    """The wire type of a DuckDB type: `BIGINT` is `integer`, `DECIMAL(12,2)` `decimal(12,2)`.

    What has no type of its own on the wire (UUID, ENUM, BIT, TIMETZ, JSON, ...) is `text`.
    """
    if duckdb_type.endswith("]"):
        return "list"
    base, _, inside = duckdb_type.partition("(")
    if base == "DECIMAL":
        return f"decimal({inside}"
    return WIRE.get(duckdb_type) or NESTED.get(base, "text")
