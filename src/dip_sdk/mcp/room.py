"""The data of one server: read once, behind the first call, and asked by every caller."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from glob import escape
from pathlib import Path
from types import TracebackType
from typing import Any, TypeAlias

from ..client import AsyncClient, AsyncQueryStream, AsyncResult, AsyncSession
from ..client.core.asks import Request
from ..client.core.rows import export_format
from ..types.errors import ConfigError, DipError
from ..types.events import Progress, Status

Tell: TypeAlias = Callable[[str], Awaitable[None]]
"""Tells the caller what is being done."""

BEAT = 0.5
"""Seconds between two words about a file that is being read."""


class Room:
    """One session over the files that were named at the start, and no others.

    All callers share it: what one asked, another can page. Nothing in it lasts longer than the
    server.
    """

    def __init__(
        self,
        client: AsyncClient,
        sources: Sequence[str],
        options: Mapping[str, Any],
        *,
        exports: Path | None = None,
    ) -> None:
        self._client = client
        self._sources = tuple(sources)
        self._options = dict(options)
        self._exports = exports
        self._reading: asyncio.Task[AsyncSession] | None = None
        self._told = ""

    async def __aenter__(self) -> Room:
        """The files are read from now on, and gone at the end."""
        self.begin()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    def begin(self) -> asyncio.Task[AsyncSession]:
        """Begin to read the files, once; who comes before the end waits for it."""
        if self._reading is None or _failed(self._reading):
            self._reading = asyncio.create_task(self._read())
        return self._reading

    async def session(self, tell: Tell) -> AsyncSession:
        """The session, its files read. Where they could not be, the next call tries again."""
        reading = self.begin()
        while not reading.done():
            await asyncio.wait({reading}, timeout=BEAT)
            if self._told and not reading.done():
                await tell(self._told)
        return reading.result()

    async def answer(self, request: Request, tell: Tell) -> AsyncResult:
        """The answer to a request; a caller who leaves stops the run."""
        session = await self.session(tell)

        async def asked() -> AsyncSession:
            return session

        async with AsyncQueryStream(asked, request) as stream:
            async for event in stream:
                if isinstance(event, (Status, Progress)):
                    await tell(event.message)
            return await stream.result()

    async def result(self, result_id: str, tell: Tell) -> AsyncResult:
        """An earlier answer."""
        session = await self.session(tell)
        try:
            return await session.result(result_id)
        except DipError as error:
            if error.code != "unknown_result":
                raise
            raise ConfigError(
                "There is no such result.",
                hint="Give the result_id that ask or run_plan told.",
                code="unknown_result",
            ) from None

    def place(self, name: str) -> Path:
        """Where a file of that name goes; raises `ConfigError` for any place but a new file."""
        if self._exports is None:
            raise ConfigError(
                "This server writes no files.",
                hint="Its user can start it with --export-to FOLDER.",
                code="no_exports",
            )
        target = self._exports / name
        if not _is_name(name):
            raise ConfigError(
                f"{name!r} is not the name of a file.",
                hint="Give a name alone, without a folder, such as sales.csv.",
                code="not_a_name",
            )
        export_format(target, None)
        if any(path.exists() or path.is_symlink() for path in (target, *_parts(target))):
            raise ConfigError(
                f"There is a file {name!r} already.",
                hint="Choose another name; files are not replaced.",
                code="file_exists",
            )
        return target

    async def close(self) -> None:
        """End what is running, and delete what was read."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
        await self._client.close()

    async def _read(self) -> AsyncSession:
        session = await self._client.session()
        await session.upload(*self._sources, on_progress=self._moved, **self._options)
        return session

    def _moved(self, fraction: float, message: str) -> None:
        self._told = f"{message} {fraction:.0%}"


def _failed(task: asyncio.Task[AsyncSession]) -> bool:
    return task.done() and (task.cancelled() or task.exception() is not None)


def _is_name(name: str) -> bool:
    """No folder, no hidden file, nothing that a system reads as more than a name."""
    return not name.startswith(".") and not any(
        sign in '/\\:*?"<>|' or not sign.isprintable() for sign in name
    )


def _parts(target: Path) -> tuple[Path, ...]:
    """The files that a workbook in several parts would replace."""
    if target.suffix.lower() != ".xlsx":
        return ()
    return tuple(target.parent.glob(f"{escape(target.stem)}-[0-9]*{escape(target.suffix)}"))
