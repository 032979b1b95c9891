"""A notebook's file: read with one clear error, and the answers that are kept in it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ..types.errors import DataError
from ..types.saved import SAVED, SAVED_VERSION, Saved

Notebook = dict[str, Any]
"""A notebook as its file holds it (nbformat 4)."""
Cell = dict[str, Any]

_ASKED = re.compile(r"^(?:%%ask\b|.*?(?<!%)%ask\b)", re.MULTILINE)


@dataclass(frozen=True)
class Kept:
    """An answer kept in a notebook."""

    cell: int
    """Position of its cell, from 1, as people count."""
    saved: Saved | None
    """None when it cannot be read."""
    problem: str = ""
    """Why it cannot be read."""


def read(path: Path) -> Notebook:
    """The notebook of that file; raises `DataError` for what is none, saying what to do."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise _broken(path, f"cannot be read: {error.strerror}.", "Check the path.") from None
    except UnicodeDecodeError:
        raise _broken(path, "is no notebook: it is not text.", _GIVE) from None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        if re.search(r"^<{7} ", text, re.MULTILINE):
            hint = "Settle the conflict first, for instance with nbdime: nbdime mergetool."
            raise _broken(path, "has a merge conflict in it.", hint) from None
        raise _broken(path, "is no notebook: it is not JSON.", _GIVE) from None
    return _checked(path, found)


def cells(notebook: Notebook) -> Iterator[tuple[int, Cell]]:
    """The code cells with their positions, from 1."""
    for number, cell in enumerate(notebook["cells"], 1):
        if isinstance(cell, dict) and cell.get("cell_type") == "code":
            yield number, cell


def source(cell: Cell) -> str:
    """The text of a cell; a file may hold it as lines."""
    text = cell.get("source", "")
    return "".join(map(str, text)) if isinstance(text, list) else str(text)


def asks(cell: Cell) -> bool:
    """Whether the cell asks by `%ask` or `%%ask`."""
    return bool(_ASKED.search(source(cell)))


def answers(notebook: Notebook) -> Iterator[Kept]:
    """The answers that are kept in the notebook, in order."""
    for number, cell in cells(notebook):
        for output in outputs(cell):
            data = output.get("data")
            if isinstance(data, dict) and SAVED in data:
                yield _kept(number, data[SAVED])


def outputs(cell: Cell) -> list[dict[str, Any]]:
    """The outputs of a cell."""
    found = cell.get("outputs")
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _checked(path: Path, found: Any) -> Notebook:
    if not isinstance(found, dict) or "nbformat" not in found:
        raise _broken(path, "is no notebook.", _GIVE)
    if found["nbformat"] != 4 or not isinstance(found.get("cells"), list):
        hint = "Bring it up to date: jupyter nbconvert --to notebook --inplace FILE."
        raise _broken(path, f"is a notebook of format {found['nbformat']}, not 4.", hint)
    return found


def _kept(number: int, data: Any) -> Kept:
    version = data.get("version") if isinstance(data, dict) else None
    if isinstance(version, int) and version > SAVED_VERSION:
        return Kept(number, None, "it was saved by a newer dip; upgrade this one")
    try:
        return Kept(number, Saved.model_validate(data))
    except ValidationError:
        return Kept(number, None, "what was saved of it is damaged; run the cell again")


_GIVE = "Give the path of a Jupyter notebook (.ipynb)."


def _broken(path: Path, what: str, hint: str) -> DataError:
    return DataError(f"{str(path)!r} {what}", hint=hint, file=str(path), code="no_notebook")
