"""Puts finished files where the user wants them: whole or not at all."""

from __future__ import annotations

import errno
import os
import shutil
import uuid
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from ..types.errors import ConfigError

LONGEST_NAME = 220
"""Bytes; file systems allow 255, and a name for the time of writing needs some."""


def check_target(path: Path) -> None:
    """Raise `ConfigError` when no file can be written there; said before any work is done."""
    folder = path.absolute().parent
    if len(os.fsencode(path.name)) > LONGEST_NAME:
        raise ConfigError(
            f"{path.name[:40] + '...'!r} is too long for the name of a file.",
            hint="Choose a shorter name.",
            code="not_writable",
        )
    if path.is_dir():
        raise ConfigError(
            f"{str(path)!r} is a folder.",
            hint="Give the name of a file in it.",
            code="not_writable",
        )
    if path.exists() and not path.is_file():
        raise ConfigError(
            f"{str(path)!r} is a device or a pipe, not a file.",
            hint="Choose the name of a file, new or to be replaced.",
            code="not_writable",
        )
    if not folder.is_dir():
        raise ConfigError(
            f"There is no folder {str(folder)!r}.",
            hint="Make it, or choose another.",
            code="not_writable",
        )
    if not os.access(folder, os.W_OK):
        raise ConfigError(
            f"You may not write in the folder {str(folder)!r}.",
            hint="Choose another folder.",
            code="not_writable",
        )


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
        with suppress(OSError):
            beside.unlink()
        raise _not_written(target, error) from error


def _not_written(target: Path, error: OSError) -> ConfigError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return ConfigError(
            f"{str(target)!r} was not written: the disk is full.",
            hint="Free some space there, or choose another place.",
            code="disk_full",
        )
    return ConfigError(
        f"{str(target)!r} cannot be written: {error.strerror}.",
        hint="Choose another place.",
        code="not_writable",
    )
