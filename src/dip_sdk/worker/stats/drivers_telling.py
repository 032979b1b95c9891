"""What a breakdown of a change says: the change, its strongest part, and for a mean whether shares
or the levels' own means made it."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan
from typing import Any, TypeAlias

from ...types.operations.drivers import Contribution
from .drivers_sides import Sides

NO_CAUSE = "A breakdown shows where, not why: it is no cause."
STANDS_OUT = 0.1
"""Below this concentration a change is spread as the whole is."""
BEYOND = 3
"""Shares of a change beyond this are of a change that is next to nothing."""
Row: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class Shown:
    """The rows of one dimension: its named levels, then what is left over as one."""

    rows: tuple[Row, ...]
    named: int
    concentration: float
    outstanding: str
    """The level that goes furthest beyond its share."""


def reading(operation: Contribution, sides: Sides, first: Shown | None) -> str:
    """The change, the strongest driver with its numbers, and what the numbers do not say."""
    said = [_change(operation, sides)]
    if sides.missing:
        said.append(f"{_rows(sides.missing)} without a value left out.")
    if first is None:
        said.append("No column of categories tells where.")
    elif sides.changed:
        said += _driver(operation, sides, first)
    return " ".join([*said, NO_CAUSE])


def amount(value: float) -> str:
    """A number of which two decimals are kept, so that what is told adds up: 1,204.5, 0.0312."""
    if abs(value) >= 1 or value == 0:
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    return f"{value:.3g}"


def percent(share: float) -> str:
    """ "12.4%"; without a decimal from 100% on, and never "0%" of something."""
    number = 100 * share
    if 0 < abs(number) < 0.05:
        return "less than 0.1%"
    return f"{number:,.0f}%" if abs(number) >= 99.95 else f"{float(f'{number:.1f}'):g}%"


def _change(operation: Contribution, sides: Sides) -> str:
    (before, after), change = sides.values, sides.change
    measure, (first, second) = operation.measure, operation.sides
    way = "" if not sides.changed else "rise" if change > 0 else "fall"
    contrary = operation.expected and operation.expected != way
    opening = f"{_denied(operation)}: {measure}" if contrary else _opened(measure)
    if not way:
        return f"{opening} is the same in {first} and {second}: {amount(after)}."
    part = f" ({percent(abs(change / before))})" if before > 0 else ""
    if isinstance(operation.before, str):
        more = "higher" if change > 0 else "lower"
        return (
            f"{opening} is {amount(abs(change))}{part} {more} for {second} than for {first}: "
            f"{amount(after)} against {amount(before)}."
        )
    return (
        f"{opening} {_moved(change)} by {amount(abs(change))}{part}, "
        f"from {amount(before)} in {first} to {amount(after)} in {second}."
    )


def _denied(operation: Contribution) -> str:
    if isinstance(operation.before, str):
        return f"It is not {'higher' if operation.expected == 'rise' else 'lower'}"
    return f"There was no {operation.expected}"


def _driver(operation: Contribution, sides: Sides, first: Shown) -> list[str]:
    adds = "contribution" if operation.how == "mean" else "change"
    named = first.rows[: first.named]
    best = max(named, key=lambda row: float(row[adds]) * (1 if sides.change > 0 else -1))
    apart = first.concentration >= STANDS_OUT
    said = []
    if operation.how == "mean":
        said.append(_mixed(sides, first.rows))
    elif not apart:
        said.append("No part stands out: all moved much as their shares lead to expect.")
    leads = "The strongest driver is" if apart else "Most comes from"
    said.append(f"{leads} {best['dimension']} {_moves(operation, best)}.")
    others = [row for row in named if row["level"] == first.outstanding and row is not best]
    if apart and others:
        said[-1] = said[-1].replace(leads, "Most comes from")
        said.append(f"Beyond its share goes {_moves(operation, others[0])}.")
    return said


def _moves(operation: Contribution, row: Row) -> str:
    """ "North: it fell by 70, from 100 to 30, the whole change"."""
    return f"{row['level']}: {_numbers(operation, row)}, {_part(row['share_of_change'])}"


def _numbers(operation: Contribution, row: dict[str, Any]) -> str:
    before, after = row["before"], row["after"]
    if operation.how != "mean":
        moved = f"it {_moved(row['change'])} by {amount(abs(row['change']))}"
        return f"{moved}, from {amount(before)} to {amount(after)}"
    shares = f"share {percent(row['share_before'])} to {percent(row['share_after'])}"
    means = f"average {_known(before)} to {_known(after)}"
    return (
        f"it adds {_signed(row['contribution'])} ({_signed(row['mix_effect'])} by its {shares}, "
        f"{_signed(row['rate_effect'])} by its {means})"
    )


def _part(share: float) -> str:
    if share > BEYOND:
        return "far more than the whole change, which others undo"
    if share > 1.0005:
        return f"{percent(share)} of the change, which others partly undo"
    return "the whole change" if share > 0.9995 else f"{percent(share)} of the change"


def _mixed(sides: Sides, rows: tuple[Row, ...]) -> str:
    """Simpson's pair: no level goes the way of the whole, or shares make more of it than means."""
    mix, rate = (sum(row[f"{name}_effect"] for row in rows) for name in ("mix", "rate"))
    totals = f"{_signed(mix)} from shares, {_signed(rate)} from the levels' own averages"
    dimension, whole = rows[0]["dimension"], sides.change
    both = [row["change"] for row in rows if not isnan(row["change"])]
    against = bool(both) and all(change * whole < 0 for change in both)
    if against:
        return (
            f"It is the mix: within every level of {dimension} the average {_moved(-whole)}, "
            f"but the shares of the levels shifted ({totals})."
        )
    if abs(mix) > abs(rate) and mix * whole > 0:
        return f"It is mostly the mix of {dimension} ({totals})."
    return f"It is mostly the levels of {dimension} themselves ({totals})."


def _moved(change: float) -> str:
    return "rose" if change > 0 else "fell"


def _signed(value: float) -> str:
    return ("+" if value > 0 else "") + amount(value)


def _known(value: float) -> str:
    return "none" if isnan(value) else amount(value)


def _rows(count: int) -> str:
    return "One row" if count == 1 else f"{count:,} rows"


def _opened(text: str) -> str:
    return text[:1].upper() + text[1:]
