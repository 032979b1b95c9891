"""Days that come again: "on weekends", "on Mondays and Fridays", "in February" without a year."""

from __future__ import annotations

from calendar import day_abbr, day_name, month_name
from collections.abc import Mapping, Sequence
from typing import Final

from .dates import INSIDE, MONTHS, day_at
from .query import Period
from .words import Token

WEEKDAYS: Final = {day_name[n].lower(): n + 1 for n in range(7)}
SHORT: Final = {day_abbr[n].lower(): n + 1 for n in range(7)}
"""As ISO 8601 numbers them: Monday is 1."""
SPANS: Final = {
    "weekend": ("weekends", (6, 7)),
    "weekday": ("weekdays, Monday to Friday,", (1, 2, 3, 4, 5)),
    "workday": ("weekdays, Monday to Friday,", (1, 2, 3, 4, 5)),
}
_AND: Final = frozenset({",", "and", "or"})
_ANY: Final = frozenset({"a", "the", "any", "every", "each", "all"})


def recurring_at(tokens: Sequence[Token], i: int) -> list[tuple[Period, int]]:
    """The days that come again which are named from a token on, and where they end.

    A preposition must go before them: alone, "May" and "weekday" mean other things.
    """
    if _low(tokens, i) not in INSIDE | {"on"}:
        return []
    start = i + 1
    while _low(tokens, start) in _ANY:
        start += 1
    if span := SPANS.get(tokens[start].stem if start < len(tokens) else ""):
        return [(Period(f"on {span[0]}".rstrip(","), parts=("weekday", span[1])), start + 1)]
    if found := _listed(tokens, start, WEEKDAYS | SHORT):
        days, end = found
        told = " and ".join(f"{day_name[n - 1]}s" for n in days)
        return [(Period(f"on {told}", parts=("weekday", days)), end)]
    if found := _listed(tokens, start, MONTHS):
        months, end = found
        told = " and ".join(month_name[n] for n in months)
        return [(Period(f"in {told} of any year", parts=("month", months)), end)]
    return []


def _listed(
    tokens: Sequence[Token], i: int, names: Mapping[str, int]
) -> tuple[tuple[int, ...], int] | None:
    """One or several of these names, where none of them begins a date."""
    found: list[int] = []
    end = i
    while number := _named(tokens, i, names):
        if day_at(tokens, i) or _digits(tokens, i + 1):
            return None
        found.append(number)
        end = i = i + 1
        while _low(tokens, i) in _AND:
            i += 1
    return (tuple(dict.fromkeys(found)), end) if found else None


def _named(tokens: Sequence[Token], i: int, names: Mapping[str, int]) -> int:
    if not 0 <= i < len(tokens) or tokens[i].quoted:
        return 0
    return names.get(tokens[i].low, 0) or names.get(tokens[i].stem, 0)


def _digits(tokens: Sequence[Token], i: int) -> bool:
    return _low(tokens, i)[:1].isdigit()


def _low(tokens: Sequence[Token], i: int) -> str:
    return tokens[i].low if 0 <= i < len(tokens) else ""
