"""How values are shown to people: one function for text, HTML, Markdown and the sentences.

It decides only what a value looks like; whoever prints it makes it safe for the place (`safe`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation

from ..types.values import Column, Wire

NULL = "\N{EN DASH}"
"""What stands for a missing value."""

_CURRENCIES = frozenset("$€£¥₹₩₽₺₫฿")
_SHORT = 6
"""A double written with at most this many decimals is shown as it is; a longer one is rounded."""
_SCIENTIFIC = Decimal("1e16")
_CONTEXT = Context(prec=400, rounding=ROUND_HALF_UP)
_LABELS = re.compile(
    r"(^| )(year|yr|id|key|code|zip|zipcode|postcode|phone|sku|no|nr|number)$", re.IGNORECASE
)
_AMOUNTS = re.compile(
    r"^(number|no|nr|count|distinct|unique|total|sum|avg|average|mean|median)( |$)", re.IGNORECASE
)
_SPAN = re.compile(
    r"(?P<sign>-?)P(?:(?P<years>[\d.]+)Y)?(?:(?P<months>[\d.]+)M)?(?:(?P<weeks>[\d.]+)W)?"
    r"(?:(?P<days>[\d.]+)D)?(?:T(?:(?P<hours>[\d.]+)H)?(?:(?P<minutes>[\d.]+)M)?"
    r"(?:(?P<seconds>[\d.]+)S)?)?"
)
_SPAN_WORDS = {
    "years": "y", "months": "mo", "weeks": "w", "days": "d",
    "hours": "h", "minutes": "min", "seconds": "s",
}  # fmt: skip


def show(
    value: Wire,
    column_type: str,
    *,
    decimals: int | None = None,
    unit: str = "",
    grouped: bool = True,
) -> str:
    """A wire value of a column of that type, for people: `1,204.50`, `$3.20`, `12.5%`, `2 d 4 h`.

    `decimals` fixes the decimals of a number; None keeps those it is written with and rounds long
    ones. A currency sign stands before the number, any other unit after it. `grouped=False` leaves
    out the thousands separators, as a year or an identifier wants it.
    """
    if value is None:
        return NULL
    kind = column_type.partition("(")[0]
    number = _number(value) if kind in ("integer", "decimal", "double") else None
    if number is not None:
        return _with_unit(_show_number(number, kind, decimals, unit, grouped), unit)
    if isinstance(value, str):
        return _SHOW_TEXT.get(kind, str)(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False)


def show_column(
    values: Sequence[Wire], column: Column, *, decimals: int | None = None, unit: str = ""
) -> list[str]:
    """The values of one column, with equal decimals so that they align."""
    if decimals is None:
        decimals = common_decimals(values, column)
    grouped = not is_label(column)
    return [
        show(value, column.type, decimals=decimals, unit=unit, grouped=grouped) for value in values
    ]


def is_label(column: Column) -> bool:
    """Whether a column's numbers name things (a year, an identifier) rather than count them."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", column.name)
    name = re.sub(r"[\W_]+", " ", spaced).strip()
    return bool(_LABELS.search(name)) and not _AMOUNTS.search(name)


def common_decimals(values: Sequence[Wire], column: Column) -> int | None:
    """How many decimals show these numbers of a column well; None where that is no question."""
    if column.kind not in ("decimal", "double"):
        return None
    numbers = [number for value in values if (number := _number(value)) is not None]
    if not numbers or any(_is_scientific(number, column.kind) for number in numbers):
        return None
    rounded = [n for n in numbers if column.kind == "double" and _written(n) > _SHORT]
    return max(_sensible_decimals(number, column.kind) for number in rounded or numbers)


def plural(count: int, one: str, many: str = "") -> str:
    """A count with its noun: `1 row`, `1,204 rows`, `2 queries`."""
    return f"{count:,} {one if count == 1 else many or _plural_noun(one)}"


def seconds(duration: float) -> str:
    """A duration in seconds, short: `12 ms`, `1.2 s`, `3 min 5 s`."""
    if duration < 1:
        return f"{duration * 1000:.0f} ms"
    if duration < 60:
        return f"{duration:.1f} s"
    minutes, rest = divmod(round(duration), 60)
    return f"{minutes} min {rest} s"


def _number(value: Wire) -> Decimal | None:
    """The value as an exact decimal; None when it is not a finite number."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = Decimal(f"{value:.16g}" if isinstance(value, float) else value)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _show_number(number: Decimal, kind: str, decimals: int | None, unit: str, grouped: bool) -> str:
    if decimals is None and _is_scientific(number, kind):
        return f"{number:.3g}".replace("e+", "e")
    if decimals is None:
        decimals = 2 if unit in _CURRENCIES and kind != "integer" else None
    places = _sensible_decimals(number, kind) if decimals is None else max(decimals, 0)
    rounded = number.quantize(Decimal(1).scaleb(-places), context=_CONTEXT)
    if rounded.is_zero():
        rounded = abs(rounded)
    return f"{rounded:,f}" if grouped else f"{rounded:f}"


def _is_scientific(number: Decimal, kind: str) -> bool:
    size = abs(number)
    return kind == "double" and (size >= _SCIENTIFIC or 0 < size < Decimal("0.0001"))


def _written(number: Decimal) -> int:
    """Decimals of the number without trailing zeros."""
    return max(0, -int(number.normalize(_CONTEXT).as_tuple().exponent))


def _sensible_decimals(number: Decimal, kind: str) -> int:
    written = _written(number)
    if kind == "integer":
        return 0
    if kind == "decimal":
        stored = max(0, -int(number.as_tuple().exponent))
        return max(written, min(stored, 2))
    if written <= _SHORT:
        return written
    return 2 if abs(number) >= 1 else max(2, 2 - number.adjusted())


def _with_unit(text: str, unit: str) -> str:
    if not unit:
        return text
    if unit in _CURRENCIES:
        return f"-{unit}{text[1:]}" if text.startswith("-") else f"{unit}{text}"
    return f"{text}{unit}" if unit in ("%", "°") else f"{text} {unit}"


def _show_timestamp(value: str) -> str:
    """`2024-03-01 13:30`; midnight is the date alone, whole minutes go without seconds."""
    match = re.fullmatch(r"(\S+?)T(\d\d:\d\d)(:\d\d(?:\.\d+)?)?(Z|[+-]\d\d(?::?\d\d)?)?", value)
    if not match:
        return value
    day, minute, second, zone = match.groups(default="")
    second = re.sub(r"\.?0+$", "", second) if "." in second else second
    second = "" if second == ":00" else second
    offset = "UTC" if zone in ("Z", "+00:00", "+00") else zone
    if minute == "00:00" and not second and not zone:
        return day
    return f"{day} {minute}{second} {offset}".rstrip()


def _show_span(value: str) -> str:
    match = _SPAN.fullmatch(value)
    if not match:
        return value
    parts = [
        f"{float(amount):g} {word}"
        for name, word in _SPAN_WORDS.items()
        if (amount := match[name]) and float(amount)
    ]
    return match["sign"] + (" ".join(parts) or "0 s")


def _show_bytes(value: str) -> str:
    size = len(value) * 3 // 4 - value[-2:].count("=")
    return f"<{plural(size, 'byte')}>"


_SHOW_TEXT: dict[str, Callable[[str], str]] = {
    "timestamp": _show_timestamp,
    "timestamptz": _show_timestamp,
    "interval": _show_span,
    "binary": _show_bytes,
}


def _plural_noun(one: str) -> str:
    if re.search(r"[^aeiou]y$", one):
        return f"{one[:-1]}ies"
    return f"{one}es" if re.search(r"(s|x|z|ch|sh)$", one) else f"{one}s"
