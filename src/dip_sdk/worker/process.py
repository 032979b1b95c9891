"""A worker process seen from its caller: every verb of `Runner` over a pipe, stop and restart."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from ..types.dataset import Distinct
from ..types.profile import ColumnProfile
from ..types.result import Condition, ExportFormat, Page
from ..types.session import Limits
from ..types.values import Wire
from .messages import Layers
from .runner import Look, Made, TableFile


class Worker:
    """The `Runner` of one session's folder: a sandboxed process, started when first needed."""

    def __init__(
        self, folder: Path, limits: Limits = Limits(), *, readable: Sequence[Path] = ()
    ) -> None:
        self._folder = folder
        self._limits = limits
        self._readable = readable

    @property
    def layers(self) -> Layers:
        """Which layers of the sandbox are active; starts the process."""
        raise NotImplementedError

    def use(self, tables: Sequence[TableFile]) -> None:
        raise NotImplementedError

    def step(self, run: str, name: str, sql: str, params: Mapping[str, Wire]) -> Made:
        raise NotImplementedError

    def look(self, run: str, sql: str, params: Mapping[str, Wire], limit: int) -> Look:
        raise NotImplementedError

    def keep(self, run: str, name: str, result: str) -> None:
        raise NotImplementedError

    def drop(self, run: str) -> None:
        raise NotImplementedError

    def page(
        self,
        result: str,
        offset: int,
        limit: int,
        sort: Sequence[str] = (),
        where: Sequence[Condition] = (),
    ) -> Page:
        raise NotImplementedError

    def arrow(self, result: str, sort: Sequence[str] = (), where: Sequence[Condition] = ()) -> str:
        raise NotImplementedError

    def export(
        self,
        result: str,
        format: ExportFormat,
        sort: Sequence[str] = (),
        where: Sequence[Condition] = (),
        on_progress: Callable[[float], None] | None = None,
    ) -> tuple[str, ...]:
        raise NotImplementedError

    def forget(self, result: str) -> None:
        raise NotImplementedError

    def distinct(self, table: str, column: str, limit: int) -> Distinct:
        raise NotImplementedError

    def profile(self, table: str) -> tuple[ColumnProfile, ...]:
        raise NotImplementedError

    def cancel(self, run: str) -> None:
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError
