"""HTTP and sockets to a backend: the only module that knows their libraries."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Protocol

import httpx2
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from ..._version import __version__
from ...types.errors import ApiError, ConnectionFailed, DipError, StreamBroken
from ..core import calls
from ..core.calls import Call, Reply
from ..home import AsyncLock
from ..waiting import asleep

LARGEST_FRAME = 64 << 20
PARTING = 2.0
"""Seconds to wait for a goodbye."""
QUIET = 45.0
"""Seconds without an event; a backend that lives says something every 15."""


class Blocked(ConnectionFailed):
    """Something between here and the backend lets no socket through."""


class AsyncLink(Protocol):
    """What a socket says."""

    async def send(self, message: str) -> None: ...


class AsyncHttp:
    """One backend, with the token of one user. Made without a connection; `close` ends all."""

    def __init__(self, url: str, token: str | None, timeout: float, max_retries: int) -> None:
        self.url = url
        self.max_retries = max_retries
        self._timeout = timeout
        self._headers = {"User-Agent": f"dip-sdk/{__version__}"}
        if token:
            self._headers["Authorization"] = f"Bearer {token}"
        self._client: httpx2.AsyncClient | None = None
        self._lock = AsyncLock()

    async def send(self, call: Call) -> Reply:
        """The answer; raises the error it stands for, or `ConnectionFailed`.

        What may be sent twice is, after a while, when nothing or a busy server answered.
        """
        failures = 0
        while True:
            try:
                return await self._once(call)
            except (ConnectionFailed, ApiError) as error:
                failures += 1
                if failures > self.max_retries or not _may_again(call, error):
                    raise
                await asleep(calls.pause(failures, getattr(error, "retry_after", None)))

    async def _once(self, call: Call) -> Reply:
        client = await self._started()
        seconds = call.seconds or self._timeout
        try:
            response = await client.request(
                call.method,
                self.url + call.path,
                params=list(call.params),
                json=call.json,
                content=call.content,
                headers=dict(call.headers),
                timeout=seconds,
            )
        except httpx2.TransportError as error:
            raise self._failed(error, seconds) from error
        reply = Reply(response.status_code, response.headers, response.content)
        if (wrong := calls.refused(reply)) is not None:
            raise wrong
        return reply

    async def save(self, call: Call, target: Path) -> None:
        """Write the body of an answer into a file."""
        client = await self._started()
        try:
            async with client.stream(
                call.method, self.url + call.path, params=list(call.params), timeout=self._timeout
            ) as response:
                if response.status_code >= 400:
                    content = await response.aread()
                    reply = Reply(response.status_code, response.headers, content)
                    raise calls.refused(reply) or calls.not_ours()
                with target.open("wb") as file:
                    async for chunk in response.aiter_bytes(1 << 20):
                        file.write(chunk)
        except httpx2.TransportError as error:
            raise self._failed(error, self._timeout) from error

    async def sent(self, path: str, since: int | None) -> AsyncGenerator[str]:
        """The data of server-sent events behind a number."""
        client = await self._started()
        params = {} if since is None else {"since": str(since)}
        try:
            async with client.sse(self.url + path, params=params, timeout=QUIET) as source:
                response = source.response
                if response.status_code >= 400:
                    content = await response.aread()
                    reply = Reply(response.status_code, response.headers, content)
                    raise calls.refused(reply) or calls.not_ours()
                async for event in source:
                    if event.data:
                        yield event.data
        except (httpx2.TransportError, httpx2.SSEError) as error:
            raise self._failed(error, QUIET) from error

    async def socket(self, path: str, since: int | None) -> AsyncGenerator[AsyncLink | str]:
        """The socket itself, then every frame that comes over it."""
        query = "" if since is None else f"?since={since}"
        url = f"ws{self.url.removeprefix('http')}{path}{query}"
        try:
            async with connect(
                url,
                additional_headers=self._headers,
                open_timeout=self._timeout,
                max_size=LARGEST_FRAME,
                max_queue=None,  # unread frames would keep the closing frame from being read
                close_timeout=PARTING,
            ) as link:
                yield link
                async for frame in link:
                    yield str(frame)
        except InvalidHandshake as error:
            raise Blocked("No socket is let through.") from error
        except TimeoutError as error:
            raise calls.silent(self.url, self._timeout) from error
        except ConnectionClosed as error:
            raise StreamBroken("The connection to the backend broke.", hint="Ask again.") from error
        except OSError as error:
            raise calls.unreachable(self.url) from error

    async def close(self) -> None:
        """Idempotent."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def _started(self) -> httpx2.AsyncClient:
        async with self._lock:
            if self._client is None:
                self._client = httpx2.AsyncClient(headers=self._headers)
            return self._client

    def _failed(self, error: Exception, seconds: float) -> DipError:
        if isinstance(error, httpx2.ConnectError):
            return _NotSent.of(calls.unreachable(self.url))
        if isinstance(error, httpx2.TimeoutException):
            return calls.silent(self.url, seconds)
        return StreamBroken("The connection to the backend broke.", hint="Ask again.")


class _NotSent(ConnectionFailed):
    """Nothing arrived, so anything may be sent again."""

    @classmethod
    def of(cls, error: DipError) -> _NotSent:
        return cls(error.message, hint=error.hint, code=error.code)


def _may_again(call: Call, error: DipError) -> bool:
    if isinstance(error, ApiError):
        return call.again and error.status in calls.AGAIN
    return call.again or isinstance(error, _NotSent)
