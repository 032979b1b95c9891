"""What users hand over becomes files that can be sent, by the engine's own readers of sources."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..engine import frames, sources
from ..engine.sources import Source
from ..types.session import Limits

__all__ = ["Frame", "Source", "files", "frame"]


@dataclass(frozen=True)
class Frame:
    """A DataFrame with a hash of its content."""

    table: object
    checksum: str


def frame(given: object, name: str | None) -> Frame | None:
    """The DataFrame that was given under a name, whole; None for anything else."""
    if name is None or not frames.is_frame(given) or not hasattr(given, "__len__"):
        return None
    table = frames.arrow(given, name)
    return Frame(table, frames.checksum(table))


def files(given: object, name: str | None, into: Path) -> tuple[Source, ...]:
    """The files that were given; what is none yet is written into a folder.

    Raises `DataError` naming what cannot be used, `ConnectionFailed`.
    """
    limit = Limits().upload_mb * 1_000_000
    return tuple(sources.sources(given, into=into, name=name, limit=limit))
