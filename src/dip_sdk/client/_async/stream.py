"""A question on its way: its events as they come, and its result."""

from __future__ import annotations

import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from types import TracebackType
from typing import TYPE_CHECKING

from ...types.events import LAST, Event, Text
from ..core.asks import Request, outcome
from .result import AsyncResult

if TYPE_CHECKING:
    from .session import AsyncSession


class AsyncQueryStream:
    """Events of one run, in order; leaving it early stops the run.

        async with session.stream("total sales by region") as stream:
            async for event in stream:
                print(event.type)
            result = await stream.result()

    The last event is one of `query_result`, `error` and `cancelled`. Nothing is raised while
    iterating; `result()` raises what an `error` or `cancelled` stands for.
    """

    def __init__(self, session: Callable[[], Awaitable[AsyncSession]], request: Request) -> None:
        self.query_id = str(uuid.uuid4())
        self._session = session
        self._request = request
        self._events: AsyncGenerator[Event] | None = None
        self._last: Event | None = None

    async def __aenter__(self) -> AsyncQueryStream:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._events is not None:
            await self._events.aclose()

    def __aiter__(self) -> AsyncQueryStream:
        return self

    async def __anext__(self) -> Event:
        if self._events is None:
            session = await self._session()
            self._events = session.room().answer(self._request, self.query_id)
        event = await anext(self._events)
        if isinstance(event, LAST):
            self._last = event
        return event

    @property
    def text(self) -> AsyncIterator[str]:
        """Only the planner's words, as they come."""
        return self._words()

    async def _words(self) -> AsyncIterator[str]:
        async for event in self:
            if isinstance(event, Text):
                yield event.delta

    async def result(self) -> AsyncResult:
        """The answer, waited for; raises the error of a run that failed, or `Cancelled`."""
        async for _ in self:
            pass
        return AsyncResult(outcome(self._last), await self._session())

    async def cancel(self) -> None:
        """Stop the run; its events go on to their end, which is `cancelled`. Idempotent."""
        session = await self._session()
        await session.room().cancel(self.query_id)
