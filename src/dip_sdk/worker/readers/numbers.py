"""Numbers as people write them: separators, decimal commas, units, currencies, percent, (300).

A `Style` says how the numbers of one column are written; it turns their text into a number in SQL.
Codes and telephone numbers are no numbers: a leading zero or a long number with a plus sign.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from .base import literal
from .cells import CURRENCY, MINUS, SIGN

BLANKS = " \u00a0\u202f"
SPACES = f"[{BLANKS}]"
APOSTROPHES = "'\u2019"
UNIT = r"[A-Za-zµμ°Ω%‰²³/·^$€£¥][A-Za-z0-9µμ°Ω%‰²³/·^\-]{0,14}"
MONEY = rf"[{CURRENCY}]|[A-Z]{{1,3}}[{CURRENCY}]|USD|EUR|GBP|CHF|JPY|CAD|AUD|Rs\.?"
CODE = r"[+-]?0[0-9]+|\+[0-9]{7,15}"
"""A leading zero, or a plus before many digits: an identifier, never to be calculated with."""
_PARTS = re.compile(
    rf"\(?{SIGN}\s?(?P<before>{MONEY})?\s?{SIGN}(?P<body>(?:\d|[.,]\d)[\d.,{APOSTROPHES}{BLANKS}]*?(?:[eE][-+]?\d{{1,3}})?)"
    rf"\s?(?P<after>{UNIT})?\)?"
)
_DECIMAL_ONLY = re.compile(r"\d+,\d{1,2}|\d+,\d{4,}|0,\d+|\d{1,3}(?:\.\d{3})+,\d+|,\d+")
_GROUPED_ONLY = re.compile(r"\d{1,3}(?:,\d{3}){2,}|\d{1,3}(?:,\d{3})+\.\d+")
_DOTS_ONLY = re.compile(r"\d{1,3}(?:\.\d{3}){2,}")


@dataclass(frozen=True)
class Style:
    """How the numbers of a column are written."""

    decimal: str = "."
    group: str = ""
    """What parts thousands: "," or "." or "'" or " ", "" for nothing."""
    unit: str = ""
    """The one unit or currency beside the numbers."""
    ambiguous: bool = False
    """1,234 could be one thousand or one and a bit."""

    @property
    def plain(self) -> bool:
        """Digits and nothing that SQL itself does not read."""
        return not self.group and not self.unit and self.decimal == "."

    @property
    def body(self) -> str:
        """The pattern of the digits."""
        mark = re.escape(self.decimal)
        simple = rf"(?:(?:0|[1-9][0-9]*)(?:{mark}[0-9]*)?|{mark}[0-9]+)(?:[eE][-+]?[0-9]{{1,3}})?"
        if not self.group:
            return simple
        gap = (
            SPACES
            if self.group == " "
            else f"[{APOSTROPHES}]"
            if self.group == "'"
            else re.escape(self.group)
        )
        return rf"[1-9][0-9]{{0,2}}(?:{gap}[0-9]{{2,3}})*{gap}[0-9]{{3}}(?:{mark}[0-9]+)?|{simple}"

    @property
    def pattern(self) -> str:
        """The pattern of a whole value."""
        if self.plain:
            return rf"{SIGN}(?:{self.body})"
        unit = rf"(?:{re.escape(self.unit)})?" if self.unit else ""
        return rf"\(?{SIGN}\s?{unit}\s?{SIGN}(?:{self.body})\s?{unit}\)?"

    def text_sql(self, x: str) -> str:
        """The number in the value `x` as SQL writes numbers; null where there is none."""
        if self.plain:
            digits = f"replace({x}, '{MINUS}', '-')"
        else:
            inner = rf"{SIGN}\s?(?:{re.escape(self.unit)})?" if self.unit else ""
            start = rf"^\(?{inner}\s?{SIGN}({self.body})"
            digits = f"regexp_extract({x}, {literal(start)}, 1)"
            for gap in _gaps(self.group):
                digits = f"replace({digits}, {literal(gap)}, '')"
            if self.decimal != ".":
                digits = f"replace({digits}, {literal(self.decimal)}, '.')"
            negative = rf"regexp_matches({x}, '^\(|^[^0-9]*[-{MINUS}]')"
            digits = f"concat(case when {negative} then '-' else '' end, {digits})"
        return f"case when regexp_full_match({x}, {literal(self.pattern)}) then {digits} end"

    def sentence(self, column: str) -> str:
        """What was decided, to be told."""
        if self.ambiguous:
            meaning = "a decimal comma" if self.decimal == "," else "thousands separators"
            return f"Commas in '{column}' are read as {meaning}; the values would allow both."
        if self.decimal == ",":
            return f"Numbers in '{column}' are written with a decimal comma."
        if self.group:
            return f"Numbers in '{column}' are written with thousands separators ('{self.group}')."
        return ""


def _gaps(group: str) -> tuple[str, ...]:
    if group == " ":
        return tuple(BLANKS)
    return tuple(APOSTROPHES) if group == "'" else (group,) if group else ()


_MONTH = re.compile(
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]*\.?", re.IGNORECASE
)
"""A name that makes a day of the number before it, and no amount."""


def style(values: Sequence[str], decimal: str | None = None) -> Style | None:
    """The way most of these values are written as numbers; None where they are not.

    `decimal` settles what the values leave open: the user's word, or the rest of the table's.
    """
    parts = [found for value in values if (found := _PARTS.fullmatch(value))]
    if len(parts) < 0.5 * len(values) or not parts:
        return None
    units = {(p["before"] or "").strip() + (p["after"] or "").strip() for p in parts} - {""}
    if len(units) > 1 or any(p["before"] and p["after"] for p in parts):
        return None
    if any(map(_MONTH.fullmatch, units)):
        return None
    mark, group, ambiguous = _separators([p["body"].strip() for p in parts], decimal)
    return Style(mark, group, units.pop() if units else "", ambiguous)


def _separators(bodies: Sequence[str], decimal: str | None) -> tuple[str, str, bool]:
    """(decimal mark, thousands mark, whether a comma could be either)."""
    commas = [re.sub(SPACES, "", body) for body in bodies if "," in body]
    if any(mark in body for body in bodies for mark in APOSTROPHES):
        return ".", "'", False
    if not commas:
        return _without_commas(bodies, decimal)
    if any(_GROUPED_ONLY.fullmatch(body) for body in commas):
        return ".", ",", False
    if any(_DECIMAL_ONLY.fullmatch(body) for body in commas):
        return ",", "." if any("." in body for body in bodies) else _blank_group(bodies), False
    return (",", "", True) if decimal == "," else (".", ",", decimal is None)


def _without_commas(bodies: Sequence[str], decimal: str | None) -> tuple[str, str, bool]:
    dotted = [body for body in bodies if "." in body]
    if any(_DOTS_ONLY.fullmatch(body) for body in dotted):
        return ",", ".", False
    if decimal == "," and dotted and all(re.fullmatch(r"\d{1,3}(\.\d{3})+", b) for b in dotted):
        return ",", ".", False
    return ".", _blank_group(bodies), False


def _blank_group(bodies: Sequence[str]) -> str:
    return " " if any(re.search(SPACES, body) for body in bodies) else ""


def number_type(*, digits: int, whole: int, scale: int, least: int, exponent: bool) -> str:
    """The SQL type that keeps numbers exactly where a double would not.

    `digits` of the longest number, `whole` before the point at most, `scale` after it at most and
    `least` at least.
    """
    if exponent:
        return "DOUBLE"
    if scale == 0:
        return "BIGINT" if whole <= 18 else "DECIMAL(38,0)" if whole <= 38 else "VARCHAR"
    fixed = scale == least and scale <= 4
    if whole + scale <= 38 and (digits > 17 or (fixed and digits > 15)):
        return f"DECIMAL({max(whole + scale, 1)},{scale})"
    return "DOUBLE"


def type_of(values: Sequence[str]) -> str:
    """The SQL type for numbers written plainly, by the same rule."""
    mantissas = [re.split("[eE]", value.lstrip("+-"))[0] for value in values]
    scales = [len(m.partition(".")[2]) for m in mantissas]
    return number_type(
        digits=max(len(m.replace(".", "").lstrip("0")) for m in mantissas),
        whole=max(len(m.partition(".")[0]) for m in mantissas),
        scale=max(scales),
        least=min(scales),
        exponent=any(set(value) & set("eE") for value in values),
    )
