"""Writes how values are shown, for the front end's tests: its tables must read as all others do.

    python tools/panel_numbers.py            write what is out of date
    python tools/panel_numbers.py --check    change nothing; fail when it is out of date

Each case is a column, the values of its wire type, and what `render.numbers` shows of them.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from dip_sdk.render.numbers import show_column
from dip_sdk.types.values import Column, Wire

TARGET = Path(__file__).resolve().parent.parent / "jupyter_ext/packages/core/test/shown.json"
CASES: tuple[tuple[str, str, tuple[Wire, ...]], ...] = (
    ("n", "integer", (0, -7, 1204, 12345678, None)),
    ("n", "integer", ("9007199254740993", "-170141183460469231731687303715884105728")),
    ("year", "integer", (1999, 2024)),
    ("order_id", "integer", (10001, 10002)),
    ("number of years", "integer", (1204, 12)),
    ("price", "decimal(10,2)", ("1204.50", "3.00", "-0.05", None)),
    ("rate", "decimal(18,6)", ("0.100000", "12.345678", "7.000000")),
    ("amount", "decimal(38,10)", ("12345678901234567890.1234567890", "1.0000000000")),
    ("x", "double", (1.0, 2.5, 10.25, None)),
    ("x", "double", (1 / 3, 2.0, 1234.5678912)),
    ("x", "double", (0.1 + 0.2, 0.3)),
    ("x", "double", (0.0012345678, 0.5)),
    ("x", "double", (0.000123456789, 1e-7)),
    ("x", "double", (1.5e16, 3.0)),
    ("x", "double", (1e15, 123456789012345.6)),
    ("x", "double", (-0.0000001, 0.0, -0.004999999999)),
    ("x", "double", (2.675, 1.005, 99.99500000001)),
    ("at", "timestamp", ("2024-03-01T00:00:00", "2024-03-01T13:30:00", "2024-03-01T13:30:05.250")),
    ("at", "timestamptz", ("2024-03-01T00:00:00Z", "2024-03-01T13:30:05+02:00")),
    ("day", "date", ("2024-03-01", None)),
    ("took", "interval", ("P2DT4H", "-P1Y2M", "PT0S", "PT1H30M5.5S")),
    ("raw", "binary", ("AAEC", "AA==")),
    ("flag", "boolean", (True, False, None)),
    ("tags", "text[]", (["a", "b"], [])),
    ("who", "struct", ({"name": "Ada", "age": 36},)),
    ("words", "text", ("plain", "", None)),
)  # fmt: skip


def main() -> int:
    text = written()
    if TARGET.is_file() and TARGET.read_text(encoding="utf-8") == text:
        return 0
    if "--check" in sys.argv[1:]:
        print(f"out of date: {TARGET.name}; write it with: python tools/panel_numbers.py")
        return 1
    TARGET.write_text(text, encoding="utf-8")
    print(f"written: {TARGET.name}")
    return 0


def written() -> str:
    told = [
        {"name": name, "type": kind, "values": values, "shown": show_column(values, column)}
        for name, kind, values in CASES
        if (column := Column(name=name, type=kind))
    ]
    return json.dumps(told, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.exit(main())
