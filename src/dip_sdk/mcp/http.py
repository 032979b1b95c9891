"""Streamable HTTP on an address: for this machine alone, or for whoever has the token."""

from __future__ import annotations

import hmac
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import uvicorn
from mcp.server.transport_security import TransportSecuritySettings
from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from ..types.errors import ConfigError
from .room import Room
from .server import server
from .signals import on_signals

PATH = "/mcp"
SHORTEST = 24
"""Characters of a token."""
LOOPBACK = ("127.0.0.1", "localhost", "::1")
SESSIONS = 100
"""Clients at once."""
ENDING = 3
"""Seconds that requests get to end."""


class _Serving(uvicorn.Server):
    """Ends when it is told to; the process goes on and ends in order."""

    def end(self, _number: int) -> None:
        self.should_exit = True

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone: uvicorn would raise them again, and nothing after it would run."""
        yield


@dataclass(frozen=True)
class Door:
    """Where HTTP is answered, and whom."""

    host: str
    port: int
    """0 takes any that is free."""
    token: str = ""
    """What a caller has to know; "" lets everybody on this machine in."""
    names: tuple[str, ...] = ()
    """Other names that callers know this machine by."""


def door(address: str, token: str, names: Sequence[str] = ()) -> Door:
    """The door of `HOST:PORT`, `:PORT` or `PORT`; without a host it is this machine alone.

    Raises `ConfigError` for no such address, a token that can be guessed, and for an address that
    others can reach without one.
    """
    host, _, port = address.rpartition(":")
    host = host.removeprefix("[").removesuffix("]") or LOOPBACK[0]
    if not port.isdecimal() or int(port) > 65535:
        raise ConfigError(
            f"{address!r} is no address.", hint="Write it as 127.0.0.1:8766.", code="usage"
        )
    if host not in LOOPBACK and not token:
        raise ConfigError(
            f"Others could reach {host}, so that callers need a token.",
            hint="Set DIP_MCP_TOKEN, or listen on 127.0.0.1.",
            code="needs_token",
        )
    if token and (len(token) < SHORTEST or not token.isascii() or not token.isprintable()):
        raise ConfigError(
            "The token of DIP_MCP_TOKEN can be guessed.",
            hint=f"Take {SHORTEST} random characters or more: openssl rand -hex 24.",
            code="weak_token",
        )
    return Door(host, int(port), token, tuple(name.lower() for name in names))


async def over_http(room: Room, privacy: str, at: Door, ready: Callable[[str], object]) -> None:
    """Serve streamable HTTP; `ready` is told the address once it is listened on."""
    listening = _listening(at)
    port = listening.getsockname()[1]
    app = server(room, privacy).streamable_http_app(
        streamable_http_path=PATH,
        transport_security=allowed(at, port),
        max_sessions=SESSIONS,
        host=at.host,
    )
    config = uvicorn.Config(
        Guarded(app, at.token),
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=ENDING,
    )
    serving = _Serving(config)
    async with room:
        on_signals(serving.end)
        ready(f"http://{_bracketed(at.host)}:{port}{PATH}")
        await serving.serve(sockets=[listening])


def allowed(at: Door, port: int) -> TransportSecuritySettings:
    """The names that a request may call this machine by, and pages that may ask: its own alone.

    A page elsewhere that points its own name at this machine is refused by its Host.
    """
    known = {_bracketed(name) for name in (*LOOPBACK, at.host, *at.names)}
    hosts = sorted(known | {f"{name}:{port}" for name in known})
    return TransportSecuritySettings(
        enable_dns_rebinding_protection=True,
        allowed_hosts=hosts,
        allowed_origins=[f"{scheme}://{host}" for scheme in ("http", "https") for host in hosts],
    )


class Guarded:
    """An application whose callers have to show a token, where there is one."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._token = token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let it through, or answer 401."""
        if scope["type"] != "http" or self._may(Headers(scope=scope)):
            await self._app(scope, receive, send)
            return
        told = {
            "code": "unauthorized",
            "message": "This server wants a token.",
            "hint": "Send it as: Authorization: Bearer TOKEN.",
        }
        refused = JSONResponse(told, 401, {"WWW-Authenticate": "Bearer"})
        await refused(scope, receive, send)

    def _may(self, headers: Headers) -> bool:
        if not self._token:
            return True
        kind, _, shown = headers.get("authorization", "").partition(" ")
        return kind.lower() == "bearer" and hmac.compare_digest(shown.encode(), self._token)


def _listening(at: Door) -> socket.socket:
    family = socket.AF_INET6 if ":" in at.host else socket.AF_INET
    found = socket.socket(family)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((at.host, at.port))
        found.listen()
    except OSError:
        found.close()
        raise ConfigError(
            f"{at.host}:{at.port} cannot be listened on.",
            hint="Something else may listen there: try another port.",
            code="port_taken",
        ) from None
    return found


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
