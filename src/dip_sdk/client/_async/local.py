"""The single door to the engine in this process: each verb runs in a thread, by the bridge."""

from __future__ import annotations

import threading
import uuid
from collections.abc import AsyncGenerator, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, cast

from ...engine.bridge import Cancel, Emit, acall, aiterate, aproduce
from ...types.dataset import Dataset, Link, ReadOptions, Table
from ...types.errors import ConfigError
from ...types.events import Event
from ...types.glossary import Glossary
from ...types.result import Condition, ExportFormat, Page, Replay, ResultFacts
from ...types.session import Invitation, Limits, Member, Settings, Shared, Turn
from ..core.asks import Ask, Choose, Request, RunPlan
from ..core.config import Config
from ..core.glossary import beside
from ..core.uploads import Moved, Upload
from ..files import place

__all__ = ["AsyncLocalBackend", "AsyncLocalRoom", "Engine"]

if TYPE_CHECKING:
    import pyarrow as pa

    from ...engine.engine import Engine
    from ...engine.privacy.modes import Privacy
    from ...engine.session import Session as EngineSession


class AsyncLocalBackend:
    """The engine of one client, started on first use."""

    def __init__(self, config: Config, engine: Engine | None = None) -> None:
        self._config = config
        self._engine = engine
        self._given = engine is not None
        self._rooms: list[AsyncLocalRoom] = []
        self._sums: dict[str, str] = {}
        self._starting = threading.Lock()

    async def open(self, name: str | None, read_only: bool) -> AsyncLocalRoom:
        session = await acall(lambda: self._started().open(name, read_only=read_only))
        room = AsyncLocalRoom(session, self._sums)
        self._rooms.append(room)
        return room

    async def found(self, session_id: str, read_only: bool) -> AsyncLocalRoom:  # noqa: ARG002
        raise _needs_backend("Opening a session by its id")

    async def accept(self, token: str) -> AsyncLocalRoom:  # noqa: ARG002 - nobody is here
        raise _needs_backend("Sharing")

    async def shared(self) -> tuple[Shared, ...]:
        return ()

    async def sessions(self) -> tuple[str, ...]:
        return await acall(lambda: self._started().sessions())

    async def delete(self, name: str) -> None:
        await acall(lambda: self._started().delete(name))

    async def close(self) -> None:
        """End what was opened here; an engine that was given goes on."""
        rooms, self._rooms = self._rooms, []
        for room in rooms:
            await room.close()
        if self._engine is not None and not self._given:
            await acall(self._engine.close)

    def _started(self) -> Engine:
        with self._starting:
            if self._engine is None:
                self._engine = _engine(self._config)
            return self._engine


def _needs_backend(what: str) -> ConfigError:
    return ConfigError(
        f"{what} needs a backend.",
        hint="Make the client with url=..., the address of a backend that colleagues use too.",
        code="needs_backend",
    )


def _engine(config: Config) -> Engine:
    from ...engine.budget import Budget
    from ...engine.engine import Engine
    from ...engine.planner.settings import DEFAULT_MODEL, ModelSettings

    model = ModelSettings(
        model=config.model or DEFAULT_MODEL,
        privacy=cast("Privacy", config.privacy),
        budget=Budget(usd=config.budget),
        timeout=config.timeout,
        max_retries=config.max_retries,
        keep=config.cache,
    )
    return Engine(workdir=config.workdir, planner=config.planner, model=model)


class AsyncLocalRoom:
    """One session of the engine."""

    def __init__(self, session: EngineSession, sums: dict[str, str]) -> None:
        self.id = session.id
        self.name = session.name
        self._session = session
        self._sums = sums
        self._running: dict[str, Cancel] = {}

    def upload(self, upload: Upload) -> AsyncGenerator[Moved | Dataset]:
        cancel = Cancel()
        reading = _Reading(self._session, upload.options, self._sums, cancel)
        return aproduce(lambda emit: reading.read(upload, emit), cancel)

    def answer(self, request: Request, query_id: str) -> AsyncGenerator[Event]:
        cancel = self._running[query_id] = Cancel()

        def events(cancel: Cancel) -> Iterator[Event]:
            try:
                yield from _events(self._session, request, query_id, cancel)
            finally:
                self._running.pop(query_id, None)

        return aiterate(events, cancel)

    async def cancel(self, query_id: str) -> None:
        if running := self._running.get(query_id):
            await acall(running.set)

    async def replay(self, result_id: str) -> tuple[ResultFacts, Replay]:
        cancel, again = Cancel(), str(uuid.uuid4())
        return await acall(
            lambda: self._session.replay(result_id, query_id=again, cancel=cancel), cancel=cancel
        )

    async def result(self, result_id: str) -> ResultFacts:
        return await acall(self._session.result, result_id)

    async def history(self) -> tuple[Turn, ...]:
        return await acall(self._session.history)

    async def page(
        self,
        result_id: str,
        offset: int,
        limit: int,
        sort: Sequence[str],
        where: Sequence[Condition],
    ) -> Page:
        return await acall(self._session.page, result_id, offset, limit, sort, where)

    async def arrow(
        self, result_id: str, sort: Sequence[str], where: Sequence[Condition]
    ) -> pa.Table:
        return await acall(lambda: _table(self._session.arrow(result_id, sort, where)))

    async def export(
        self,
        result_id: str,
        format: ExportFormat,
        target: Path,
        sort: Sequence[str],
        where: Sequence[Condition],
    ) -> tuple[Path, ...]:
        return await acall(
            lambda: place(self._session.export(result_id, format, sort, where), target)
        )

    async def datasets(self) -> tuple[Dataset, ...]:
        return await acall(self._session.datasets)

    async def links(self) -> tuple[Link, ...]:
        return await acall(self._session.links)

    async def profile(self, table: str) -> Table:
        return await acall(self._session.profile, table)

    async def rename(self, table: str, name: str) -> Table:
        return await acall(self._session.rename, table, name)

    async def remove(self, table: str) -> None:
        await acall(self._session.remove, table)

    async def save_as(self, result_id: str, name: str) -> Table:
        return await acall(self._session.save_as, result_id, name)

    async def undo(self) -> str | None:
        return await acall(self._session.undo)

    async def settings(self) -> Settings:
        return self._session.settings

    async def configure(self, settings: Settings) -> None:
        await acall(setattr, self._session, "settings", settings)

    async def glossary(self) -> Glossary:
        return self._session.glossary

    async def define(self, glossary: Glossary) -> None:
        await acall(setattr, self._session, "glossary", glossary)

    async def share(self, email: str) -> Invitation:  # noqa: ARG002 - nobody is here
        raise _needs_backend("Sharing")

    async def members(self) -> tuple[Member, ...]:
        return ()

    async def unshare(self, email: str) -> None:  # noqa: ARG002 - nobody is here
        raise _needs_backend("Sharing")

    async def close(self) -> None:
        for cancel in tuple(self._running.values()):
            cancel.set()
        await acall(self._session.close)


def _events(
    session: EngineSession, request: Request, query_id: str, cancel: Cancel
) -> Iterator[Event]:
    from ...engine.planner.base import Question

    match request:
        case Ask():
            question = Question(request.question, request.params)
            return session.ask(
                question,
                planner=request.planner,
                on=request.on,
                query_id=query_id,
                cancel=cancel,
            )
        case Choose():
            return session.choose(
                request.result_id, request.option, query_id=query_id, cancel=cancel
            )
        case RunPlan():
            return session.run(
                request.plan, query_id=query_id, cancel=cancel, remember=request.remember
            )


def _table(path: Path) -> pa.Table:
    """The rows of an Arrow file that was written for us alone."""
    import pyarrow as pa

    try:
        with pa.OSFile(str(path)) as file:
            return pa.ipc.open_file(file).read_all()
    finally:
        path.unlink(missing_ok=True)


class _Reading:
    """One upload on its way into a session."""

    def __init__(
        self, session: EngineSession, options: ReadOptions, sums: dict[str, str], cancel: Cancel
    ) -> None:
        self._session = session
        self._options = options
        self._sums = sums
        self._cancel = cancel

    def read(self, upload: Upload, emit: Emit[Moved | Dataset]) -> None:
        with TemporaryDirectory(dir=self._session.sources) as folder:
            for given, name in upload.items:
                self._each(given, name, Path(folder), emit)

    def _each(
        self, given: object, name: str | None, folder: Path, emit: Emit[Moved | Dataset]
    ) -> None:
        from ...engine.frames import is_frame

        if name is not None and is_frame(given) and hasattr(given, "__len__"):
            self._frame(given, name, folder, emit)
            return
        for dataset in self._added(given, name, folder, emit):
            emit(dataset)

    def _frame(self, given: object, name: str, folder: Path, emit: Emit[Moved | Dataset]) -> None:
        """A frame that is as it was stays as it is."""
        from ...engine.frames import arrow, checksum

        table = arrow(given, name)
        total = checksum(table)
        same = next((d for d in self._session.datasets() if self._is_same(d, name, total)), None)
        for dataset in [same] if same else self._added(table, name, folder, emit):
            self._sums[dataset.id] = total
            emit(dataset)

    def _is_same(self, dataset: Dataset, name: str, total: str) -> bool:
        return dataset.source == name and self._sums.get(dataset.id) == total

    def _added(
        self, given: object, name: str | None, folder: Path, emit: Emit[Moved | Dataset]
    ) -> Iterator[Dataset]:
        from ...engine.sources import sources

        def told(fraction: float, message: str) -> None:
            emit(Moved(fraction, message))

        limit = Limits().upload_mb * 1_000_000
        found = sources(
            given, into=folder, name=name, on_progress=told, limit=limit, cancel=self._cancel
        )
        for source in found:
            staying = self._options.in_place and not source.temporary
            options = self._options.model_copy(update={"in_place": staying})
            yield self._session.add(source, options, on_progress=told, cancel=self._cancel)
            if source.temporary:
                source.path.unlink(missing_ok=True)
            else:
                self._learn(source.path)

    def _learn(self, path: Path) -> None:
        """The words of a glossary that lies beside a file are those of its session."""
        found = beside(path)
        if found is None:
            return
        joined = self._session.glossary.joined_with(found)
        if joined != self._session.glossary:
            self._session.glossary = joined
