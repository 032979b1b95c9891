"""A backend elsewhere: each verb is a call of its API."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from ...engine.bridge import acall
from ...types.dataset import Dataset, Link, ReadOptions, Table
from ...types.errors import ApiError, ConfigError, ConnectionFailed, DipError
from ...types.events import Event
from ...types.glossary import Glossary
from ...types.result import Condition, ExportFormat, Page, Replay, ResultFacts
from ...types.session import Invitation, Member, Settings, Shared, Turn
from .. import given
from ..core import calls
from ..core.asks import Request
from ..core.calls import Call, path, read
from ..core.config import Config
from ..core.glossary import beside
from ..core.talk import Talk
from ..core.uploads import Moved, Upload
from ..files import place
from ..given import Source
from .follow import AsyncFollower
from .http import AsyncHttp
from .sending import send

if TYPE_CHECKING:
    import pyarrow as pa

ARROW = {"Accept": "application/vnd.apache.arrow.file"}
WRITING = 3600.0
"""Seconds that the backend may take to write or compute something large."""


class AsyncRemoteBackend:
    """One user of one backend."""

    def __init__(self, config: Config) -> None:
        url = calls.base(config.url or "", insecure=config.insecure)
        self._http = AsyncHttp(url, config.token, config.timeout, config.max_retries)
        self._follower = AsyncFollower(self._http, sockets=config.sockets)
        self._planner = config.planner if config.planner != "auto" else None
        self._sums: dict[str, str] = {}
        self._rooms: list[AsyncRemoteRoom] = []

    async def open(self, name: str | None, read_only: bool) -> AsyncRemoteRoom:
        found = await self._named(name) or await self._made(name)
        room = AsyncRemoteRoom(self, found["id"], name, read_only=read_only)
        self._rooms.append(room)
        return room

    async def found(self, session_id: str, read_only: bool) -> AsyncRemoteRoom:
        told = (await self._http.send(Call("GET", path("sessions", session_id)))).json()
        return self._kept(told, read_only=read_only)

    async def accept(self, token: str) -> AsyncRemoteRoom:
        asked = Call("POST", path("invitations", "accept"), json={"token": token}, again=False)
        return self._kept((await self._http.send(asked)).json(), read_only=False)

    def _kept(self, told: Mapping[str, Any], *, read_only: bool) -> AsyncRemoteRoom:
        """A session that stays when the client ends, whether it has a name or not."""
        room = AsyncRemoteRoom(self, told["id"], told["name"] or None, read_only=read_only)
        room.ends = False
        self._rooms.append(room)
        return room

    async def shared(self) -> tuple[Shared, ...]:
        return tuple(
            Shared(id=item["id"], name=item["name"], owner=item["shared_by"])
            for item in await self._listed([("shared", "true")])
        )

    async def sessions(self) -> tuple[str, ...]:
        return tuple(sorted(item["name"] for item in await self._listed([]) if item["name"]))

    async def _listed(self, which: list[tuple[str, str]]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        before: str | None = ""
        while before is not None:
            params = [("limit", "200"), *which, *([("before", before)] if before else [])]
            told = (await self._http.send(Call("GET", path("sessions"), params))).json()
            found += told["items"]
            before = told["next"]
        return found

    async def delete(self, name: str) -> None:
        found = await self._named(name)
        if found is None:
            raise ConfigError(
                f"There is no session {name!r}.",
                hint=f"Sessions: {', '.join(await self.sessions()) or 'none'}.",
                code="unknown_session",
            )
        await self.drop(found["id"])

    async def drop(self, room: str) -> None:
        """Delete a session by its id."""
        await self._http.send(Call("DELETE", path("sessions", room)))

    async def close(self) -> None:
        rooms, self._rooms = self._rooms, []
        for room in rooms:
            await room.close()
        await self._http.close()

    async def _named(self, name: str | None) -> dict[str, Any] | None:
        if name is None:
            return None
        reply = await self._http.send(Call("GET", path("sessions"), [("name", name)]))
        return next(iter(reply.json()["items"]), None)

    async def _made(self, name: str | None) -> dict[str, Any]:
        asked = calls.once(Call("POST", path("sessions"), json={"name": name or ""}))
        try:
            return dict((await self._http.send(asked)).json())
        except ApiError as error:
            found = await self._named(name) if error.code == "name_taken" else None
            if found is None:
                raise
            return found

    def room_parts(self) -> tuple[AsyncHttp, AsyncFollower, str | None, dict[str, str]]:
        """What its rooms work with: calls, runs, the planner that was asked for, frames' sums."""
        return self._http, self._follower, self._planner, self._sums


class AsyncRemoteRoom:
    """One session of the backend."""

    def __init__(
        self, backend: AsyncRemoteBackend, id: str, name: str | None, *, read_only: bool
    ) -> None:
        self.id = id
        self.name = name
        self.ends = name is None
        """It is deleted when it is closed."""
        self._backend = backend
        self._read_only = read_only
        self._closed = False
        self._http, self._follower, self._planner, self._sums = backend.room_parts()
        self._running: dict[str, Talk] = {}

    async def upload(self, upload: Upload) -> AsyncGenerator[Moved | Dataset]:
        self._may_change()
        for item, name in upload.items:
            async with aclosing(self._sent(item, name, upload.options)) as events:
                async for event in events:
                    yield event

    async def _sent(
        self, item: object, name: str | None, options: ReadOptions
    ) -> AsyncGenerator[Moved | Dataset]:
        """A frame that is as it was is not sent again."""
        frame = await acall(given.frame, item, name)
        if frame is not None:
            item = frame.table
            for dataset in await self.datasets():
                if dataset.source == name and self._sums.get(dataset.id) == frame.checksum:
                    yield dataset
                    return
        with TemporaryDirectory(prefix="dip-") as folder:
            for source in await acall(given.files, item, name, Path(folder)):
                async with aclosing(send(self._http, self.id, source, options)) as events:
                    async for event in events:
                        if frame is not None and isinstance(event, Dataset):
                            self._sums[event.id] = frame.checksum
                        yield event
                await self._learn(source)

    async def _learn(self, source: Source) -> None:
        """The words of a glossary that lies beside a file are those of its session."""
        found = None if source.temporary else beside(source.path)
        if found is not None:
            await self.define((await self.glossary()).joined_with(found))

    async def answer(self, request: Request, query_id: str) -> AsyncGenerator[Event]:
        talk = self._running[query_id] = Talk(self.id, request, query_id, self._planner)
        try:
            async with aclosing(self._follower.follow(talk)) as events:
                async for event in events:
                    yield event
        finally:
            self._running.pop(query_id, None)
            if not talk.over:  # whoever listened has left
                await self._follower.stop(talk)

    async def cancel(self, query_id: str) -> None:
        if talk := self._running.get(query_id):
            await self._follower.stop(talk)

    async def replay(self, result_id: str) -> tuple[ResultFacts, Replay]:
        told = (await self._post("query", result_id, "replay", seconds=WRITING)).json()
        return calls.facts(told["answer"]), read(Replay, told["replay"])

    async def result(self, result_id: str) -> ResultFacts:
        try:
            told = await self._get("query", result_id)
        except ApiError as error:
            if error.status not in (404, 422):
                raise
            raise DipError(
                f"This session has no result {result_id!r}.",
                hint="history() lists the results it has.",
                code="unknown_result",
            ) from None
        return calls.facts(told)

    async def history(self) -> tuple[Turn, ...]:
        return read(tuple[Turn, ...], await self._get("sessions", self.id, "history"))

    async def page(
        self,
        result_id: str,
        offset: int,
        limit: int,
        sort: Sequence[str],
        where: Sequence[Condition],
    ) -> Page:
        params = [("offset", str(offset)), ("limit", str(limit)), *calls.sorting(sort, where)]
        asked = Call("GET", path("query", result_id, "results"), params)
        return calls.page((await self._http.send(asked)).json())

    async def arrow(
        self, result_id: str, sort: Sequence[str], where: Sequence[Condition]
    ) -> pa.Table:
        import pyarrow as pa

        where_from = path("query", result_id, "results")
        keys = calls.sorting(sort, where)
        asked = Call("GET", where_from, keys, headers=ARROW, seconds=WRITING)
        content = (await self._http.send(asked)).content
        return await acall(lambda: pa.ipc.open_file(pa.BufferReader(content)).read_all())

    async def export(
        self,
        result_id: str,
        format: ExportFormat,
        target: Path,
        sort: Sequence[str],
        where: Sequence[Condition],
    ) -> tuple[Path, ...]:
        asked = {"format": format, "sort": sort, "where": [w.model_dump() for w in where]}
        writing = Call("POST", path("query", result_id, "exports"), json=asked, seconds=WRITING)
        made = (await self._http.send(calls.once(writing))).json()
        with TemporaryDirectory(prefix="dip-") as folder:
            parts = [Path(folder) / file["name"] for file in made["files"]]
            for number, part in enumerate(parts):
                where_from = path("exports", made["id"], "content")
                await self._http.save(Call("GET", where_from, [("part", str(number))]), part)
            return await acall(place, parts, target)

    async def datasets(self) -> tuple[Dataset, ...]:
        return read(tuple[Dataset, ...], await self._get("sessions", self.id, "datasets"))

    async def links(self) -> tuple[Link, ...]:
        return read(tuple[Link, ...], await self._get("sessions", self.id, "links"))

    async def profile(self, table: str) -> Table:
        return read(Table, await self._get("sessions", self.id, "tables", table))

    async def rename(self, table: str, name: str) -> Table:
        self._may_change()
        asked = Call("PATCH", path("sessions", self.id, "tables", table), json={"name": name})
        return read(Table, (await self._http.send(asked)).json())

    async def remove(self, table: str) -> None:
        self._may_change()
        await self._http.send(Call("DELETE", path("sessions", self.id, "tables", table)))

    async def save_as(self, result_id: str, name: str) -> Table:
        self._may_change()
        reply = await self._post("query", result_id, "save", json={"name": name}, seconds=WRITING)
        return read(Table, reply.json())

    async def undo(self) -> str | None:
        self._may_change()
        undone: str | None = (await self._post("sessions", self.id, "undo")).json()["undone"]
        return undone

    async def settings(self) -> Settings:
        return read(Settings, await self._get("sessions", self.id, "settings"))

    async def configure(self, settings: Settings) -> None:
        self._may_change()
        told = settings.model_dump(mode="json")
        await self._http.send(Call("PUT", path("sessions", self.id, "settings"), json=told))

    async def glossary(self) -> Glossary:
        return read(Glossary, await self._get("sessions", self.id, "glossary"))

    async def define(self, glossary: Glossary) -> None:
        self._may_change()
        told = glossary.model_dump(mode="json")
        await self._http.send(Call("PUT", path("sessions", self.id, "glossary"), json=told))

    async def share(self, email: str) -> Invitation:
        reply = await self._post("sessions", self.id, "invitations", json={"email": email})
        return read(Invitation, reply.json())

    async def members(self) -> tuple[Member, ...]:
        return read(tuple[Member, ...], await self._get("sessions", self.id, "members"))

    async def unshare(self, email: str) -> None:
        members = await self._get("sessions", self.id, "members")
        found = [one["id"] for one in members if one["email"] == email.casefold()]
        if not found:
            raise ConfigError(
                f"This session is not shared with {email!r}.",
                hint=f"Shared with: {', '.join(one['email'] for one in members) or 'nobody'}.",
                code="unknown_member",
            )
        for member in found:
            await self._http.send(Call("DELETE", path("sessions", self.id, "members", member)))

    async def close(self) -> None:
        """A session without a name is deleted with all that is in it."""
        if self._closed:
            return
        self._closed = True
        for talk in tuple(self._running.values()):
            await self._follower.stop(talk)
        if self.ends:
            with suppress(ConnectionFailed):  # a backend that is gone keeps it
                await self._backend.drop(self.id)

    async def _get(self, *parts: str) -> Any:
        return (await self._http.send(Call("GET", path(*parts)))).json()

    async def _post(
        self, *parts: str, json: object = None, seconds: float | None = None
    ) -> calls.Reply:
        asked = Call("POST", path(*parts), json=json, again=False, seconds=seconds)
        return await self._http.send(asked)

    def _may_change(self) -> None:
        if self._read_only:
            raise ConfigError(
                f"Session {self.name!r} was opened read-only.",
                hint="Open it without read_only=True to change it.",
                code="read_only",
            )
