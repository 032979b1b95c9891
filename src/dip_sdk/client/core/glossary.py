"""A glossary as users give it: a file in YAML, plain data, or the model itself."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from ...types.errors import ConfigError, DataError, DipError
from ...types.glossary import Glossary

if TYPE_CHECKING:
    import yaml

FILE = "dip.yml"
"""Read along with the files of its folder."""
LARGEST = 1_000_000
"""Bytes of a glossary file."""


def glossary(given: Glossary | Mapping[str, object] | str | os.PathLike[str]) -> Glossary:
    """The glossary that is meant; a text or path names a file.

    Raises `DataError` with the line for a file that cannot be used, `ConfigError` for plain data.
    """
    if isinstance(given, Glossary):
        return given
    if isinstance(given, Mapping):
        return _checked(given, lambda message, hint: ConfigError(message, hint=hint))
    return _read(Path(given).expanduser())


def beside(path: Path) -> Glossary | None:
    """The glossary of the folder in which a data file lies, if it has one."""
    file = path.parent / FILE
    return _read(file) if file.is_file() else None


def _read(path: Path) -> Glossary:
    given = parsed(path) or {}
    if not isinstance(given, Mapping):
        raise DataError(f"{path.name} holds no glossary.", hint=_SHAPE, file=path.name)
    return _checked(given, lambda text, hint: DataError(text, hint=hint, file=path.name))


def parsed(path: Path) -> object:
    """A file in YAML as plain data; raises `DataError` with the line that is wrong."""
    import yaml

    try:
        return yaml.safe_load(_text(path))
    except yaml.YAMLError as error:
        line, column, problem = _place(error)
        raise DataError(
            f"{path.name} is no YAML: {problem}.",
            hint="Mind the spaces at the beginning of lines, and quote texts with colons.",
            file=path.name,
            line=line,
            column=column,
        ) from None


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST:
            raise DataError(
                f"{path.name} is larger than {LARGEST:,} bytes.",
                hint="Name a file of words or questions; data goes in by upload().",
                file=path.name,
            )
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise DataError(
            f"There is no file {path.name}.",
            hint="Name a file in YAML, or give a mapping.",
            file=path.name,
        ) from None
    except (OSError, UnicodeDecodeError):
        raise DataError(
            f"{path.name} cannot be read as UTF-8 text.",
            hint="Save it as UTF-8.",
            file=path.name,
        ) from None


_SHAPE = "A glossary has synonyms, metrics, joins and verified; see help('dip_sdk.types.glossary')."


def _place(error: yaml.YAMLError) -> tuple[int | None, str | None, str]:
    mark = getattr(error, "problem_mark", None)
    problem = str(getattr(error, "problem", "") or "it cannot be parsed")
    return (mark.line + 1, str(mark.column + 1), problem) if mark else (None, None, problem)


def _checked(given: Mapping[str, object], failure: Callable[[str, str], DipError]) -> Glossary:
    parts = {key: _plain(key, value) for key, value in given.items()}
    if unknown := [key for key in parts if key not in Glossary.model_fields]:
        raise failure(f"A glossary has no part {unknown[0]!r}.", _SHAPE)
    try:
        return Glossary.model_validate(parts)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        problem = first["msg"].removeprefix("Value error, ")
        raise failure(f"In {place}: {problem}.", _SHAPE) from None


def _plain(key: str, value: object) -> object:
    """One word may stand for a list of one; an empty part may be left open."""
    if key == "synonyms" and isinstance(value, Mapping):
        return {
            name: (words,) if isinstance(words, str) else words for name, words in value.items()
        }
    if value is None:
        return {} if key in ("synonyms", "metrics") else ()
    return value
