"""The events of a run on a backend: over a socket, else by server-sent events; cuts are mended."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress

from ...types.errors import ApiError, ConnectionFailed, DipError, StreamBroken
from ...types.events import Event
from ..core import calls
from ..core.talk import Talk
from ..waiting import asleep
from .http import AsyncHttp, AsyncLink, Blocked

PATIENCE = 3
"""How much more often a stream is taken up again than a request is sent."""


class AsyncFollower:
    """Follows runs of one backend. Where no socket is let through, it does without from then on."""

    def __init__(self, http: AsyncHttp, *, sockets: bool = True) -> None:
        self._http = http
        self._sockets = sockets
        self._links: dict[str, AsyncLink] = {}

    async def follow(self, talk: Talk) -> AsyncGenerator[Event]:
        """Every event of the run, to its last; what fails is told by the last as well."""
        failures = 0
        while True:
            broke: DipError = StreamBroken("The answer ended early.", hint="Ask again.")
            try:
                async with aclosing(self._events(talk)) as events:
                    async for event in events:
                        failures = 0
                        yield event
            except DipError as error:
                broke = error
            if talk.over:
                return
            failures += 1
            if failures > PATIENCE * self._http.max_retries or not _may_pass(broke):
                yield talk.broken(broke)
                return
            await asleep(calls.pause(failures))

    async def _events(self, talk: Talk) -> AsyncGenerator[Event]:
        """Events of the run over one connection, as long as it holds."""
        by_socket = self._sockets and not talk.blocked
        try:
            async with aclosing(self._frames(talk, by_socket)) as frames:
                async for frame in frames:
                    if (event := talk.take(frame)) is not None:
                        self._sockets = by_socket
                        yield event
                    if talk.over:
                        return
        except Blocked:
            talk.blocked = True  # from now on for all runs, once events come without
            raise

    def _frames(self, talk: Talk, by_socket: bool) -> AsyncGenerator[str]:
        return self._by_socket(talk) if by_socket else self._by_events(talk)

    async def stop(self, talk: Talk) -> None:
        """Ask that the run ends; one that is over is no error."""
        talk.stopped = True
        link = self._links.get(talk.query_id)
        if link is not None:
            with suppress(Exception):  # the cut that this is will be noticed by who listens
                await link.send(talk.stop)
            return
        with suppress(DipError):
            await self._http.send(talk.cancelling)

    async def _by_socket(self, talk: Talk) -> AsyncGenerator[str]:
        path = f"/ws/query/{talk.room}"
        async with aclosing(self._http.socket(path, talk.since)) as said:
            try:
                async for frame in said:
                    if isinstance(frame, str):
                        yield frame
                        continue
                    self._links[talk.query_id] = frame
                    await frame.send(talk.begin)
                    if talk.stopped:
                        await frame.send(talk.stop)
            finally:
                self._links.pop(talk.query_id, None)

    async def _by_events(self, talk: Talk) -> AsyncGenerator[str]:
        path = calls.path("sessions", talk.room, "events")
        begun = False
        async with aclosing(self._http.sent(path, talk.since)) as said:
            async for frame in said:
                if not begun:  # the first says that what follows will be heard
                    await self._http.send(talk.call)
                    begun = True
                    if talk.stopped:
                        await self._http.send(talk.cancelling)
                yield frame


def _may_pass(error: DipError) -> bool:
    """The next try may go better: the wire broke, or the backend is busy."""
    busy = isinstance(error, ApiError) and error.status in calls.AGAIN
    return busy or isinstance(error, ConnectionFailed)
