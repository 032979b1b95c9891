"""The words and the table of courses over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ...types.errors import ConfigError
from ...types.operations import series as asked
from ...types.operations.base import Assumption
from ...types.operations.series import Unit
from .calendar import Times
from .samples import Floats

if TYPE_CHECKING:
    import pyarrow as pa

    from .courses import Courses

TOLD = 3
"""Courses of which a reading speaks."""
SAID = {"min": "smallest", "max": "largest"}
"""How to say what a period is of its rows, where its name does not."""


def left_out(operation: asked.Series, usable: Any, known: Floats) -> tuple[Assumption, ...]:
    """What rows without a time, a group or a value come to."""
    import numpy as np

    without, empty = int((~usable).sum()), int(np.isnan(known).sum())
    placed = f"a known {operation.time}" + (f" or {operation.by}" if operation.by else "")
    said = [f"{_rows(without)} without {placed} left out"] if without else []
    said += [f"{_rows(empty)} without a known {operation.column} left out"] if empty else []
    if not said:
        return ()
    return (Assumption(name="known_values", holds=False, message=f"{'; '.join(said)}."),)


def zone(when: Times, unit: Unit) -> tuple[Assumption, ...]:
    """In which time zone the periods were cut."""
    if when.zone is None:
        return ()
    message = f"Each {unit} begins at midnight in the time zone {when.zone}."
    return (Assumption(name="time_zone", holds=None, message=message),)


def gaps(unit: Unit, holes: int, of: int, fill: asked.Fill) -> Assumption:
    """How many periods between others have no values, and what became of them."""
    if not holes:
        message = f"Every {unit} from the first to the last has values."
        return Assumption(name="no_gaps", holds=True, message=message)
    became = {
        "none": "stay empty", "zero": "are 0", "previous": "take the value before",
        "linear": "lie on the line between their neighbours",
    }[fill]  # fmt: skip
    message = (
        f"{holes:,} of {of:,} {plural(unit, of)} {'has' if holes == 1 else 'have'} no values; "
        f"such {became}."
    )
    return Assumption(name="no_gaps", holds=False, message=message)


def plural(unit: Unit, count: int = 2) -> str:
    """ "month", "months"."""
    return unit if count == 1 else f"{unit}s"


def manner(operation: asked.Series, found: Courses) -> str:
    """How rows became periods, where several fell into one."""
    if operation.how == "count":
        return f" Each {found.unit} counts its values."
    if all((course.rows <= 1).all() for course in found.all):
        return ""
    return f" Each {found.unit} is the {SAID.get(operation.how, operation.how)} of its rows."


def edges(found: Courses, left_out: bool) -> str:
    """What a reading says of a first or last period that is covered only in part."""
    ends = [name for name, cut in zip(("first", "last"), found.partial, strict=True) if cut]
    if not ends:
        return ""
    be, what = ("are", plural(found.unit)) if len(ends) > 1 else ("is", found.unit)
    do = f" and {'are' if len(ends) > 1 else 'is'} left out" if left_out else ""
    return f" The {' and '.join(ends)} {what} {be} covered only in part{do}."


def table(operation: asked.Series, parts: Sequence[tuple[str, Mapping[str, Any]]]) -> pa.Table:
    """The columns of each course under each other, after the name of its group where it has one;
    NaN and NaT become missing."""
    import pyarrow as pa

    made = []
    for name, columns in parts:
        arrays = {key: _array(values) for key, values in columns.items()}
        length = len(next(iter(arrays.values())))
        group = {_group(operation, columns): pa.array([name] * length, pa.string())}
        made.append(pa.table((group if operation.by else {}) | arrays))
    return pa.concat_tables(made)


def _array(values: Any) -> Any:
    import pyarrow as pa

    arrow = isinstance(values, (pa.Array, pa.ChunkedArray))
    return values if arrow else pa.array(values, from_pandas=True)


def _group(operation: asked.Series, columns: Mapping[str, Any]) -> str:
    """The name of the column of groups: its own unless another column has it."""
    own = operation.by or ""
    return "group" if own.casefold() in columns else own


def several(said: Sequence[str]) -> str:
    """What is said of the first courses, and how many others there are."""
    rest = len(said) - TOLD
    told = "; ".join(said[:TOLD]) + (f"; and {rest:,} more" if rest > 0 else "") + "."
    return told.replace("the ", "The ", 1) if told.startswith("the ") else told


def missing_extra(what: str) -> ConfigError:
    """statsmodels is not installed."""
    return ConfigError(
        f"{what} needs statsmodels.",
        hint="Install it with: pip install 'dip-sdk[ml]'",
        code="missing_extra",
    )


def _rows(count: int) -> str:
    return f"{count:,} {'row' if count == 1 else 'rows'}"
