"""The way in: a client opens sessions, and has one of its own for quick questions."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING

from ...types.dataset import Dataset
from ...types.errors import ConfigError
from ...types.session import Shared
from ..core.asks import ask
from ..core.config import TIMEOUT, Config, configured
from ..core.uploads import OnProgress
from ..home import AsyncHome, AsyncLock
from .local import AsyncLocalBackend
from .session import AsyncSession
from .stream import AsyncQueryStream

if TYPE_CHECKING:
    from .backend import AsyncBackend
    from .local import Engine
    from .result import AsyncResult


class AsyncClient:
    """Answers questions about data: in this process, or (with a url) on a backend.

        async with AsyncClient() as client:
            await client.upload("sales.csv")
            result = await client.query("total sales by region")

    Settings not given come from the environment: DIP_URL, DIP_TOKEN, DIP_PLANNER, DIP_MODEL,
    DIP_WORKDIR.
    Making a client starts nothing; the first use does. Raises `ConfigError` for a setting that
    cannot be used.
    """

    def __init__(
        self,
        url: str | None = None,
        *,
        token: str | None = None,
        planner: str | None = None,
        model: str | None = None,
        privacy: str = "results",
        budget: float | None = None,
        cache: bool = True,
        workdir: str | os.PathLike[str] | None = None,
        engine: Engine | None = None,
        timeout: float = TIMEOUT,
        max_retries: int = 2,
    ) -> None:
        """Settle what the client works with.

        `planner` is `auto`, `rules` or `claude`; `privacy` says what a model may see: `schema`,
        `profile` or `results`; `budget` is in US dollars a question; with `cache` a question asked
        again on the same data needs no model; `workdir` is where sessions are kept; `engine` is one
        to share, which closing the client leaves open. `timeout` (seconds of silence) and
        `max_retries` are for a model or a backend.

        `url` is the address of a backend and `token` lets this user in (`dip_sdk.login` makes one);
        model, privacy, budget and workdir are then the backend's own.
        """
        config = configured(
            url=url,
            token=token,
            planner=planner,
            model=model,
            privacy=privacy,
            budget=budget,
            cache=cache,
            workdir=workdir,
            timeout=timeout,
            max_retries=max_retries,
        )
        self._at = _backend(config, engine)
        self._home = AsyncHome()
        self._lock = AsyncLock()
        self._own: AsyncSession | None = None

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def session(
        self, name: str | None = None, *, id: str | None = None, read_only: bool = False
    ) -> AsyncSession:
        """A session: the named one as it was left, or a fresh one that ends with the client.

        With `id` it is that session of a backend: one of the user's, or one that is shared with
        them (`shared` lists those), which answers what would change it with `ApiError`
        (`read_only`). Raises `ConfigError` when another process holds it and `read_only` is not
        asked for.
        """
        backend = self._backend()
        if id is None:
            return AsyncSession(await backend.open(name, read_only), self._home)
        if name is not None:
            raise ConfigError(
                "A session is opened by its name or its id.", hint="Leave one of them away."
            )
        return AsyncSession(await backend.found(id, read_only), self._home)

    async def accept(self, token: str) -> AsyncSession:
        """The session of a colleague that `session.share` made this token for, opened to read.

        Later, `session(id=...)` opens it. Raises `ApiError` (`no_invitation`) where the token was
        used, is older than 7 days, or was made for another e-mail.
        """
        return AsyncSession(await self._backend().accept(token), self._home)

    async def shared(self) -> tuple[Shared, ...]:
        """Sessions of colleagues that this user may read, the latest first."""
        return await self._backend().shared()

    async def sessions(self) -> tuple[str, ...]:
        """Names of the sessions that are kept."""
        return await self._backend().sessions()

    async def delete(self, name: str) -> None:
        """Delete a named session with all its files."""
        await self._backend().delete(name)

    async def upload(
        self,
        *sources: object,
        name: str | None = None,
        on_progress: OnProgress | None = None,
        **options: object,
    ) -> tuple[Dataset, ...]:
        """`upload` of the client's own session."""
        session = await self._default()
        return await session.upload(*sources, name=name, on_progress=on_progress, **options)

    async def query(
        self,
        question: str,
        params: Mapping[str, object] | None = None,
        *,
        planner: str | None = None,
        on: str | Sequence[str] | None = None,
    ) -> AsyncResult:
        """`query` of the client's own session."""
        session = await self._default()
        return await session.query(question, params, planner=planner, on=on)

    def stream(
        self,
        question: str,
        params: Mapping[str, object] | None = None,
        *,
        planner: str | None = None,
        on: str | Sequence[str] | None = None,
    ) -> AsyncQueryStream:
        """`stream` of the client's own session."""
        return AsyncQueryStream(self._default, ask(question, params, planner, on))

    async def close(self) -> None:
        """End every session of the client and what it started. Idempotent."""
        self._home.closed = True
        await self._at.close()

    async def _default(self) -> AsyncSession:
        async with self._lock:
            if self._own is None:
                self._own = await self.session()
            return self._own

    def _backend(self) -> AsyncBackend:
        self._home.enter()
        return self._at


def _backend(config: Config, engine: Engine | None) -> AsyncBackend:
    """Whoever answers; what talks to a backend is loaded for one only."""
    if config.url is None:
        return AsyncLocalBackend(config, engine)
    if engine is not None:
        raise ConfigError(
            "A client has a url or an engine, not both.", hint="Leave one of them away."
        )
    from .remote import AsyncRemoteBackend

    return AsyncRemoteBackend(config)
