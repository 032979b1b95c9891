"""The work folder of one process: made when it begins, gone when it ends, however that is."""

from __future__ import annotations

import shutil
from pathlib import Path

from ..engine.folders import Folder, Lock

NEW = "new-"


class Node:
    """A folder that the process holds while it lives; those of killed ones are cleared away."""

    def __init__(self, folder: Path, name: str) -> None:
        nodes = folder / "nodes"
        nodes.mkdir(parents=True, exist_ok=True)
        _clear(nodes)
        self.path = nodes / name
        made = Folder(nodes / f"{NEW}{name}")  # nobody clears it away before it is held
        made.path.mkdir()
        self._hold = Lock(made)
        self._hold.acquire()
        made.path.rename(self.path)

    def close(self) -> None:
        self._hold.release()
        shutil.rmtree(self.path, ignore_errors=True)


def _clear(nodes: Path) -> None:
    for path in nodes.iterdir():
        if not path.name.startswith(NEW) and Lock(Folder(path)).free():
            shutil.rmtree(path, ignore_errors=True)


def finished(folder: Folder) -> list[Path]:
    """The finished files of a session: those that are being written have other endings."""
    return [
        path
        for part in (folder.tables, folder.results)
        if part.is_dir()
        for path in sorted(part.iterdir())
        if path.suffix in {".duckdb", ".json"}
    ]


def copied(source: Folder, target: Folder) -> None:
    """The finished files of a session."""
    for path in (*finished(source), source.state):
        if path.exists():
            shutil.copyfile(path, target.path / path.relative_to(source.path))
