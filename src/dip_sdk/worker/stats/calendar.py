"""Days, weeks, months, quarters and years as whole numbers, and the times of a column.

A period is its ordinal: the count of its unit since the one that holds 1970-01-01, in the
proleptic Gregorian calendar; weeks start on Monday (ISO 8601).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from ...types.operations.series import Unit
from .base import Data
from .samples import Places, refuse

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

Stamps: TypeAlias = "NDArray[np.datetime64]"

PER_YEAR: Mapping[Unit, float] = {
    "day": 365.2425, "week": 365.2425 / 7, "month": 12, "quarter": 4, "year": 1,
}  # fmt: skip
"""Periods in a year on average."""
SEASON: Mapping[Unit, int] = {"day": 7, "week": 52, "month": 12, "quarter": 4}
"""Periods after which a course is likely to come again; years have no such."""
_UP_TO: Mapping[Unit, float] = {"day": 3, "week": 10, "month": 45, "quarter": 135}
"""Days from one time to the next up to which the times are of that unit."""


@dataclass(frozen=True)
class Times:
    """When each row is."""

    stamps: Stamps
    """What clocks say, to the microsecond; NaT where missing."""
    instants: Stamps
    """The same in UTC: the order of time, also where clocks are put back."""
    zone: str | None
    """In which they are told, None for times without one."""


def times(data: Data, column: str) -> Times:
    """A date or timestamp column. Raises `QueryFailed` for any other."""
    import numpy as np
    import pyarrow as pa

    values = data.table.column(column)
    if not (pa.types.is_date(values.type) or pa.types.is_timestamp(values.type)):
        raise refuse(
            f"Column {column!r} holds no dates.",
            "Name a column of dates or timestamps; text or years are made dates first, by a "
            "statement with cast(... as date) or make_date(year, 1, 1).",
            "not_a_time",
        )
    zone = getattr(values.type, "tz", None)
    try:
        instants = values.cast(pa.timestamp("us", zone), safe=pa.types.is_date(values.type))
    except pa.ArrowInvalid:
        raise refuse(
            f"Column {column!r} holds dates beyond the year 294,000, as infinity is.",
            "Leave them out with a filter.",
            "not_a_time",
        ) from None
    stamps = np.asarray(_local(instants, zone).to_numpy(), dtype="M8[us]")
    return Times(stamps, np.asarray(instants.to_numpy(), dtype="M8[us]"), zone)


def _local(instants: pa.ChunkedArray, zone: str | None) -> pa.ChunkedArray:
    """What the clocks of a zone say; UTC needs no database of zones."""
    import pyarrow.compute as pc

    return instants if zone in {None, "UTC", "Etc/UTC"} else pc.local_timestamp(instants)


def ordinals(times: Stamps, unit: Unit) -> Places:
    """The periods that hold some times."""
    import numpy as np

    def since(step: str) -> Places:
        return np.asarray(times.astype(f"M8[{step}]").astype(np.int64))

    match unit:
        case "day":
            return since("D")
        case "week":  # 1970-01-01 was a Thursday
            return (since("D") + 3) // 7
        case "month":
            return since("M")
        case "quarter":
            return since("M") // 3
        case "year":
            return since("Y")


def starts(ordinals: Places, unit: Unit) -> Stamps:
    """The first day of each period."""
    import numpy as np

    match unit:
        case "day":
            found = ordinals.astype("M8[D]")
        case "week":
            found = (ordinals * 7 - 3).astype("M8[D]")
        case "month":
            found = ordinals.astype("M8[M]")
        case "quarter":
            found = (ordinals * 3).astype("M8[M]")
        case "year":
            found = ordinals.astype("M8[Y]")
    return np.asarray(found, dtype="M8[D]")


def guess(times: Stamps) -> Unit:
    """The unit of times by the median of the days between them; times within a day are one."""
    import numpy as np

    days = np.unique(ordinals(times, "day"))
    if len(days) < 2:
        return "day"
    between = float(np.median(np.diff(days)))
    return next((unit for unit, most in _UP_TO.items() if between <= most), "year")


def partial(times: Stamps, unit: Unit) -> tuple[bool, bool]:
    """Whether the first and the last period are covered only in part by the times.

    Times of months cover a year from its January to its December, whatever their days are. Times
    that leave days out between them (weekends) may leave out as many at the ends; a gap counts as
    usual when nine of ten are no longer.
    """
    import numpy as np

    own = guess(times)
    if PER_YEAR[own] <= PER_YEAR[unit]:
        return False, False
    found = np.unique(ordinals(times, own))
    usual = max(1.0, float(np.quantile(np.diff(found), 0.9))) if len(found) > 1 else 1.0
    ends = np.array([times.min(), times.max()])
    first, last = ordinals(ends, unit)
    edges = starts(np.array([first, last + 1]), unit)
    # The first of its own periods that begins within, and the first that begins after it.
    within = ordinals(edges - np.timedelta64(1, "D"), own) + 1
    return bool(found[0] - within[0] >= usual), bool(within[1] - 1 - found[-1] >= usual)
