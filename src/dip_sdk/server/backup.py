"""A backup of a server, made while it runs, and put back where there is nothing.

    FOLDER/backup.json       what it is of, and the SHA-256 of every file; written last
    FOLDER/database.*        the database
    FOLDER/files/...         what sessions keep, as the server's folder or its object store has it

The database comes first: what it speaks of is kept by then. Keys are no part of it.
"""

from __future__ import annotations

import asyncio
import hashlib
from datetime import UTC, datetime
from pathlib import Path

from pydantic import ValidationError

from .._version import __version__
from ..types.base import Model
from ..types.errors import ConfigError, DipError
from . import backup_database as database
from .backup_files import files_of
from .settings import ServerSettings
from .store import migrate

ABOUT = "backup.json"
FILES = "files"


class Backup(Model):
    """What a backup says of itself."""

    made_at: datetime
    version: str
    """Of DIP."""
    database: str
    """`sqlite` or `postgresql`."""
    files: str
    """`folder` or `objects`."""
    revision: str
    """The schema of its database."""
    sums: dict[str, str]
    """Path in the backup -> SHA-256."""


def save(chosen: ServerSettings, folder: Path) -> Backup:
    """Back the server up into a folder that is empty or not there; raises `ConfigError`."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ConfigError(
            f"{folder} is not empty.",
            hint="Name a folder that is not there yet.",
            code="folder_not_empty",
        )
    revision = _answered(chosen)
    if revision is None:
        raise ConfigError(
            "There is nothing to back up: the database has no tables.",
            hint="Look at DIP_DATABASE_URL and DIP_SERVER_FOLDER.",
            code="nothing_there",
        )
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    database.save(chosen.database, folder)
    files = files_of(chosen)
    (folder / FILES).mkdir()
    files.save(folder / FILES)
    made = Backup(
        made_at=datetime.now(UTC),
        version=__version__,
        database=database.kind(chosen.database),
        files=files.kind,
        revision=revision,
        sums=_sums(folder),
    )
    (folder / ABOUT).write_text(made.model_dump_json(indent=1), encoding="utf-8")
    return made


def restore(chosen: ServerSettings, folder: Path) -> Backup:
    """Put a backup back where nothing is; nothing is touched when it raises `ConfigError` for
    a backup that is damaged or does not fit, or for a target that is not empty."""
    made = _read(folder)
    _must_fit(made, chosen)
    _must_be_whole(made, folder)
    files = files_of(chosen)
    if not (asyncio.run(database.is_empty(chosen.database)) and files.is_empty()):
        raise ConfigError(
            "There is something already: a backup is restored over nothing.",
            hint="Point DIP_DATABASE_URL, DIP_SERVER_FOLDER and DIP_OBJECTS at what is empty.",
            code="target_not_empty",
        )
    files.load(folder / FILES)
    database.load(chosen.database, folder)
    return made


def _answered(chosen: ServerSettings) -> str | None:
    if database.kind(chosen.database) == database.SQLITE and asyncio.run(
        database.is_empty(chosen.database)
    ):
        return None
    try:
        return asyncio.run(database.revision(chosen.database))
    except DipError:
        raise
    except Exception as error:
        raise ConfigError(
            f"The database does not answer ({type(error).__name__}).",
            hint="Look at DIP_DATABASE_URL.",
            code="away",
        ) from error


def _read(folder: Path) -> Backup:
    try:
        return Backup.model_validate_json((folder / ABOUT).read_bytes())
    except (OSError, ValidationError):
        raise ConfigError(
            f"{folder} is no backup, or one that was not finished.",
            hint="Name a folder that dip backup made.",
            code="no_backup",
        ) from None


def _must_fit(made: Backup, chosen: ServerSettings) -> None:
    kind, files = database.kind(chosen.database), files_of(chosen).kind
    if (made.database, made.files) != (kind, files):
        raise ConfigError(
            f"The backup is of {made.database} and of files in {made.files}; "
            f"the settings name {kind} and {files}.",
            hint="Set DIP_DATABASE_URL and DIP_OBJECTS as they were then.",
            code="other_profile",
        )
    if not migrate.is_known(made.revision):
        raise ConfigError(
            f"The backup was made by DIP {made.version}, which is newer than this.",
            hint=f"Install dip-sdk {made.version} or newer.",
            code="newer_backup",
        )


def _must_be_whole(made: Backup, folder: Path) -> None:
    found = _sums(folder)
    wrong = sorted(name for name, total in made.sums.items() if found.get(name) != total)
    if wrong:
        raise ConfigError(
            f"The backup is damaged: {wrong[0]}"
            f"{f' and {len(wrong) - 1} more' if len(wrong) > 1 else ''}.",
            hint="Take another one.",
            code="damaged_backup",
        )


def _sums(folder: Path) -> dict[str, str]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != ABOUT)
    return {path.relative_to(folder).as_posix(): _sum(path) for path in paths}


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
