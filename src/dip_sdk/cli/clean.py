"""`dip clean`: show and delete the folders that sessions left on disk."""

from __future__ import annotations

import os
import sys
import time
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..engine.folders import UNNAMED, Folder, Folders, Lock
from ..types.errors import ConfigError
from .console import complain, say
from .exits import ANSWERED, USAGE
from .sizes import size

DAY = 86_400


@dataclass(frozen=True)
class Found:
    """A session's folder that nobody holds."""

    folder: Folder
    bytes: int
    days: float
    """Since it was last written to."""


def run(options: Namespace) -> int:
    found = [item for item in _free(options) if item.days >= (options.older_than or 0)]
    for item in found:
        say(f"{size(item.bytes):>9}  {item.days:6.1f} days  {item.folder.path}")
    total = size(sum(item.bytes for item in found))
    if not found:
        say("Nothing to delete.")
        return ANSWERED
    if options.dry_run:
        say(f"{total} would be freed.")
        return ANSWERED
    return _delete(found, total, sure=options.yes)


def workdir() -> Path | None:
    """The work folder as `DIP_WORKDIR` names it; None: the platform's own."""
    given = os.environ.get("DIP_WORKDIR")
    return Path(given) if given else None


def _free(options: Namespace) -> Iterator[Found]:
    """The folders that were asked for and are not open anywhere."""
    folders = Folders(workdir())
    unknown = set(options.session) - set(folders.names())
    if unknown:
        raise ConfigError(
            f"There is no session {', '.join(sorted(unknown))}.",
            hint=f"Sessions: {', '.join(folders.names()) or 'none'}.",
        )
    for folder in folders:
        wanted = folder.id.startswith(UNNAMED) or options.named or folder.id in options.session
        if wanted and Lock(folder).free():
            yield _measured(folder)


def _measured(folder: Folder) -> Found:
    stats = [path.stat() for path in (folder.path, *folder.path.rglob("*"))]
    newest = max(stat.st_mtime for stat in stats)
    return Found(folder, sum(stat.st_size for stat in stats), (time.time() - newest) / DAY)


def _delete(found: list[Found], total: str, *, sure: bool) -> int:
    if not sure and not sys.stdin.isatty():
        complain("nothing was deleted.", "Add --yes to delete these without being asked.")
        return USAGE
    if not sure and input(f"Delete these ({total})? [y/N] ").strip().lower() not in ("y", "yes"):
        say("Nothing was deleted.")
        return ANSWERED
    for item in found:
        item.folder.delete()
    say(f"Freed {total}.")
    return ANSWERED
