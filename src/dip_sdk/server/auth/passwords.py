"""Passwords as argon2id hashes, a few computed at a time: each takes 64 MB and half a second."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from functools import cache
from typing import TypeVar

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from ..problems import Problem

T = TypeVar("T")

AT_ONCE = 2
WAITING = 16
"""More than so many in the queue are sent away."""
LONGEST = 256
"""Bytes of a password."""


class Passwords:
    """Hashes and verifies, away from the event loop."""

    def __init__(self) -> None:
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0

    async def hash(self, password: str) -> str:
        return await self._run(lambda: _hasher().hash(password))

    async def verify(self, password: str, known: str | None) -> bool:
        """Whether it is the password of that hash; None (no such user) takes as long as a no."""
        right = await self._run(lambda: _hasher().verify(password, known or _nobody()))
        return right and known is not None

    async def _run(self, work: Callable[[], T]) -> T:
        if self._waiting >= WAITING:
            raise Problem(
                503, "busy", "Too many log in at this moment.", hint="Try again.", retry_after=2
            )
        self._waiting += 1
        try:
            async with self._gate:
                return await asyncio.to_thread(work)
        finally:
            self._waiting -= 1


@cache
def _hasher() -> PasswordHash:
    return PasswordHash((Argon2Hasher(),))


@cache
def _nobody() -> str:
    """The hash of a password that nobody has."""
    return _hasher().hash(secrets.token_urlsafe(32))
