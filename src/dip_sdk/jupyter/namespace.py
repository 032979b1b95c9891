"""The kernel's variables as a question sees them: tables, earlier answers, bound values."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from ..client import Result
from ..types.errors import ConfigError

LAST = "_ask"
"""The variable that is always the last answer."""

_LIBRARIES = {"pandas", "polars", "pyarrow"}
_TABLES = {"DataFrame", "LazyFrame", "Table", "RecordBatch"}
_NAME = re.compile(r"\{\s*(\w+)\s*\}")
_SCALARS = (bool, int, float, str, Decimal, date, datetime, time, timedelta)


def is_frame(value: object) -> bool:
    """A DataFrame of pandas or polars, or an Arrow table; told without loading any of them."""
    return any(
        kind.__name__ in _TABLES and kind.__module__.partition(".")[0] in _LIBRARIES
        for kind in type(value).__mro__
    )


def frames(variables: Mapping[str, Any]) -> dict[str, object]:
    """The tables that a user has named; those of IPython's own names (`_`, `_3`) are not."""
    return {
        name: value
        for name, value in list(variables.items())
        if not name.startswith("_") and is_frame(value)
    }


def answers(variables: Mapping[str, Any]) -> dict[str, Result]:
    """Earlier answers with a table, by the user's names."""
    return {
        name: value
        for name, value in list(variables.items())
        if not name.startswith("_") and isinstance(value, Result) and value.status == "answered"
    }


def mentioned(question: str, names: Iterable[str]) -> tuple[str, ...]:
    """Those names that stand in the question as words, case ignored."""
    words = {word.casefold() for word in re.findall(r"\w+", _NAME.sub(" ", question))}
    return tuple(name for name in names if name.casefold() in words)


def bound(question: str, variables: Mapping[str, Any]) -> dict[str, object]:
    """The values of `{name}` in a question; they are parameters, never text of a statement.

    Raises `ConfigError` for a name that has no value, or one that is no value but a table.
    """
    return {name: _value(name, variables) for name in dict.fromkeys(_NAME.findall(question))}


def _value(name: str, variables: Mapping[str, Any]) -> object:
    if name not in variables or name.startswith("__"):
        near = get_close_matches(name, [n for n in variables if not n.startswith("_")], n=1)
        hint = f"Did you mean {{{near[0]}}}?" if near else f"Set it first: {name} = ..."
        raise ConfigError(f"There is no variable {name!r} for {{{name}}}.", hint=hint)
    value = variables[name]
    if is_frame(value) or isinstance(value, Result):
        raise ConfigError(
            f"{{{name}}} is a table, not a value.",
            hint=f"Write {name} without braces to ask about it.",
        )
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_scalar(name, item) for item in value]
    return _scalar(name, value)


def _scalar(name: str, value: Any) -> object:
    """A plain value; a NumPy or pandas scalar is the Python value it stands for."""
    plain = value.item() if hasattr(value, "item") and not hasattr(value, "__len__") else value
    if isinstance(plain, _SCALARS):
        return plain
    raise ConfigError(
        f"{{{name}}} is of type {type(value).__name__}, which cannot be bound.",
        hint="Bind a number, a text, a date, or a list of them.",
    )


def check_name(name: str, variables: Mapping[str, Any], force: bool) -> None:
    """Refuse a name for an answer, before anything is asked; raises `ConfigError`."""
    if not name.isidentifier() or keyword.iskeyword(name):
        raise ConfigError(
            f"-o {name!r} is no name of a variable.", hint="Use letters, digits and _."
        )
    held = variables.get(name)
    if not force and name in variables and not isinstance(held, Result):
        raise ConfigError(
            f"{name!r} holds a value of type {type(held).__name__} and would be replaced.",
            hint="Choose another name, or add --force.",
        )
