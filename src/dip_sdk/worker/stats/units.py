"""Units that the names of columns tell: two columns in different ones are not comparable."""

from __future__ import annotations

import re

from ...types.operations.base import Assumption

CLEAR = {
    "kg": "kg", "mg": "mg", "lb": "lb", "lbs": "lb", "oz": "oz", "mm": "mm", "cm": "cm",
    "km": "km", "ft": "ft", "inch": "in", "inches": "in", "mile": "mi", "miles": "mi",
    "eur": "EUR", "usd": "USD", "gbp": "GBP", "chf": "CHF", "jpy": "JPY", "celsius": "Celsius",
    "fahrenheit": "Fahrenheit", "ms": "ms", "sec": "s", "secs": "s", "seconds": "s",
    "hours": "h", "hrs": "h", "days": "days", "kwh": "kWh", "mwh": "MWh",
    "pct": "percent", "percent": "percent", "percentage": "percent", "perc": "percent",
    "%": "percent",
}  # fmt: skip
"""Word of a name -> its unit, wherever it stands."""
DOUBTFUL = {
    "g": "g", "t": "t", "m": "m", "in": "in", "mi": "mi", "yd": "yd", "c": "Celsius",
    "f": "Fahrenheit", "k": "kelvin", "s": "s", "min": "min", "h": "h", "l": "l", "gal": "gal",
}  # fmt: skip
"""Last word of a name -> its unit, if the words before are the same: `temp_c` and `temp_f`, not
`check_in` and `check_s`."""
SHARE = "percent"


def same_unit(first: str, second: str) -> tuple[Assumption, ...]:
    """What two columns rest on when they are compared, where their names tell different units;
    nothing where they do not. A column of percents beside one of no unit counts as different."""
    one, other = _units(first, second)
    if one == other or (None in (one, other) and SHARE not in (one, other)):
        return ()
    told = [
        f"{name} seems to be in {unit}" if unit else f"{name} names no unit"
        for name, unit in ((first, one), (second, other))
    ]
    message = f"{told[0]} and {told[1]}: they can be compared only in one unit."
    return (Assumption(name="same_unit", holds=None, message=message),)


def warned(found: tuple[Assumption, ...]) -> str:
    """The same at the end of a reading."""
    return "".join(f" {each.message}" for each in found)


def _units(first: str, second: str) -> tuple[str | None, str | None]:
    (*a, last_a), (*b, last_b) = _words(first), _words(second)
    if a == b and a and {last_a, last_b} <= DOUBTFUL.keys() | CLEAR.keys():
        both = DOUBTFUL | CLEAR
        return both[last_a], both[last_b]
    return _clear([*a, last_a]), _clear([*b, last_b])


def _clear(words: list[str]) -> str | None:
    return next((CLEAR[word] for word in reversed(words) if word in CLEAR), None)


def _words(name: str) -> list[str]:
    """Lower-case words of a name: `massKg (total)` has mass, kg, total."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return re.findall(r"[^\W_]+|%", apart.lower()) or [""]
