"""Sorts and filters of a result, as users write them and as they travel."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any, TypeAlias, cast, get_args

from ...types.errors import ConfigError
from ...types.result import Condition, ExportFormat
from ...types.values import Column, Wire
from .asks import wire

Sort: TypeAlias = str | Sequence[str]
"""Column names in order of weight, "-name" descending."""
Filter: TypeAlias = Mapping[str, object]
"""{"region": "North"}, {"amount": (">", 100)}, {"region": ["North", "South"]}, {"note": None},
{"amount": [(">", 100), ("<", 200)]}; all must hold."""

OPERATORS = get_args(Condition.model_fields["op"].annotation)
FORMATS = get_args(ExportFormat)


def ordered(sort: Sort, columns: Sequence[Column]) -> tuple[str, ...]:
    """The sort by the result's own column names; raises `ConfigError` for one it does not have."""
    keys = (sort,) if isinstance(sort, str) else tuple(sort)
    return tuple(("-" if key.startswith("-") else "") + _known(key.removeprefix("-"), columns)
                 for key in keys)  # fmt: skip


def conditions(filter: Filter | None, columns: Sequence[Column]) -> tuple[Condition, ...]:
    """The filter as conditions that must all hold."""
    return tuple(
        _condition(_known(name, columns), test)
        for name, given in (filter or {}).items()
        for test in _tests(given)
    )


def offset(page: int, size: int) -> int:
    """Where page `page` (from 1) begins."""
    if page < 1 or size < 1:
        raise ConfigError(f"There is no page {page} of {size} rows.", hint="Both count from 1.")
    return (page - 1) * size


def export_format(path: PurePath, given: str | None) -> ExportFormat:
    """The format asked for, or the one that the file's ending says."""
    chosen = given or path.suffix.lower().removeprefix(".")
    if chosen not in FORMATS:
        known = ", ".join(f".{name}" for name in FORMATS)
        what = f"the format {given!r}" if given else f"a file like {path.name!r}"
        raise ConfigError(f"A result cannot be written as {what}.", hint=f"Use one of: {known}.")
    return cast("ExportFormat", chosen)


def _known(name: str, columns: Sequence[Column]) -> str:
    by_folded = {column.name.casefold(): column.name for column in columns}
    if name.casefold() in by_folded:
        exact = next((column.name for column in columns if column.name == name), None)
        return exact or by_folded[name.casefold()]
    near = difflib.get_close_matches(name.casefold(), by_folded, n=1)
    names = ", ".join(column.name for column in columns)
    hint = f"Did you mean {by_folded[near[0]]!r}?" if near else f"Columns: {names}."
    raise ConfigError(f"The result has no column {name!r}.", hint=hint, code="unknown_column")


def _tests(given: object) -> Sequence[object]:
    """A list of (operator, value) is several tests, anything else is one."""
    if isinstance(given, list) and given and all(isinstance(item, tuple) for item in given):
        return given
    return (given,)


def _condition(column: str, given: object) -> Condition:
    if given is None:
        return Condition(column=column, op="is null")
    if isinstance(given, tuple):
        return _compared(column, given)
    if isinstance(given, (list, set, frozenset)):
        return Condition(column=column, op="in", value=_values(given))
    return Condition(column=column, op="=", value=wire(given))


def _compared(column: str, given: tuple[Any, ...]) -> Condition:
    op, *rest = given or (None,)
    if op not in OPERATORS or len(rest) > 1:
        raise ConfigError(
            f"{given!r} is no condition on {column!r}.",
            hint=f'Write (operator, value), as in (">", 100); operators: {", ".join(OPERATORS)}.',
        )
    value = rest[0] if rest else None
    if value is None and op in ("=", "!="):
        return Condition(column=column, op="is null" if op == "=" else "is not null")
    return Condition(column=column, op=op, value=_values(value))


def _values(value: object) -> Wire:
    if isinstance(value, (list, tuple, set, frozenset)):
        return [wire(item) for item in value]
    return wire(value)
