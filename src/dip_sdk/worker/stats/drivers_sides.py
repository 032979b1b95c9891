"""The rows of the two sides of a comparison, and whether the data hold each side whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

from ...types.operations.base import Assumption
from ...types.operations.drivers import Contribution, Days
from .base import Data
from .samples import Floats, finite, places, position, refuse

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

Mask: TypeAlias = "NDArray[np.bool_]"
SAME = 1e-12
"""Changes below so small a part of the amounts that are summed are of the arithmetic."""


@dataclass(frozen=True)
class Sides:
    """The rows of both sides that count, and what is summed over them."""

    table: pa.Table
    after: Mask
    """Rows of the side that is explained; the others are of the side before."""
    amount: Floats
    """What is summed; for a mean, the value times its weight."""
    weight: Floats
    """How often a row counts in a mean."""
    mean: bool
    missing: int
    """Rows of the sides without a value, which are left out."""
    assumptions: tuple[Assumption, ...] = ()

    @cached_property
    def masks(self) -> tuple[Mask, Mask]:
        return ~self.after, self.after

    @cached_property
    def values(self) -> tuple[float, float]:
        """The measure before and after."""
        before, after = (self._value(here) for here in self.masks)
        return before, after

    @property
    def change(self) -> float:
        before, after = self.values
        return after - before

    @cached_property
    def changed(self) -> bool:
        """The change is more than what adding up in another order gives."""
        scale = float(abs(self.amount).sum())
        if self.mean:
            scale /= min(float(self.weight[here].sum()) for here in self.masks)
        return abs(self.change) > SAME * scale

    def _value(self, here: Mask) -> float:
        total = float(self.amount[here].sum())
        return total / float(self.weight[here].sum()) if self.mean else total


def sides_of(operation: Contribution, data: Data) -> Sides:
    """The rows that are compared. Raises `QueryFailed` where a side has none."""
    import numpy as np

    data = _spelt(operation, data)
    rests: list[Assumption] = []
    if isinstance(operation.before, str) or isinstance(operation.after, str):
        before, after = _by_value(operation, data)
    else:
        days = _days(data, operation.across)
        before, after = (_within(days, side) for side in (operation.before, operation.after))
        rests += _borne_out(operation, days)
    amount, weight = _measured(operation, data)
    known = ~(np.isnan(amount) | np.isnan(weight))
    for name, here in zip(operation.sides, (before, after), strict=True):
        if not (here & known).any() or (operation.how == "mean" and not weight[here & known].any()):
            raise refuse(f"There is nothing to compare in {name}.", _held(operation, data),
                         "empty_side")  # fmt: skip
    both = (before | after) & known
    sides = Sides(
        data.table.filter(both), after[both], amount[both], weight[both],
        operation.how == "mean", int(((before | after) & ~known).sum()),
    )  # fmt: skip
    rests += _even(operation, sides)
    return replace(sides, assumptions=tuple(rests))


def _spelt(operation: Contribution, data: Data) -> Data:
    """The data with the columns it names spelt as it does; raises `QueryFailed` for one not there.

    Where every column is read, nobody has looked for these before.
    """
    named = [operation.column, operation.weight, operation.across, *operation.dimensions]
    spelt = {name.casefold(): name for name in named if name}
    held = [spelt.get(name.casefold(), name) for name in data.table.column_names]
    for name in spelt.values():
        if name not in held:
            raise refuse(
                f"There is no column {name!r}.",
                f"Its columns: {', '.join(data.table.column_names)}.",
                "unknown_column",
            )
    return Data(data.table.rename_columns(held))


def _by_value(operation: Contribution, data: Data) -> tuple[Mask, Mask]:
    labels, codes = places(data, operation.across)
    first, second = (
        position(str(side), labels, operation.across)
        for side in (operation.before, operation.after)
    )
    return codes == first, codes == second


def _days(data: Data, column: str) -> NDArray[np.datetime64]:
    """The days of a column of dates or times, NaT where missing."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    values = data.table.column(column)
    if pa.types.is_timestamp(values.type) and values.type.tz is not None:
        values = pc.local_timestamp(values)
    if not (pa.types.is_timestamp(values.type) or pa.types.is_date(values.type)):
        raise refuse(
            f"Column {column!r} holds no dates.",
            "Name a column of dates, or two of its values instead of two periods.",
            "not_temporal",
        )
    days = pc.cast(pc.floor_temporal(values, unit="day"), pa.date32())
    return np.asarray(days.to_numpy(), dtype="datetime64[D]")


def _within(days: NDArray[np.datetime64], side: Days) -> Mask:
    import numpy as np

    start, end = (np.datetime64(day) for day in side)
    return (days >= start) & (days < end)


def _measured(operation: Contribution, data: Data) -> tuple[Floats, Floats]:
    import numpy as np

    ones = np.ones(data.table.num_rows)
    if operation.column is None:
        return ones, ones
    values = finite(data, operation.column)
    if operation.weight is None:
        return values, ones
    weight = finite(data, operation.weight)
    if (weight < 0).any():
        raise refuse(
            f"Column {operation.weight!r} holds negative weights.",
            "Leave those rows out with a filter first.",
        )
    return values * weight, weight


def _held(operation: Contribution, data: Data) -> str:
    """What there is instead."""
    if isinstance(operation.before, str):
        return f"Choose values of {operation.across} whose rows have a {operation.column}."
    first, last = _ends(_days(data, operation.across))
    if first is None:
        return f"{operation.across} has no dates."
    return f"The data go from {first} to {last}: name periods within."


def _ends(days: NDArray[np.datetime64]) -> tuple[Any, Any]:
    import numpy as np

    known = days[~np.isnat(days)]
    return (known.min(), known.max()) if len(known) else (None, None)


def _borne_out(operation: Contribution, days: NDArray[np.datetime64]) -> Iterator[Assumption]:
    """Dates that are missing, and periods that the data hold only a part of."""
    import numpy as np

    if missing := int(np.isnat(days).sum()):
        message = f"Rows without {operation.across}, which belong to neither period: {missing:,}."
        yield Assumption(name="known_dates", holds=False, message=message)
    known = np.unique(days[~np.isnat(days)])
    if len(known) < 2:
        return
    # the data of a month that stands on its first day are whole: the widest step tells
    step = int(np.diff(known).astype(int).max())
    for name, side in zip(operation.sides, _periods(operation), strict=True):
        if said := _cut(known[0].item(), known[-1].item(), step, side):
            yield Assumption(name="whole_periods", holds=False, message=f"{said} {name}.")


def _cut(first: date, last: date, step: int, side: Days) -> str:
    """How the data begin or end inside a period; "" where they hold it whole."""
    start, end = side
    if start < first < end and (first - start).days >= step:
        return f"The data begin on {first}, after the start of"
    if start <= last < end and (end - last).days > step:
        return f"The data end on {last}, before the end of"
    return ""


def _even(operation: Contribution, sides: Sides) -> Iterator[Assumption]:
    """Periods of unequal length whose days alone turn a total's change round."""
    lengths = [(end - start).days for start, end in _periods(operation)]
    if operation.how == "mean" or not lengths:
        return
    daily = [value / days for value, days in zip(sides.values, lengths, strict=True)]
    if lengths[0] != lengths[1] and (daily[1] - daily[0]) * sides.change < 0:
        (first, second), verb = operation.sides, "rose" if daily[1] > daily[0] else "fell"
        message = (
            f"{first} has {lengths[0]:,} days, {second} {lengths[1]:,}: "
            f"for each day it {verb} from {daily[0]:,.4g} to {daily[1]:,.4g}."
        )
        yield Assumption(name="equal_lengths", holds=False, message=message)


def _periods(operation: Contribution) -> list[Days]:
    """The two periods; none where two values are compared."""
    return [side for side in (operation.before, operation.after) if not isinstance(side, str)]
