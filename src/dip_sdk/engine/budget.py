"""What a model costs, and what a question may cost: looked at before every call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from ..types.errors import BudgetExceeded, ConfigError
from ..types.result import Usage

LONGEST_REPLY = 16_000
"""Tokens of one reply, its thinking included."""
SHORTEST_REPLY = 1_000
"""Tokens below which a reply holds no useful step."""
BYTES_A_TOKEN = 2.5
"""A request has fewer tokens than its bytes over this: English and JSON have about four."""
CACHE_WRITE, CACHE_READ = 1.25, 0.1
"""What a token costs that is written to, or read from, the prompt cache: of the price of one."""


class Price(NamedTuple):
    """US dollars for a million tokens."""

    tokens_in: float
    tokens_out: float


PRICES: Mapping[str, Price] = {
    "claude-fable-5-1": Price(10, 50),
    "claude-opus-5-5": Price(4, 20),
    "claude-sonnet-5-5": Price(2, 10),
    "claude-opus-5": Price(5, 25),
    "claude-sonnet-5": Price(2, 10),
    "claude-opus-4-8": Price(5, 25),
    "claude-opus-4-7": Price(5, 25),
    "claude-opus-4-6": Price(5, 25),
    "claude-opus-4-5": Price(5, 25),
    "claude-sonnet-4-6": Price(3, 15),
    "claude-sonnet-4-5": Price(3, 15),
    "claude-haiku-4-5": Price(1, 5),
}
"""List prices of November 2026, by the model's id without a date."""


def price_of(model: str) -> Price | None:
    """The price of a model or of a dated version of it; None where it is not known."""
    dated = model.rpartition("-")
    name = dated[0] if dated[2].isdecimal() and len(dated[2]) == 8 else model
    return PRICES.get(name)


def cost(price: Price | None, fresh: int, written: int, read: int, out: int) -> float:
    """US dollars of one call: fresh, cache-written and cache-read tokens in, tokens out."""
    if price is None:
        return 0.0
    tokens_in = fresh + CACHE_WRITE * written + CACHE_READ * read
    return (tokens_in * price.tokens_in + out * price.tokens_out) / 1e6


@dataclass(frozen=True)
class Budget:
    """What one question may cost."""

    usd: float | None = None
    calls: int = 30
    tokens: int = 600_000
    """In and out together."""
    left_today: float | None = None
    """US dollars that whoever asks may spend until the day ends; None: no bound."""

    def allow(self, model: str, used: Usage, size: int) -> int:
        """The longest reply, in tokens, that a next call with `size` bytes may ask for.

        Raises `BudgetExceeded` where the call itself is too much, counted at its dearest
        (`money_spent` where that is because the day's money is used up), and
        `ConfigError` where a limit of money is set for a model without a known price.
        """
        if used.calls >= self.calls:
            raise _used_up(f"{self.calls} calls", "Ask in smaller steps.")
        likely = int(size / BYTES_A_TOKEN)
        left = self.tokens - used.tokens_in - used.tokens_out - likely
        if left < SHORTEST_REPLY:
            raise _used_up(f"{self.tokens:,} tokens", "Ask of fewer tables, or in smaller steps.")
        return min(LONGEST_REPLY, left, self._affordable(model, used, likely))

    def _affordable(self, model: str, used: Usage, likely: int) -> int:
        bounds = [bound for bound in (self.usd, self.left_today) if bound is not None]
        if not bounds:
            return LONGEST_REPLY
        price = price_of(model)
        if price is None:
            raise ConfigError(
                f"The price of the model {model!r} is not known, so a budget cannot hold.",
                hint="Leave the budget away, or choose a model whose price is known: "
                f"{', '.join(PRICES)}.",
                code="price_unknown",
            )
        least = min(bounds)
        left = least - used.money - cost(price, 0, likely, 0, 0)
        affordable = int(left * 1e6 / price.tokens_out)
        if affordable < SHORTEST_REPLY:
            if least == self.left_today:
                raise money_spent()
            raise _used_up(f"${least:g}", "Give a larger budget, or choose a cheaper model.")
        return affordable


def money_spent() -> BudgetExceeded:
    """Whoever asks has no money left for a model today."""
    return BudgetExceeded(
        "What you may spend on a model today is used up.",
        hint='Ask the rules, which cost nothing: planner="rules". Or ask tomorrow: a day begins at '
        "00:00 UTC.",
        code="money_spent",
    )


def _used_up(what: str, hint: str) -> BudgetExceeded:
    return BudgetExceeded(f"The next call of the model could go beyond {what}.", hint=hint)
