"""Computed findings about an answer: numbers and one sentence each, from plan and data alone.

Each module holds one family. A check says nothing rather than something false: what it cannot
count (a table too large, a statement too unusual) it leaves out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ...types.errors import QueryFailed
from ...types.result import Check
from .assumptions import assumptions
from .block import Block, blocks
from .casts import cast_failed, mixed_units
from .context import Context
from .filters import empty_filter
from .joins import joins
from .limits import limits
from .nulls import all_null_result, null_groups, nulls_excluded, unequal_nulls
from .order import row_order
from .outer import undone_left_join
from .periods import partial_period
from .rates import average_of_averages, reversal, summed_rates
from .running import running_total
from .samples import duplicate_rows, small_sample
from .sources import bad_lines
from .values import mixed_scale, near_duplicates, sentinel_value, total_row
from .zones import time_zone

__all__ = ["CODES", "Context", "find"]

CODES = {
    "join_fanout": "a join counts rows more than once",
    "rows_dropped": "a join leaves rows out that have no match",
    "nulls_excluded": "missing values are left out of an average, a total or a count",
    "null_groups": "rows without a key form a group without a name",
    "cast_failed": "values could not be read as numbers or dates",
    "truncated": "there are more rows than shown",
    "empty_filter": "a filter matches nothing",
    "partial_period": "the first or last period is not complete",
    "small_sample": "an average rests on very few rows",
    "duplicate_rows": "exact copies of rows are counted",
    "mixed_units": "amounts of different units are taken together",
    "unordered_limit": "some rows are shown, in no particular order",
    "row_order": "the answer hangs on the order of rows, or sorts numbers as text",
    "bad_lines": "something looked wrong when a table was read",
    "all_null_result": "a column of the answer holds no value",
    "ties": "equal values are cut off",
    "sentinel_value": "a number such as -999 stands for nothing measured",
    "mixed_scale": "percents and fractions stand in one column",
    "total_row": "a line of totals is taken along with the rows it adds up",
    "near_duplicates": "groups differ only in case or spaces",
    "summed_rates": "rates or averages are added up",
    "running_total": "a total to date is added up again",
    "average_of_averages": "an average of averages weighs every group alike",
    "reversal": "the order of groups turns round in every part of the data",
    "assumption": "a statistical operation rests on something the data do not bear out",
    "time_zone": "times with an offset are cut into days of UTC",
}
"""What each code says, in short."""

OF_BLOCKS: tuple[Callable[[Block], Iterator[Check]], ...] = (
    empty_filter, joins, cast_failed, mixed_units, nulls_excluded, null_groups, limits,
    partial_period, duplicate_rows, small_sample, row_order, undone_left_join, unequal_nulls,
    sentinel_value, mixed_scale, total_row, near_duplicates, summed_rates, running_total,
    average_of_averages, reversal, time_zone,
)  # fmt: skip
OF_ANSWERS: tuple[Callable[[Context], Iterator[Check]], ...] = (
    assumptions, all_null_result, bad_lines,
)  # fmt: skip


def find(context: Context) -> Iterator[Check]:
    """The findings about an answer, each once, family by family."""
    said: set[tuple[str, str]] = set()
    for check in _all(context):
        if (check.code, check.message) not in said:
            said.add((check.code, check.message))
            yield check


def _all(context: Context) -> Iterator[Check]:
    parts = list(blocks(context))
    for family in OF_BLOCKS:
        for block in parts:
            yield from _if_it_can(family(block))
    for rule in OF_ANSWERS:
        yield from _if_it_can(rule(context))


def _if_it_can(checks: Iterator[Check]) -> Iterator[Check]:
    """A statement too unusual to be counted gives no finding, and stops no other."""
    try:
        yield from checks
    except QueryFailed:
        return
