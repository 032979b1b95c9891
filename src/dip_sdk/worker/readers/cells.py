"""What kind of thing a written cell is: the cheap test that finds headers and dialects."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

NULLS = frozenset(
    ("na", "n/a", "n.a.", "#n/a", "null", "none", "nan", "nil", "missing", "-", "--", "?", ".")
)  # fmt: skip
"""Spellings of "no value", in lower case; they count as such only beside values of a type."""

CURRENCY = "$€£¥₹₽₩₺₪฿₫"
MINUS = "\u2212"
"""The typographer's minus."""
SIGN = f"[-+{MINUS}]?"
_NUMBER = re.compile(
    rf"\(?{SIGN}\s?[{CURRENCY}]?\s?{SIGN}(?:\d[\d.,'\u00a0\u202f]*|[.,]\d+)"
    rf"(?:[eE][+-]?\d+)?\s?[%{CURRENCY}]?\)?"
)
_DATE = re.compile(
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?:[T ]\S.{0,20})?"
    r"|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}(?: \S.{0,20})?"
    r"|\d{1,2}[- ][A-Za-z]{3,9}[- ,]{1,2}\d{2,4}(?: \S.{0,20})?|[A-Z][a-z]{2,8} \d{1,2}, \d{4}"
)
_TIME = re.compile(r"\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[APap][Mm])?(?:Z|[+-]\d{2}:?\d{2})?")
LONGEST = 60
"""Longer cells are text; no pattern is tried on them."""


def kind(cell: object) -> str:
    """`number`, `date`, `time`, `boolean`, `text`, or "" for a cell without a value."""
    if isinstance(cell, str):
        return text_kind(cell.strip())
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "boolean"
    if isinstance(cell, (datetime, date)):
        return "date"
    return "time" if isinstance(cell, (time, timedelta)) else "number"


def text_kind(cell: str) -> str:
    """The kind of a written cell without surrounding blanks."""
    if not cell or (lower := cell.lower()) in NULLS:
        return ""
    if len(cell) > LONGEST:
        return "text"
    if lower in ("true", "false"):
        return "boolean"
    if not any(char.isdigit() for char in cell):
        return "text"
    if _NUMBER.fullmatch(cell):
        return "number"
    if _DATE.fullmatch(cell):
        return "date"
    return "time" if _TIME.fullmatch(cell) else "text"
