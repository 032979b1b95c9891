"""What a model may cost for one user and day.

Counted where a question ends. Those that one user has answered at the same time may each spend
what was left when they began, so a day may end above its bound by that much.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from ..engine.budget import money_spent
from . import metrics
from .store import spending


@dataclass(frozen=True)
class Purse:
    """The bound of a server, in US dollars; None where there is none."""

    most: float | None = None

    async def left(self, session: AsyncSession, user: uuid.UUID) -> float | None:
        """US dollars that the user may spend until midnight (UTC); None: no bound."""
        if self.most is None:
            return None
        return max(0.0, self.most - await spending.spent(session, user))

    async def check(self, session: AsyncSession, user: uuid.UUID) -> None:
        """Raises `BudgetExceeded` (`money_spent`) where nothing is left."""
        if await self.left(session, user) == 0:
            metrics.REFUSED.labels("money").inc()
            raise money_spent()

    async def pay(self, session: AsyncSession, user: uuid.UUID, usd: float) -> None:
        """Count what a question cost, whether there is a bound or not."""
        if usd > 0:
            await spending.add(session, user, usd)
