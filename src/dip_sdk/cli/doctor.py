"""`dip doctor`: what is installed, confined, free and writable on this machine."""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import tempfile
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path

from .console import say
from .exits import ANSWERED, FAILED
from .sizes import size

LITTLE_DISK = 2 << 30
LITTLE_MEMORY = 1 << 30
_EXTRA = re.compile(r"""extra\s*==\s*["']([\w-]+)["']""")
_NAME = re.compile(r"[\w.-]+")


@dataclass(frozen=True)
class Line:
    """One finding."""

    name: str
    ok: bool
    detail: str
    advice: str = ""
    """What to do where it is not ok."""
    needed: bool = False
    """Nothing works without it."""


def run(options: Namespace) -> int:
    lines = [*versions(), *sandbox(), *room(), *folders(), *optional()]
    if options.json:
        say(json.dumps([asdict(line) for line in lines], indent=2))
    else:
        for line in lines:
            _show(line)
    return FAILED if any(line.needed and not line.ok for line in lines) else ANSWERED


def versions() -> Iterator[Line]:
    """Python, DIP, and what DIP cannot do without."""
    yield Line("python", ok=True, detail=f"{platform.python_version()} on {platform.platform()}")
    yield _package("dip-sdk", "Install it: pip install dip-sdk", needed=True)
    for name, extra in _requirements():
        if not extra:
            yield _package(name, "Install it again: pip install --upgrade dip-sdk", needed=True)


def optional() -> Iterator[Line]:
    """What an extra adds."""
    for name, extra in _requirements():
        if extra and extra != "dev":
            yield _package(name, f"Not needed; adds {extra}: pip install 'dip-sdk[{extra}]'")


def sandbox() -> Iterator[Line]:
    """Whether a worker starts, and which layers confine it."""
    from ..types.errors import DipError
    from ..worker.process import Worker

    with tempfile.TemporaryDirectory(prefix="dip-doctor-") as folder:
        worker = Worker(Path(folder))
        try:
            layers = worker.layers
        except DipError as error:
            yield Line("worker", ok=False, detail=error.message, advice=error.hint, needed=True)
            return
        finally:
            worker.close()
    yield Line("worker", ok=True, detail="starts")
    absent = " ".join(layers.missing)
    active = {
        "files confined": f"Landlock {layers.landlock}" if layers.landlock else "",
        "network refused": "TCP" if layers.network else "",
        "privileges dropped": "for good" if layers.no_new_privileges else "",
        "memory limited": f"{layers.memory_mb:,} MB" if layers.memory_mb else "",
    }
    for name, detail in active.items():
        yield Line(name, ok=bool(detail), detail=detail or "not on this system", advice=absent)


def room() -> Iterator[Line]:
    """Free disk where sessions are kept, and memory."""
    from ..worker.sandbox import machine_mb

    memory = machine_mb() << 20
    few = "Large files may not fit; close other programs, or use a larger machine."
    yield Line("memory", memory >= LITTLE_MEMORY, size(memory), few)
    for path in _roots():
        free = shutil.disk_usage(_existing(path)).free
        advice = "Free some with `dip clean`, or set DIP_WORKDIR to a larger disk."
        yield Line("disk", free >= LITTLE_DISK, f"{size(free)} free for {path}", advice)


def folders() -> Iterator[Line]:
    """Where sessions are kept, and whether that may be written to."""
    for path in _roots():
        writable = os.access(_existing(path), os.W_OK)
        advice = "Set DIP_WORKDIR to a folder that you may write to."
        yield Line("folder", writable, str(path), advice, needed=True)


def _show(line: Line) -> None:
    say(f"{'ok' if line.ok else 'missing':8} {line.name:20} {line.detail}")
    if not line.ok and line.advice:
        say(f"{'':8} {'':20} {line.advice}")


def _package(name: str, advice: str, *, needed: bool = False) -> Line:
    try:
        return Line(name, ok=True, detail=metadata.version(name), needed=needed)
    except metadata.PackageNotFoundError:
        return Line(name, ok=False, detail="not installed", advice=advice, needed=needed)


def _requirements() -> Iterator[tuple[str, str]]:
    """The packages DIP names, each with the extra that brings it ("" for those always needed)."""
    try:
        lines = metadata.requires("dip-sdk") or []
    except metadata.PackageNotFoundError:
        return
    for line in lines:
        name, extra = _NAME.match(line), _EXTRA.search(line)
        if name and not name[0].startswith("dip"):
            yield name[0], extra[1] if extra else ""


def _roots() -> tuple[Path, ...]:
    from ..engine.folders import Folders
    from .clean import workdir

    places = Folders(workdir())
    both = (places.named("any").path.parent, places.unnamed().path.parent)
    return tuple(dict.fromkeys(both))


def _existing(path: Path) -> Path:
    """The folder itself, or the nearest one above it that is there."""
    return next(folder for folder in (path, *path.parents) if folder.exists())
