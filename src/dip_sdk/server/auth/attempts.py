"""How often somebody may try: by account and address, and by account alone.

Where processes share a Redis they count together. While it is away each counts for itself.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, Self, TypeVar

from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter
from redis.exceptions import RedisError

from ..problems import Problem
from ..wake import connection

log = logging.getLogger("dip_sdk.server")

T = TypeVar("T")
BY_ADDRESS = parse("10/minute")
BY_ACCOUNT = parse("50/hour")
PREFIX = "dip:attempts"


class Attempts:
    """Counts attempts to log in; a block of it ends with its connections."""

    def __init__(self, redis_url: str = "") -> None:
        self._here = MovingWindowRateLimiter(MemoryStorage())
        self._redis = connection(redis_url) if redis_url else None
        self._shared: MovingWindowRateLimiter | None = None
        if self._redis is not None:
            passed_on: Any = {"connection_pool": self._redis.connection_pool}
            storage = RedisStorage(
                redis_url, implementation="redispy", key_prefix=PREFIX, **passed_on
            )
            self._shared = MovingWindowRateLimiter(storage)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._redis is not None:
            await self._redis.connection_pool.aclose()
            await self._redis.aclose()

    async def count(self, account: str, address: str) -> None:
        """One more attempt; a problem that says when to come again where there were too many."""
        await self._hit(BY_ADDRESS, account, address)
        await self._hit(BY_ACCOUNT, account)

    async def forgive(self, account: str, address: str) -> None:
        """The attempt was right: those before it do not count."""
        await self._ask(lambda window: window.clear(BY_ADDRESS, account, address))

    async def _hit(self, limit: RateLimitItem, *who: str) -> None:
        if await self._ask(lambda window: window.hit(limit, *who)):
            return
        stats = await self._ask(lambda window: window.get_window_stats(limit, *who))
        raise Problem(
            429,
            "too_many_attempts",
            "Too many attempts to log in.",
            hint="Wait a little, then try again.",
            retry_after=max(1.0, stats.reset_time - time.time()),
        )

    async def _ask(self, what: Callable[[MovingWindowRateLimiter], Awaitable[T]]) -> T:
        if self._shared is not None:
            try:
                return await what(self._shared)
            except (RedisError, OSError):
                log.warning("Attempts to log in are counted by each process: Redis does not answer")
        return await what(self._here)
