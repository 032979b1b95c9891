"""`dip backup` and `dip restore`: everything that a server keeps, in a folder and back."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from .console import say
from .exits import ANSWERED


def run(options: Namespace) -> int:
    from ..server import backup
    from ..server.settings import settings

    folder = Path(options.folder).expanduser()
    if options.command == "restore":
        made = backup.restore(settings(), folder)
        say(f"{len(made.sums)} files of {made.made_at:%Y-%m-%d %H:%M} UTC are back.")
        return ANSWERED
    made = backup.save(settings(), folder)
    say(f"{len(made.sums)} files are in {folder}; it holds no key, but everything else.")
    return ANSWERED
