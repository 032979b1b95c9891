"""One conversation over a set of tables: uploads, questions, results."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING

from ...types.dataset import Dataset, Link, Table
from ...types.errors import ConfigError
from ...types.glossary import Glossary
from ...types.plan import Plan
from ...types.session import Invitation, Member, Settings, Turn
from ..core.asks import Choose, RunPlan, ask, changed, statistic
from ..core.glossary import glossary
from ..core.uploads import OnProgress, upload
from .result import AsyncResult
from .stream import AsyncQueryStream

if TYPE_CHECKING:
    from ..home import AsyncHome
    from .backend import AsyncRoom


class AsyncSession:
    """Made by `client.session(name)`. Many questions may run at once."""

    def __init__(self, room: AsyncRoom, home: AsyncHome) -> None:
        self._room = room
        self._home = home

    @property
    def id(self) -> str:
        return self._room.id

    @property
    def name(self) -> str | None:
        """None for a session that ends with its client."""
        return self._room.name

    def __repr__(self) -> str:
        return f"<session {self.name or 'without a name'}>"

    async def __aenter__(self) -> AsyncSession:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    def room(self) -> AsyncRoom:
        """Whoever answers, when the client may still ask."""
        self._home.enter()
        return self._room

    async def upload(
        self,
        *sources: object,
        name: str | None = None,
        on_progress: OnProgress | None = None,
        **options: object,
    ) -> tuple[Dataset, ...]:
        """Read files, addresses and DataFrames into the session.

        A source is a path, a pattern ("data/*.csv"), an address (https://, s3://, gs://), an open
        file or a DataFrame of pandas, polars or Arrow; `upload(sales=df)` names a DataFrame.
        `options` say how to read where the reader's own decision is not wanted: format, sheet,
        encoding, delimiter, quote, header, skip, decimal, day_first, in_place. A source that was
        read before is replaced; a DataFrame that has not changed is left as it is.
        `on_progress(fraction, message)` is told how far what the message names has come.
        Raises `DataError` for what cannot be read (sources before it stay), `ConfigError`.
        """
        wanted = upload(sources, name, options)
        datasets = []
        events = self.room().upload(wanted)
        try:
            async for event in events:
                if isinstance(event, Dataset):
                    datasets.append(event)
                elif on_progress is not None:
                    on_progress(event.fraction, event.message)
        finally:
            await events.aclose()
        return tuple(datasets)

    async def query(
        self,
        question: str,
        params: Mapping[str, object] | None = None,
        *,
        planner: str | None = None,
        on: str | Sequence[str] | None = None,
    ) -> AsyncResult:
        """Ask, and wait for the answer.

        `params` are the values of `{name}` in the question. `on` names the tables or datasets the
        question is about; without it, all are. An answer may also be a question back or a reasoned
        no: see `result.status`. Raises `QueryFailed`, `PlanRejected`, `Cancelled`, `WorkerLost`,
        `BudgetExceeded`, `ConnectionFailed`.
        """
        async with self.stream(question, params, planner=planner, on=on) as stream:
            return await stream.result()

    def stream(
        self,
        question: str,
        params: Mapping[str, object] | None = None,
        *,
        planner: str | None = None,
        on: str | Sequence[str] | None = None,
    ) -> AsyncQueryStream:
        """Ask, and follow the events; the arguments are those of `query`."""
        return AsyncQueryStream(self._itself, ask(question, params, planner, on))

    async def choose(self, result: AsyncResult, option: int) -> AsyncResult:
        """Answer a question that came back: `option` (from 0) of `result.clarification.options`."""
        if result.clarification is None:
            raise ConfigError(
                "This result asks nothing back.", hint="Only a status of 'clarify' has options."
            )
        async with AsyncQueryStream(self._itself, Choose(result.id, option)) as stream:
            return await stream.result()

    async def run(self, plan: Plan, *, remember: bool = True) -> AsyncResult:
        """Run a plan as it stands, without a planner; it is checked like any other.

        With `remember=False` it is no turn of the conversation.
        """
        async with AsyncQueryStream(self._itself, RunPlan(plan, remember)) as stream:
            return await stream.result()

    async def statistic(self, op: str, *, table: str, **arguments: object) -> AsyncResult:
        """Run a named statistical operation on a table: `welch_t`, `pearson`, `describe`, ...

        `arguments` are those of the operation (`dip_sdk.types.operations`): mostly names of
        columns. The answer is a table of numbers with a reading in plain words. Raises
        `ConfigError` for an operation or an argument it does not know, `PlanRejected` for a table
        or column that is not there, `QueryFailed` for data it cannot be computed on.
        """
        async with AsyncQueryStream(self._itself, statistic(op, table, arguments)) as stream:
            return await stream.result()

    async def overview(self, table: str | None = None) -> AsyncResult:
        """What a table holds: its rows in words, and a row for each column with its type, how many
        values are filled, missing and distinct, the lowest and the highest, and an example.

        Without `table` it is the one with most rows. The answer of the question "What is in
        this?", which the rules give: nothing is sent to a model. Raises what `query` raises.
        """
        return await self.query("What is in this?", planner="rules", on=table)

    async def result(self, result_id: str) -> AsyncResult:
        """An earlier answer, by the id that `history` names."""
        return AsyncResult(await self.room().result(result_id), self)

    async def history(self) -> tuple[Turn, ...]:
        """Earlier questions, oldest first."""
        return await self.room().history()

    async def datasets(self) -> tuple[Dataset, ...]:
        """The files and DataFrames of the session, each with its tables."""
        return await self.room().datasets()

    async def tables(self) -> tuple[Table, ...]:
        """Everything that can be asked about."""
        return tuple(table for data in await self.datasets() for table in data.tables)

    async def links(self) -> tuple[Link, ...]:
        """Likely joins between the tables."""
        return await self.room().links()

    async def profile(self, table: str) -> Table:
        """A table with the full profile of its columns: missing, distinct, range, frequent."""
        return await self.room().profile(table)

    async def rename(self, table: str, name: str) -> Table:
        """Give a table another name; `undo` takes it back."""
        return await self.room().rename(table, name)

    async def remove(self, table: str) -> None:
        """Take a table out of the session; `undo` brings it back."""
        await self.room().remove(table)

    async def undo(self) -> str | None:
        """Take back the last change of the tables; says what it was, None when there is none."""
        return await self.room().undo()

    async def settings(self) -> Settings:
        """What is assumed where data and question leave it open."""
        return await self.room().settings()

    async def configure(self, **changes: object) -> Settings:
        """Change settings by name (today, day_first, currency, ...) and give all of them."""
        room = self.room()
        settings = changed(await room.settings(), changes)
        await room.configure(settings)
        return settings

    async def glossary(self) -> Glossary:
        """Other words, defined measures, joins and verified questions; see `types.glossary`."""
        return await self.room().glossary()

    async def define(
        self, words: Glossary | Mapping[str, object] | str | os.PathLike[str]
    ) -> Glossary:
        """Add to the glossary, from a file in YAML or plain data, and give all of it.

        A `dip.yml` beside an uploaded file is read by itself. Raises `DataError` with the line of
        a file that cannot be used, `ConfigError` for plain data.
        """
        room = self.room()
        joined = (await room.glossary()).joined_with(glossary(words))
        await room.define(joined)
        return joined

    async def share(self, email: str) -> Invitation:
        """Let a colleague with an account of that e-mail read this session, and nothing more.

        Pass `token` of the invitation on: they give it to `client.accept`, once, within 7 days.
        Raises `ConfigError` (`needs_backend`) without a backend, `ApiError`.
        """
        return await self.room().share(email)

    async def members(self) -> tuple[Member, ...]:
        """Who may read this session, and who was invited to; its owner may ask."""
        return await self.room().members()

    async def unshare(self, email: str) -> None:
        """Take it back at once, accepted or not.

        Raises `ConfigError` (`unknown_member`) where the session is not shared with that e-mail.
        """
        await self.room().unshare(email)

    async def _itself(self) -> AsyncSession:
        return self

    async def close(self) -> None:
        """End the session; one without a name is deleted. Idempotent."""
        await self._room.close()
