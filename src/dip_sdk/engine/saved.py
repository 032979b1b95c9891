"""What is kept of a session between two openings: one JSON file, and one beside each result."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from ..types.base import Model
from ..types.dataset import Dataset, Table
from ..types.errors import ConfigError, DipError
from ..types.glossary import Glossary
from ..types.result import ResultFacts
from ..types.session import Choice, Settings, Turn
from .folders import Folder

SAVED_VERSION = 1


class Change(Model):
    """A state of the tables that `undo` can go back to, and what led away from it."""

    what: str
    """"saved north_sales", "removed orders"."""
    datasets: tuple[Dataset, ...]


class Saved(Model):
    """The state of a session."""

    version: int = SAVED_VERSION
    datasets: tuple[Dataset, ...] = ()
    past: tuple[Change, ...] = ()
    turns: tuple[Turn, ...] = ()
    settings: Settings = Settings()
    glossary: Glossary = Glossary()
    choices: tuple[Choice, ...] = ()


def load(folder: Folder) -> Saved:
    """The saved state, or a fresh one."""
    try:
        found = Saved.model_validate_json(folder.state.read_bytes())
    except FileNotFoundError:
        return Saved()
    except ValidationError as error:
        raise ConfigError(
            f"Session {folder.id!r} was saved by another version of DIP, or is damaged.",
            hint=f"Move {folder.state} away to start it afresh; its sources stay.",
            code="session_damaged",
        ) from error
    past = tuple(
        change.model_copy(update={"datasets": _here(folder, change.datasets)})
        for change in found.past
    )
    return found.model_copy(update={"datasets": _here(folder, found.datasets), "past": past})


def _here(folder: Folder, datasets: Sequence[Dataset]) -> tuple[Dataset, ...]:
    """The datasets with their files where the folder is now: it may have been moved."""
    return tuple(
        dataset.model_copy(
            update={"tables": tuple(_table_here(folder, table) for table in dataset.tables)}
        )
        for dataset in datasets
    )


def _table_here(folder: Folder, table: Table) -> Table:
    here = folder.tables / Path(table.path).name
    if str(here) == table.path or not here.is_file():
        return table
    return table.model_copy(update={"path": str(here)})


def save(folder: Folder, saved: Saved) -> None:
    """Replace the saved state at once: a crash leaves the old or the new one, never half."""
    write(folder.state, saved.model_dump_json())


def save_result(folder: Folder, facts: ResultFacts) -> None:
    write(folder.results / f"{facts.id}.json", facts.model_dump_json())


def load_result(folder: Folder, result_id: str) -> ResultFacts:
    """The facts of an earlier answer of this session."""
    path = folder.results / f"{result_id}.json"
    if not result_id.replace("-", "").replace("_", "").isalnum() or not path.is_file():
        raise DipError(
            f"This session has no result {result_id!r}.",
            hint="history() lists the results it has.",
            code="unknown_result",
        )
    return ResultFacts.model_validate_json(path.read_bytes())


def write(path: Path, text: str) -> None:
    """Write a file so that a reader sees all of it or none; a full disk is a clear error."""
    part = path.with_suffix(f".{os.getpid()}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise ConfigError(
            f"The session could not be saved: {error.strerror}.",
            hint=f"Free some disk space, or choose another work folder than {path.parent}.",
            code="disk_full" if error.errno == 28 else "not_writable",
        ) from error
