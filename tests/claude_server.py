"""A server that speaks the Messages API over loopback; its replies are written by the tests.

A reply is what `calls`, `says`, `fails`, ... below make, or a function of the request that makes
one. The client that talks to it is the real one.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Events = list[tuple[str, dict[str, Any]]]


@dataclass
class Reply:
    """What comes back: a stream of events, or an error with its status."""

    events: Events = field(default_factory=list)
    status: int = 200
    error: dict[str, Any] | None = None
    headers: dict[str, str] = field(default_factory=dict)
    hangs: bool = False
    """The line stays open after the last event and nothing more comes."""
    raw: bytes | None = None


Scripted = Reply | Callable[[dict[str, Any]], Reply]


def call(name: str, /, **arguments: Any) -> dict[str, Any]:
    return {"type": "tool_use", "name": name, "input": arguments}


def calls(name: str, /, **arguments: Any) -> Reply:
    """A reply of one tool call."""
    return says(call(name, **arguments))


def says(*blocks: str | dict[str, Any], stop: str | None = "", usage: int = 100) -> Reply:
    """A reply of texts and calls, in pieces as the real API sends them."""
    whole = [{"type": "text", "text": b} if isinstance(b, str) else b for b in blocks]
    events: Events = [_start(usage)]
    for index, block in enumerate(whole):
        events += _block(index, block)
    used = any(block["type"] == "tool_use" for block in whole)
    reason = ("tool_use" if used else "end_turn") if stop == "" else stop
    if reason is not None:
        delta = {"stop_reason": reason, "stop_sequence": None}
        events.append(("message_delta", {"delta": delta, "usage": {"output_tokens": 20}}))
        events.append(("message_stop", {}))
    return Reply(events)


def fails(status: int, kind: str, **headers: str) -> Reply:
    error = {"type": "error", "error": {"type": kind, "message": "in words of the server"}}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status=status, error=error, headers=named)


def overloaded_midway() -> Reply:
    """Status 200, a piece of text, then an error event."""
    error = {"type": "overloaded_error", "message": "Overloaded"}
    return Reply([*says("Let me", stop=None).events, ("error", {"error": error})])


def hangs(*blocks: str) -> Reply:
    return Reply(says(*blocks, stop=None).events, hangs=True)


def broken_json(name: str, text: str, stop: str = "tool_use") -> Reply:
    """A tool call whose arguments are this text."""
    reply = says(call(name), stop=stop)
    for number, (kind, body) in enumerate(reply.events):
        if kind == "content_block_delta":
            delta = {"type": "input_json_delta", "partial_json": text}
            reply.events[number] = (kind, {**body, "delta": delta})
    return reply


def _start(tokens: int) -> tuple[str, dict[str, Any]]:
    usage = {
        "input_tokens": tokens,
        "output_tokens": 1,
        "cache_creation_input_tokens": 10,
        "cache_read_input_tokens": 1000,
    }
    message = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "m",
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": usage,
    }
    return "message_start", {"message": message}


def _block(index: int, block: dict[str, Any]) -> Events:
    if block["type"] == "text":
        empty, text = {"type": "text", "text": ""}, block["text"]
    else:
        empty = {**block, "id": f"toolu_{index}", "input": {}}
        text = json.dumps(block["input"])
    kind = "text_delta" if block["type"] == "text" else "input_json_delta"
    key = "text" if block["type"] == "text" else "partial_json"
    pieces = [text[at : at + 30] for at in range(0, len(text), 30)]
    return [
        ("content_block_start", {"index": index, "content_block": empty}),
        *(
            ("content_block_delta", {"index": index, "delta": {"type": kind, key: piece}})
            for piece in pieces
        ),
        ("content_block_stop", {"index": index}),
    ]


@dataclass
class ClaudeServer:
    """The running server: what it shall say, and what it was sent, byte for byte."""

    url: str
    script: list[Scripted] = field(default_factory=list)
    always: Scripted | None = None
    """The reply when the script is at its end."""
    bodies: list[bytes] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)

    @property
    def requests(self) -> list[dict[str, Any]]:
        return [json.loads(body) for body in self.bodies]

    def next(self, body: bytes) -> Reply:
        self.bodies.append(body)
        scripted = self.script.pop(0) if self.script else self.always
        assert scripted is not None, "the script is at its end"
        return scripted(json.loads(body)) if callable(scripted) else scripted


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    claude: ClaudeServer

    def log_message(self, *args: object) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.claude.paths.append(self.path)
        reply = self.claude.next(body)
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("connection", "close")
        self.close_connection = True
        if reply.error is not None:
            self._whole(json.dumps(reply.error).encode(), "application/json")
        elif reply.raw is not None:
            self._whole(reply.raw, "text/event-stream")
        else:
            self._stream(reply)

    def _whole(self, data: bytes, kind: str) -> None:
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _stream(self, reply: Reply) -> None:
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        for kind, body in reply.events:
            data = json.dumps({"type": kind, **body})
            self.wfile.write(f"event: {kind}\ndata: {data}\n\n".encode())
            self.wfile.flush()
        if reply.hangs:
            self.claude.released.wait(30)


@contextmanager
def running() -> Iterator[ClaudeServer]:
    handler = type("Bound", (_Handler,), {})
    http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    claude = ClaudeServer(f"http://127.0.0.1:{http.server_port}")
    handler.claude = claude  # type: ignore[attr-defined]
    thread = threading.Thread(target=http.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield claude
    finally:
        claude.released.set()
        http.shutdown()
        http.server_close()
        thread.join()
