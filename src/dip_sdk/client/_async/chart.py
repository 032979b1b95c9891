"""The chart of a result, and the same drawn another way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...render.plans import restyled
from ...types.plan import Mark
from ...types.result import ResultFacts
from ..chart import ChartView

if TYPE_CHECKING:
    from .session import AsyncSession


class AsyncChart(ChartView):
    """A Vega-Lite chart: `spec` is its specification, `save("chart.png")` its picture."""

    def __init__(self, facts: ResultFacts, session: AsyncSession) -> None:
        super().__init__(facts)
        self._session = session

    async def restyle(self, mark: Mark | None = None, **changes: object) -> AsyncChart:
        """The same answer drawn as another mark, or with another title, x, y, series or sort.

        Raises `ConfigError` for what cannot be drawn of this answer.
        """
        wanted = changes | ({"mark": mark} if mark else {})
        result = await self._session.run(restyled(self._facts, wanted), remember=False)
        return AsyncChart(result.facts, self._session)
