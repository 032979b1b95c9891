"""Requests under an `Idempotency-Key`: done once, however often the client has to send them."""

from __future__ import annotations

import asyncio
import hashlib
import time
import uuid
from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated

from fastapi import Depends, Header, Request, UploadFile
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from .deps import Asking, Database
from .problems import Problem
from .store import idempotency, processes
from .store.base import Store
from .store.idempotency import Done
from .store.users import User

Ids = Sequence[uuid.UUID]
WAITS = 20.0
"""Seconds that a request waits for an earlier one under its key that is still being done."""
PAUSE = 0.1


class Once:
    """One request, known by its key, if it came with one."""

    def __init__(self, database: Store, user: User, key: str | None, place: str) -> None:
        self._database = database
        self._user = user
        self._key = key
        self._digest = hashlib.sha256(place.encode())

    @property
    def id(self) -> uuid.UUID:
        """An id for what it makes: the same each time it is sent under its key."""
        return uuid.uuid4() if self._key is None else uuid.uuid5(self._user.id, self._key)

    async def holds(self, content: bytes | Sequence[UploadFile]) -> None:
        """What was sent: sent again under the same key, it has to be the same."""
        if self._key is None:
            return
        if isinstance(content, bytes):
            self._digest.update(content)
        else:
            await asyncio.to_thread(self._read, content)

    def _read(self, files: Sequence[UploadFile]) -> None:
        for given in files:
            name = (given.filename or "").encode()
            self._digest.update(b"%d %d " % (len(name), given.size or 0) + name)
            while block := given.file.read(1 << 20):
                self._digest.update(block)
            given.file.seek(0)

    async def ids(self, work: Callable[[], Awaitable[Ids]]) -> Ids:
        """What `work` made, now or when the request came first.

        Raises a problem: 422 (`key_reused`) where something else was sent under the key, 503
        (`still_at_work`) where the first is still being done after `WAITS` seconds. Work that
        raises may be tried again.
        """
        if self._key is None:
            return await work()
        deadline = time.monotonic() + WAITS
        while not await self._begun(self._key):
            if (ids := await self._known(self._key)) is not None:
                return ids
            if time.monotonic() > deadline:
                raise Problem(
                    503, "still_at_work", "The same request is still being worked on.",
                    hint="Send it again in a moment, under the same key.", retry_after=2,
                )  # fmt: skip
            await asyncio.sleep(PAUSE)
        try:
            ids = await work()
        except BaseException:
            await asyncio.shield(self._forget(self._key))
            raise
        async with self._database.transaction() as session:
            await idempotency.note(session, self._user.id, self._key, list(ids))
        return ids

    async def _begun(self, key: str) -> bool:
        """Whether it is this request's to do: nobody did, or whoever did is gone."""
        done = Done(
            user_id=self._user.id, key=key, fingerprint=self._digest.hexdigest(),
            process_id=self._database.process,
        )  # fmt: skip
        try:
            async with self._database.transaction() as session:
                found = await idempotency.kept(session, self._user.id, key)
                if found is None:
                    session.add(done)
                    return True
                if found.fingerprint != done.fingerprint:
                    raise _reused()
                if found.ids is None and not await self._lives(session, found.process_id):
                    found.process_id = self._database.process
                    return True
        except IntegrityError:  # it came twice in the same moment
            return False
        return False

    async def _lives(self, session: AsyncSession, process: uuid.UUID) -> bool:
        if process == self._database.process:
            return True
        return await session.get(processes.Process, process) is not None

    async def _known(self, key: str) -> Ids | None:
        async with self._database.transaction() as session:
            found = await idempotency.kept(session, self._user.id, key)
        return None if found is None or found.ids is None else [uuid.UUID(one) for one in found.ids]

    async def _forget(self, key: str) -> None:
        async with self._database.transaction() as session:
            await idempotency.forget(session, self._user.id, key)


def _reused() -> Problem:
    return Problem(
        422, "key_reused", "Something else was sent under this Idempotency-Key before.",
        hint="Take a new key for each new request, and the same only to send one again.",
    )  # fmt: skip


async def _once(
    request: Request,
    user: Asking,
    database: Database,
    idempotency_key: Annotated[
        str | None, Header(min_length=1, max_length=200, pattern=r"^[\x21-\x7e]+$")
    ] = None,
) -> Once:
    once = Once(database, user, idempotency_key, f"{request.method} {request.url.path}\n")
    if not request.headers.get("content-type", "").startswith("multipart/"):
        await once.holds(await request.body())
    return once


TheOnce = Annotated[Once, Depends(_once)]
"""For a route that makes something: the request may be sent again."""
