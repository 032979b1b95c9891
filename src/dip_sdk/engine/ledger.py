"""What left the machine while a question was answered, byte for byte, and what it cost."""

from __future__ import annotations

from datetime import UTC, datetime

from ..types.result import Sent, Usage


class Ledger:
    """The requests of one question, in order. Kept whether the question ends well or badly."""

    def __init__(self) -> None:
        self._sent: list[Sent] = []
        self._money = 0.0

    def sending(self, to: str, body: str) -> None:
        """A request leaves now: to whom, and its exact body."""
        self._sent.append(Sent(at=datetime.now(UTC), to=to, body=body))

    def unsent(self) -> None:
        """The last request never left: nobody was there to take it."""
        self._sent.pop()

    def received(self, tokens_in: int, tokens_out: int, money: float) -> None:
        """What the answer to the last request cost, in tokens and US dollars."""
        tokens = {"tokens_in": tokens_in, "tokens_out": tokens_out}
        self._sent[-1] = self._sent[-1].model_copy(update=tokens)
        self._money += money

    @property
    def sent(self) -> tuple[Sent, ...]:
        return tuple(self._sent)

    @property
    def usage(self) -> Usage:
        return Usage(
            calls=len(self._sent),
            tokens_in=sum(sent.tokens_in for sent in self._sent),
            tokens_out=sum(sent.tokens_out for sent in self._sent),
            money=self._money,
        )
