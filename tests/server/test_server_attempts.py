"""Attempts to log in are counted over all processes, and still counted while Redis is away."""

from __future__ import annotations

import pytest

from dip_sdk.server.auth.attempts import Attempts
from dip_sdk.server.problems import Problem

from .services import Redis, running


async def tried(attempts: Attempts, times: int, account: str = "ada@example.com") -> None:
    for _ in range(times):
        await attempts.count(account, "192.0.2.1")


async def test_processes_count_together(redis: Redis) -> None:
    url = redis.url(15)
    async with Attempts(url) as one, Attempts(url) as other:
        await tried(one, 5)
        await tried(other, 5)
        for attempts in (one, other):
            with pytest.raises(Problem) as refused:
                await tried(attempts, 1)
            assert refused.value.code == "too_many_attempts"
            assert refused.value.retry_after is not None
            assert 1 <= refused.value.retry_after <= 60
        await tried(one, 1, "ben@example.com")


async def test_a_right_attempt_is_forgiven_in_every_process(redis: Redis) -> None:
    url = redis.url(14)
    async with Attempts(url) as one, Attempts(url) as other:
        await tried(one, 9)
        await other.forgive("ada@example.com", "192.0.2.1")
        await tried(one, 10)
        with pytest.raises(Problem):
            await tried(other, 1)


async def test_without_redis_a_process_counts_for_itself() -> None:
    with running(Redis) as gone:
        url = gone.url(1)
    async with Attempts(url) as attempts:
        await tried(attempts, 10)
        with pytest.raises(Problem) as refused:
            await tried(attempts, 1)
        assert refused.value.status == 429
