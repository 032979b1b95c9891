"""Ending tasks: said until it is heard, and what failed is not lost."""

from __future__ import annotations

import asyncio

import pytest

from dip_sdk.server import tasks


async def test_a_task_that_loses_a_cancellation_is_told_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tasks, "AGAIN", 0.01)
    heard = 0

    async def deaf() -> None:
        nonlocal heard
        while heard < 3:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                heard += 1

    task = asyncio.create_task(deaf())
    await asyncio.sleep(0)
    await asyncio.wait_for(tasks.ended(task), 5)
    assert (task.done(), heard) == (True, 3)


async def test_what_a_task_failed_with_is_raised() -> None:
    async def failing() -> None:
        raise ValueError("no")

    task = asyncio.create_task(failing())
    await asyncio.sleep(0)
    with pytest.raises(ValueError, match="no"):
        await tasks.ended(task)
