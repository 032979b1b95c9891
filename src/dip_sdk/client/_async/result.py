"""The answer to a question: small facts here; rows stay where they are and come when wanted."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ...render import code
from ...render.plans import edited
from ...types.dataset import Table
from ...types.glossary import Glossary
from ...types.plan import Plan
from ...types.result import ExportFormat, Page, Replay, ResultFacts
from ..core.asks import verified
from ..core.rows import Filter, Sort, conditions, export_format, offset, ordered
from ..files import check_target
from ..view import AsyncResultView
from .chart import AsyncChart

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

    from .session import AsyncSession


class AsyncResult(AsyncResultView):
    """A handle to an answer of a session."""

    def __init__(self, facts: ResultFacts, session: AsyncSession) -> None:
        super().__init__(facts)
        self._session = session

    @property
    def chart(self) -> AsyncChart | None:
        """The chart, when the answer has one."""
        return AsyncChart(self.facts, self._session) if self.facts.chart else None

    async def page(
        self, n: int = 1, *, size: int = 100, sort: Sort = (), filter: Filter | None = None
    ) -> Page:
        """Page `n` (from 1) of `size` rows.

        `sort` are column names in order of weight, "-name" descending. `filter` maps columns to a
        value, to (operator, value), to a list of values, or to None for what is missing.
        Raises `ConfigError` for a column that is not there.
        """
        keys, where = ordered(sort, self.columns), conditions(filter, self.columns)
        return await self._session.room().page(self.id, offset(n, size), size, keys, where)

    async def pages(
        self, *, size: int = 1000, sort: Sort = (), filter: Filter | None = None
    ) -> AsyncIterator[Page]:
        """All pages, one after the other."""
        n, more = 1, True
        while more:
            page = await self.page(n, size=size, sort=sort, filter=filter)
            yield page
            n, more = n + 1, page.has_more

    async def to_arrow(self, *, sort: Sort = (), filter: Filter | None = None) -> pa.Table:
        """All rows as an Arrow table, every value exact."""
        keys, where = ordered(sort, self.columns), conditions(filter, self.columns)
        return await self._session.room().arrow(self.id, keys, where)

    async def to_pandas(self, *, sort: Sort = (), filter: Filter | None = None) -> pd.DataFrame:
        """All rows as a DataFrame: dates as datetime64, decimals as float64, integers exact."""
        from ..frames import to_pandas

        return to_pandas(await self.to_arrow(sort=sort, filter=filter))

    async def to_polars(self, *, sort: Sort = (), filter: Filter | None = None) -> pl.DataFrame:
        """All rows as a polars DataFrame; raises `ConfigError` when polars is not installed."""
        from ..frames import to_polars

        return to_polars(await self.to_arrow(sort=sort, filter=filter))

    async def export(
        self,
        path: str | os.PathLike[str],
        *,
        format: ExportFormat | None = None,
        sort: Sort = (),
        filter: Filter | None = None,
    ) -> tuple[Path, ...]:
        """Write all rows as csv, xlsx, json or parquet: what the path ends in, or `format`.

        Gives the files written: several, name-1.xlsx and so on, when one sheet cannot hold all.
        A file that is there is replaced whole. Raises `ConfigError` for a place that cannot be
        written to.
        """
        target = Path(path).expanduser()
        chosen = export_format(target, format)
        check_target(target)
        keys, where = ordered(sort, self.columns), conditions(filter, self.columns)
        return await self._session.room().export(self.id, chosen, target, keys, where)

    async def to_code(self, language: Literal["sql", "pandas"] = "sql") -> str:
        """Code that computes the answer without DIP: one statement, or a Python script."""
        if language == "sql":
            return code.sql(self.facts)
        if language == "pandas":
            return code.pandas(self.facts, await self._session.datasets())
        raise code.unknown_language(language)

    async def save_as(self, name: str) -> Table:
        """Make the answer a table of the session, to be asked about."""
        return await self._session.room().save_as(self.id, name)

    async def verify(self, name: str = "") -> Glossary:
        """Settle the question: from now on the session answers it by this plan, without a planner.

        `name` is what it is called where it is cited. Raises `ConfigError` when nothing was
        computed.
        """
        return await self._session.define(Glossary(verified=(verified(self.facts, name),)))

    async def replay(self) -> tuple[AsyncResult, Replay]:
        """Compute the answer again from its plan, without a model, and compare."""
        facts, report = await self._session.room().replay(self.id)
        return AsyncResult(facts, self._session), report

    def edit(self, *, sql: str) -> AsyncEdit:
        """The answer's plan with another last statement; `.run()` gives its answer.

        Raises `ConfigError` when nothing was computed.
        """
        return AsyncEdit(edited(self.facts, sql), self._session)


class AsyncEdit:
    """A plan that was changed by hand and has not run yet."""

    def __init__(self, plan: Plan, session: AsyncSession) -> None:
        self.plan = plan
        self._session = session

    async def run(self) -> AsyncResult:
        """Check and run the plan; raises `PlanRejected` when the statement may not run."""
        return await self._session.run(self.plan)
