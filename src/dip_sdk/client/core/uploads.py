"""An upload as users write it: sources, names of frames, and how files shall be read."""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from pydantic import ValidationError

from ...types.dataset import ReadOptions
from ...types.errors import ConfigError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

OnProgress: TypeAlias = Callable[[float, str], object]
"""Told the fraction done (0 to 1) of what the message names, in the caller's own thread."""


WANTED = {
    "bool": "Give True or False.",
    "int": "Give a whole number.",
    "string": "Give a text.",
}
"""Words for the kinds of pydantic's complaints."""


@dataclass(frozen=True)
class Moved:
    """Something moved within an upload: `fraction` of what `message` names is done."""

    fraction: float
    message: str


@dataclass(frozen=True)
class Upload:
    """Sources to read, each with the name it shall have (None: its own)."""

    items: tuple[tuple[object, str | None], ...]
    options: ReadOptions


def upload(given: Sequence[object], name: str | None, keywords: Mapping[str, object]) -> Upload:
    """Tell frames by name (`sales=df`) from options (`sheet="2024"`); a typo is an error."""
    options = {key: value for key, value in keywords.items() if key in ReadOptions.model_fields}
    named = {key: value for key, value in keywords.items() if key not in options}
    for key, value in named.items():
        if not _is_source(value):
            raise _unknown_option(key)
    if name is not None and len(given) != 1:
        raise ConfigError(
            f"name={name!r} needs exactly one source, not {len(given)}.",
            hint="Upload them one by one, or as name=frame.",
        )
    items = [(item, name) for item in given] + [(item, key) for key, item in named.items()]
    if not items:
        raise ConfigError("There is nothing to upload.", hint="Give a path or a DataFrame.")
    return Upload(tuple(items), read_options(options))


def read_options(given: Mapping[str, object]) -> ReadOptions:
    """How to read, checked; raises `ConfigError` naming the option."""
    try:
        return ReadOptions.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"]))
        raise ConfigError(
            f"{key}={given.get(key)!r} cannot be used.", hint=_wanted(first)
        ) from None


def _wanted(error: ErrorDetails) -> str:
    """What an option takes, in the caller's words rather than the validator's."""
    kind = error["type"].split("_")[0]
    if kind == "literal":
        return f"Give {error['ctx']['expected']}."
    return WANTED.get(kind, f"{error['msg']}.")


def _is_source(value: object) -> bool:
    return isinstance(value, os.PathLike) or any(
        hasattr(value, sign) for sign in ("__arrow_c_stream__", "read", "collect")
    )


def _unknown_option(key: str) -> ConfigError:
    known = list(ReadOptions.model_fields)
    near = difflib.get_close_matches(key, known, n=1)
    hint = f"Did you mean {near[0]!r}?" if near else f"Options: {', '.join(known)}."
    return ConfigError(f"There is no option {key!r} of an upload.", hint=hint)
