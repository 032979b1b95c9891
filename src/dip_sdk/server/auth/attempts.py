"""How often somebody may try: by account and address, and by account alone."""

from __future__ import annotations

import time

from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage, Storage
from limits.aio.strategies import MovingWindowRateLimiter

from ..problems import Problem

BY_ADDRESS = parse("10/minute")
BY_ACCOUNT = parse("50/hour")


class Attempts:
    """Counts attempts to log in; the store is shared where there are several processes."""

    def __init__(self, storage: Storage | None = None) -> None:
        self._window = MovingWindowRateLimiter(storage or MemoryStorage())

    async def count(self, account: str, address: str) -> None:
        """One more attempt; a problem that says when to come again where there were too many."""
        await self._hit(BY_ADDRESS, account, address)
        await self._hit(BY_ACCOUNT, account)

    async def forgive(self, account: str, address: str) -> None:
        """The attempt was right: those before it do not count."""
        await self._window.clear(BY_ADDRESS, account, address)

    async def _hit(self, limit: RateLimitItem, *who: str) -> None:
        if await self._window.hit(limit, *who):
            return
        stats = await self._window.get_window_stats(limit, *who)
        raise Problem(
            429,
            "too_many_attempts",
            "Too many attempts to log in.",
            hint="Wait a little, then try again.",
            retry_after=max(1.0, stats.reset_time - time.time()),
        )
