"""A reply as it comes in: blocks of text and calls, gathered from the events of a stream.

The library's own helper mends the JSON of a call that broke off; a statement that lost its end
would then run. Here a call's arguments count only when they are whole.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from anthropic.types import RawMessageStreamEvent


@dataclass(frozen=True)
class Call:
    """A tool the model calls. `arguments` is None where they were no JSON object."""

    id: str
    name: str
    arguments: Mapping[str, Any] | None


@dataclass
class Reply:
    """One message of the model, complete when `stop` is set."""

    blocks: list[dict[str, Any]] = field(default_factory=list)
    stop: str | None = None
    usage: dict[str, int] = field(default_factory=dict)
    _json: dict[int, str] = field(default_factory=dict)

    def take(self, event: RawMessageStreamEvent) -> str:
        """Take in an event; gives the text it adds."""
        match event.type:
            case "message_start":
                self._count(event.message.usage.to_dict())
            case "content_block_start":
                self.blocks.append(event.content_block.to_dict())
            case "content_block_delta":
                return self._grow(event.index, event.delta.to_dict())
            case "message_delta":
                self.stop = event.delta.stop_reason
                self._count(event.usage.to_dict())
        return ""

    def _grow(self, index: int, delta: Mapping[str, Any]) -> str:
        block = self.blocks[index]
        match delta["type"]:
            case "text_delta":
                block["text"] += delta["text"]
                return str(delta["text"])
            case "input_json_delta":
                self._json[index] = self._json.get(index, "") + delta["partial_json"]
            case "thinking_delta":
                block["thinking"] += delta["thinking"]
            case "signature_delta":
                block["signature"] = delta["signature"]
        return ""

    def _count(self, usage: Mapping[str, Any]) -> None:
        self.usage |= {name: n for name, n in usage.items() if isinstance(n, int)}

    @property
    def content(self) -> list[dict[str, Any]]:
        """The blocks as they are given back: calls with their arguments, no empty text."""
        whole = []
        for index, block in enumerate(self.blocks):
            if block["type"] == "tool_use":
                whole.append({**block, "input": self._arguments(index, block) or {}})
            elif block["type"] != "text" or block["text"].strip():
                whole.append(block)
        return whole

    @property
    def calls(self) -> list[Call]:
        return [
            Call(str(block["id"]), str(block["name"]), self._arguments(index, block))
            for index, block in enumerate(self.blocks)
            if block["type"] == "tool_use"
        ]

    def _arguments(self, index: int, block: Mapping[str, Any]) -> dict[str, Any] | None:
        text = self._json.get(index, "")
        if not text:
            given = block.get("input")
            return dict(given) if isinstance(given, Mapping) else None
        try:
            found = json.loads(text)
        except ValueError:
            return None
        return found if isinstance(found, dict) else None
