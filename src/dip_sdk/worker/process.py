"""A worker process seen from its caller: every verb of `Runner`, over a pipe."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from ..types.dataset import Distinct
from ..types.operations import Operation
from ..types.profile import ColumnProfile
from ..types.result import Condition, ExportFormat, Page
from ..types.session import Limits
from ..types.values import Wire
from .messages import LIMITS, Executed, Layers
from .runner import Look, Made, TableFile
from .supervisor import Supervisor

_PROFILES = TypeAdapter(tuple[ColumnProfile, ...])


class Worker:
    """The `Runner` of one session's folder: a sandboxed process, started when first needed.

    `readable` are paths outside the folder that it may read; what `use` names is added to them.
    After `cancel` every verb of that run raises `Cancelled` until it is dropped. `close` waits for
    the files of kept results, then ends the process.
    """

    def __init__(
        self, folder: Path, limits: Limits = LIMITS, *, readable: Sequence[Path] = ()
    ) -> None:
        self._supervisor = Supervisor(folder, limits, readable)

    @property
    def layers(self) -> Layers:
        """Which layers of the sandbox are active; starts the process."""
        return self._supervisor.channel().layers

    @property
    def pid(self) -> int:
        """The process for new work; starts it."""
        return self._supervisor.channel().pid

    def use(self, tables: Sequence[TableFile]) -> None:
        self._supervisor.use(tables)

    def step(self, run: str, name: str, sql: str, params: Mapping[str, Wire]) -> Made:
        step = Executed(name=name, sql=sql, params=dict(params))
        made = self._supervisor.ask_run(run, "step", name=name, sql=sql, params=step.params)
        self._supervisor.executed(run, step)
        return Made.model_validate(made)

    def operate(self, run: str, name: str, sql: str, operation: Operation) -> Made:
        asked = {"name": name, "sql": sql, "operation": operation}
        made = self._supervisor.ask_run(run, "operate", **asked)
        self._supervisor.executed(run, Executed(name=name, sql=sql, operation=operation))
        return Made.model_validate(made)

    def look(self, run: str, sql: str, params: Mapping[str, Wire], limit: int) -> Look:
        asked: dict[str, Any] = {"sql": sql, "params": dict(params), "limit": limit}
        return Look.model_validate(self._supervisor.ask_run(run, "look", **asked))

    def keep(self, run: str, name: str, result: str) -> None:
        self._supervisor.ask_run(run, "keep", name=name, result=result)
        self._supervisor.kept(run, name, result)

    def finish(self, result: str) -> None:
        self._supervisor.ask_result(result, "finish")

    def drop(self, run: str) -> None:
        self._supervisor.dropped(run)

    def page(
        self,
        result: str,
        offset: int,
        limit: int,
        sort: Sequence[str] = (),
        where: Sequence[Condition] = (),
    ) -> Page:
        asked = {"offset": offset, "limit": limit} | _ordered(sort, where)
        return Page.model_validate(self._supervisor.ask_result(result, "page", **asked))

    def arrow(self, result: str, sort: Sequence[str] = (), where: Sequence[Condition] = ()) -> str:
        return str(self._supervisor.ask_result(result, "arrow", **_ordered(sort, where)))

    def export(
        self,
        result: str,
        format: ExportFormat,
        sort: Sequence[str] = (),
        where: Sequence[Condition] = (),
        on_progress: Callable[[float], None] | None = None,
    ) -> tuple[str, ...]:
        asked = {"format": format} | _ordered(sort, where)
        tell = None if on_progress is None else (lambda fraction, _: on_progress(fraction))
        return tuple(self._supervisor.ask_result(result, "export", tell, **asked))

    def forget(self, result: str) -> None:
        self._supervisor.ask_result(result, "forget")
        self._supervisor.forgotten(result)

    def distinct(self, table: str, column: str, limit: int) -> Distinct:
        asked: dict[str, Any] = {"table": table, "column": column, "limit": limit}
        return Distinct.model_validate(self._supervisor.ask("distinct", **asked))

    def profile(self, table: str) -> tuple[ColumnProfile, ...]:
        return _PROFILES.validate_python(self._supervisor.ask("profile", table=table))

    def cancel(self, run: str) -> None:
        self._supervisor.cancel(run)

    def close(self) -> None:
        self._supervisor.close()


def _ordered(sort: Sequence[str], where: Sequence[Condition]) -> dict[str, Any]:
    return {"sort": tuple(sort), "where": tuple(where)}
