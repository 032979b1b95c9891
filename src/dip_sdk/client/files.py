"""Puts finished files where the user wants them: whole or not at all."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Sequence
from pathlib import Path

from ..types.errors import ConfigError


def check_target(path: Path) -> None:
    """Raise `ConfigError` when no file can be written there; said before any work is done."""
    folder = path.absolute().parent
    if path.is_dir():
        raise ConfigError(f"{str(path)!r} is a folder.", hint="Give the name of a file in it.")
    if not folder.is_dir():
        raise ConfigError(
            f"There is no folder {str(folder)!r}.", hint="Make it, or choose another."
        )
    if not os.access(folder, os.W_OK):
        raise ConfigError(f"{str(folder)!r} cannot be written to.", hint="Choose another folder.")


def place(parts: Sequence[Path], target: Path) -> tuple[Path, ...]:
    """Move the files to `target`; several become name-1.xlsx, name-2.xlsx, ...

    What stood there is replaced at once, so nobody ever sees half a file.
    """
    single = len(parts) == 1
    placed = []
    for number, part in enumerate(parts, 1):
        named = target if single else target.with_name(f"{target.stem}-{number}{target.suffix}")
        _move(part, named)
        placed.append(named)
    return tuple(placed)


def _move(part: Path, target: Path) -> None:
    """By way of a name beside the target: a rename is atomic only within one file system."""
    beside = target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}")
    try:
        shutil.move(part, beside)
        beside.replace(target)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise ConfigError(
            f"{str(target)!r} cannot be written: {error.strerror}.", hint="Choose another place."
        ) from error
