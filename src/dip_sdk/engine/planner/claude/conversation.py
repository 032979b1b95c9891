"""The messages of one question, built so that their beginning stays the same for the cache.

A request is: tools, system prompt, tables, question, then what was said. The first three are the
same for every question over the same tables and end in a breakpoint of the prompt cache; another
breakpoint moves along with the last message.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...privacy import Shown
from ..prompts import prompt
from .replies import Reply

MARK = {"type": "ephemeral"}


class Conversation:
    """What was said so far, as the Messages API takes it."""

    def __init__(self, shown: Shown, tools: Sequence[dict[str, Any]]) -> None:
        self._tools = list(tools)
        system = f"{prompt('system')}\n\n{prompt(f'privacy-{shown.mode}')}"
        self._system = [{"type": "text", "text": system, "cache_control": MARK}]
        tables = f"<tables>\n{shown.tables()}\n</tables>"
        asked = f"<question>\n{shown.asked()}\n</question>"
        first = [
            {"type": "text", "text": tables, "cache_control": MARK},
            {"type": "text", "text": asked},
        ]
        self._messages: list[dict[str, Any]] = [{"role": "user", "content": first}]

    def request(self) -> dict[str, Any]:
        """The next request, but for model and length."""
        *before, last = self._messages
        *blocks, end = last["content"]
        marked = {**last, "content": [*blocks, {**end, "cache_control": MARK}]}
        return {"system": self._system, "tools": self._tools, "messages": [*before, marked]}

    def heard(self, reply: Reply) -> None:
        """Keep what the model said; it is given back as it came."""
        if reply.content:
            self._messages.append({"role": "assistant", "content": reply.content})

    def done(self, call: str, text: str, failed: bool) -> None:
        """What came of a call."""
        result = {"type": "tool_result", "tool_use_id": call, "content": text}
        self._user({**result, "is_error": True} if failed else result)

    def say(self, text: str) -> None:
        self._user({"type": "text", "text": text})

    def _user(self, block: dict[str, Any]) -> None:
        if self._messages[-1]["role"] != "user":
            self._messages.append({"role": "user", "content": []})
        self._messages[-1]["content"].append(block)
