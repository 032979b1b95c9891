"""What the caller and a worker process say to each other beyond the verbs of `Runner`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from pydantic import Field

from ..types.base import Model
from ..types.dataset import ReadOptions
from ..types.operations import AnyOperation
from ..types.session import Limits
from ..types.values import Wire

LIMITS = Limits()
"""What a worker may use when nothing else is said."""


class IngestRequest(Model):
    """One file to be read into a session's folder."""

    source: str
    """Path of the file."""
    name: str
    """What the user calls it: "sales.csv"."""
    folder: str
    """Where `<dataset_id>.duckdb` is written, by an atomic rename."""
    dataset_id: str
    options: ReadOptions = ReadOptions()


class Executed(Model):
    """A step that a run executed: what it takes to make its table again."""

    name: str
    sql: str
    params: dict[str, Wire] = Field(default_factory=dict)
    operation: AnyOperation | None = None
    """Set for a named operation: the statement gives the rows it reads."""


class Layers(Model):
    """Which layers of the process sandbox are active in a worker."""

    landlock: int = 0
    """The kernel's Landlock version; 0: files are not confined."""
    network: bool = False
    """TCP is refused."""
    no_new_privileges: bool = False
    memory_mb: int = 0
    """The limit of the address space; 0: none."""
    missing: tuple[str, ...] = ()
    """Each a sentence: what is absent here, and why."""


class Stop(Protocol):
    """What can be asked whether to stop: the `Cancel` of a question, or anything like it."""

    def is_set(self) -> bool:
        """Somebody asked to stop."""

    def on_set(self, callback: Callable[[], None]) -> None:
        """Call back when that happens; at once where it already has."""
