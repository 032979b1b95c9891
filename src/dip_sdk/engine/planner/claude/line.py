"""The line to the model: one request at a time, in an event loop of the question's own thread.

The pipeline is synchronous and a stop must wake a read that hangs: so each request is a task of a
loop that runs only while something is waited for, and the wish to stop cancels that task.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from ....types.errors import Cancelled
from ...bridge import Cancel
from ...budget import cost, price_of
from ...ledger import Ledger
from ..base import Outcome, Say
from ..settings import ModelSettings
from .failures import Failure, failure, no_key, unusable
from .replies import Reply

if TYPE_CHECKING:
    import httpx2
    from anthropic import AsyncAnthropic

LONGEST = 10
"""How many times the silence that is allowed a whole reply may take."""


class Line:
    """Asks the model. Everything that leaves is in the ledger before it goes."""

    def __init__(
        self,
        settings: ModelSettings,
        ledger: Ledger,
        cancel: Cancel,
        left_today: float | None = None,
    ) -> None:
        self._settings = settings
        self._budget = replace(settings.budget, left_today=left_today)
        self._ledger = ledger
        self._cancel = cancel
        self._runner = asyncio.Runner()
        self._client: AsyncAnthropic | None = None

    def ask(self, request: dict[str, Any]) -> Generator[Say, Outcome, Reply]:
        """The model's reply, its text said as it comes; asked again where that may help.

        Every attempt is looked at by the budget first.
        """
        for attempt in range(self._settings.max_retries + 1):
            left = self._settings.max_retries - attempt
            try:
                reply = yield from self._attempt(request)
            except Failure as failed:
                if not left or failed.wait is None or failed.wait > self._settings.timeout:
                    raise failed.error from failed.__cause__
                wait = failed.wait or min(0.5 * 2**attempt, 8.0)
                yield from self._run(partial(_pause, wait))
            else:
                return reply
        raise AssertionError("unreachable")

    def close(self) -> None:
        """Hang up; idempotent."""
        if self._client is not None:
            self._runner.run(self._client.close())
            self._client = None
        self._runner.close()

    def _attempt(self, request: dict[str, Any]) -> Generator[Say, Outcome, Reply]:
        model = self._settings.model
        size = len(json.dumps(request).encode())
        longest = self._budget.allow(model, self._ledger.usage, size)
        whole = {**request, "model": model, "max_tokens": longest, "stream": True}
        reply = Reply()
        yield from self._run(lambda say: self._stream(whole, reply, say))
        if problem := unusable(reply.stop):
            raise problem
        return reply

    async def _stream(
        self, request: dict[str, Any], reply: Reply, say: Callable[[str], object]
    ) -> None:
        client = self._opened()
        before = len(self._ledger.sent)
        try:
            async with asyncio.timeout(self._settings.timeout * LONGEST):
                stream = await client.messages.create(**request)
                async with stream:
                    async for event in stream:
                        say(reply.take(event))
        except Exception as error:
            found = failure(error, self._settings)
            if found.unsent and len(self._ledger.sent) > before:
                self._ledger.unsent()
            raise found from error
        finally:
            if reply.usage:
                self._paid(reply.usage)

    def _paid(self, usage: dict[str, int]) -> None:
        fresh = usage.get("input_tokens", 0)
        written = usage.get("cache_creation_input_tokens", 0)
        read = usage.get("cache_read_input_tokens", 0)
        out = usage.get("output_tokens", 0)
        money = cost(price_of(self._settings.model), fresh, written, read, out)
        self._ledger.received(fresh + written + read, out, money)

    def _run(
        self, work: Callable[[Callable[[str], object]], Awaitable[None]]
    ) -> Generator[Say, Outcome, None]:
        """Run `work(say)` to its end; what it says is yielded meanwhile, a stop ends it."""
        texts: asyncio.Queue[str | None] = asyncio.Queue()
        loop = self._runner.get_loop()

        async def whole() -> None:
            try:
                await work(texts.put_nowait)
            finally:
                texts.put_nowait(None)

        task = loop.create_task(whole())
        with self._stopping(task, loop):
            while (text := self._runner.run(texts.get())) is not None:
                if text:
                    yield Say(text)
            self._runner.run(asyncio.wait([task]))
        if task.cancelled():
            raise Cancelled("Stopped on request.")
        task.result()

    @contextmanager
    def _stopping(
        self, task: asyncio.Task[None], loop: asyncio.AbstractEventLoop
    ) -> Generator[None]:
        """The wish to stop cancels the task; so does whoever leaves before it is done."""

        def stop() -> None:
            with suppress(RuntimeError):  # the loop is closed: nothing is left to stop
                loop.call_soon_threadsafe(task.cancel)

        self._cancel.on_set(stop)
        try:
            yield
        finally:
            self._cancel.remove(stop)
            if not task.done():
                task.cancel()
                self._runner.run(asyncio.wait([task]))

    def _opened(self) -> AsyncAnthropic:
        if self._client is None:
            self._client = self._open()
        return self._client

    def _open(self) -> AsyncAnthropic:
        """The client of the library, which reads address and key from the environment.

        It neither retries (a retry must fit the budget, and a stream that breaks off is retried as
        well) nor follows to another address.
        """
        key = os.environ.get("ANTHROPIC_API_KEY")
        token = None if key else os.environ.get("ANTHROPIC_AUTH_TOKEN")
        if not key and not token:
            if not os.environ.get("ANTHROPIC_BASE_URL"):
                raise Failure(no_key())
            key = "none"  # a server of one's own may want none
        import anthropic

        http = anthropic.DefaultAsyncHttpxClient(
            event_hooks={"request": [self._record]}, follow_redirects=False
        )
        return anthropic.AsyncAnthropic(
            api_key=key,
            auth_token=token,
            http_client=http,
            timeout=self._settings.timeout,
            max_retries=0,
        )

    async def _record(self, request: httpx2.Request) -> None:
        body = await request.aread()
        self._ledger.sending(str(request.url.copy_with(userinfo=b"")), body.decode())


async def _pause(wait: float, _say: Callable[[str], object]) -> None:
    await asyncio.sleep(wait)
