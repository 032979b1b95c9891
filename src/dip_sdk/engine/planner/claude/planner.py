"""The loop: the model calls tools, each is acted on and answered, until one of them ends it."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing

from ....types.errors import QueryFailed
from ....types.result import Check
from ...budget import price_of
from ...privacy import Shown
from ..base import Noted, Outcome, Planning, Proposal, Question, View
from ..settings import ModelSettings
from .acts import Desk
from .conversation import Conversation
from .line import Line
from .replies import Reply
from .tools import tools

TURNS = 24
"""Replies of the model to one question."""
SLIPS = 4
"""Calls that were none (no such tool, no JSON, wrong arguments) until the model is given up."""

NO_TOOL = (
    "Nobody reads plain text. Call a tool: `answer` with the table that holds the answer, "
    "`ask_user`, or `cannot_answer`."
)
CUT = "Your last message was cut off because it was too long. Go on in smaller steps."
SOON = "Only two more replies are possible. Call `answer`, `ask_user` or `cannot_answer` now."


class ClaudePlanner:
    """Asks a model that speaks the Messages API.

    Raises the errors of `types.errors` when it cannot be asked or gives nothing usable:
    `ConfigError`, `BudgetExceeded`, `ConnectionFailed`, `TimedOut`, `StreamBroken`, `ApiError`,
    `QueryFailed`.
    """

    name = "claude"

    def __init__(self, settings: ModelSettings = ModelSettings()) -> None:
        self._settings = settings

    def plan(self, question: Question, view: View) -> Planning:
        shown = Shown(question, view, self._settings.privacy)
        line = Line(self._settings, view.ledger, view.cancel, view.left_today)
        with closing(line):
            yield from _measured(shown)
            if price_of(self._settings.model) is None:
                yield Noted(_unpriced(self._settings.model))
            yield from _talk(line, shown)


def _measured(shown: Shown) -> Planning:
    for table, probe in shown.measures():
        shown.measured(table, (yield probe))


def _talk(line: Line, shown: Shown) -> Planning:
    desk = Desk(shown)
    talk = Conversation(shown, tools(shown))
    slips = 0
    for turn in range(TURNS):
        reply = yield from line.ask(talk.request())
        talk.heard(reply)
        slips += yield from _acted(desk, talk, reply)
        if slips > SLIPS:
            raise _given_up("The model did not use its tools as they are meant.")
        if turn == TURNS - 3:
            talk.say(SOON)
    raise _given_up(f"The model came to no answer in {TURNS} replies.")


def _acted(desk: Desk, talk: Conversation, reply: Reply) -> Generator[Proposal, Outcome, int]:
    """Act on every call of a reply; gives how many were slips."""
    if not reply.calls:
        talk.say(CUT if reply.stop == "max_tokens" else NO_TOOL)
        return 1
    slips = 0
    for call in reply.calls:
        done = yield from desk.act(call)
        talk.done(call.id, done.text, done.failed)
        slips += done.slip
    if reply.stop == "max_tokens":
        talk.say(CUT)
    return slips


def _given_up(message: str) -> QueryFailed:
    return QueryFailed(
        message,
        hint="Ask in other words or in smaller steps, or choose another model.",
        code="model_confused",
    )


def _unpriced(model: str) -> Check:
    return Check(
        code="price_unknown",
        level="info",
        message=f"The price of the model {model!r} is not known; its cost is not counted.",
    )
