"""Every request gets a number, is measured, has its line in the log, and is answered guarded."""

from __future__ import annotations

import logging
import time
import uuid

from opentelemetry import trace
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

from . import metrics

log = logging.getLogger("dip_sdk.server.requests")
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
"""Every answer carries these; a page of ours brings its own policy."""
STREAM = "text/event-stream"


class Watch:
    """Around the whole application, as the outermost of its layers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        request_id = uuid.uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id
        trace.get_current_span().set_attribute("dip.request_id", request_id)
        seen = _Seen(scope, send)
        with bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, receive, seen.send)
            except Exception:
                seen.status = 500
                log.exception("A request ended in an unforeseen error")
                raise
            finally:
                seen.end()


def guard(headers: MutableHeaders, request_id: str) -> None:
    """Add what every answer carries."""
    headers["X-Request-ID"] = request_id
    for name, value in HEADERS.items():
        headers.setdefault(name, value)


class _Seen:
    """One request, as its answer goes out."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.status = 500
        self._scope = scope
        self._send = send
        self._begun = time.perf_counter()
        self._listens = ""
        """What kind of listener it is, while it is one."""

    async def send(self, message: Message) -> None:
        match message["type"]:
            case "http.response.start":
                self._starts(message)
            case "websocket.accept":
                self.status = 101
                self._opens("socket")
            case "websocket.close" if not self._listens:
                self.status = 403
        await self._send(message)

    def end(self) -> None:
        """It is over, well or badly."""
        seconds = time.perf_counter() - self._begun
        if self._listens:
            metrics.STREAMS.labels(self._listens).dec()
        else:
            metrics.request(self._route(), self._method(), self.status, seconds)
        log.info("request", extra=self._told(seconds))

    def _starts(self, message: Message) -> None:
        headers = MutableHeaders(scope=message)
        guard(headers, self._scope["state"]["request_id"])
        self.status = message["status"]
        if headers.get("content-type", "").startswith(STREAM):
            self._opens("stream")

    def _opens(self, kind: str) -> None:
        """It stays open for as long as somebody listens: that is not how long it took."""
        self._listens = kind
        metrics.STREAMS.labels(kind).inc()
        seconds = time.perf_counter() - self._begun
        metrics.request(self._route(), self._method(), self.status, seconds)

    def _told(self, seconds: float) -> dict[str, object]:
        user = self._scope["state"].get("user_id")
        return {
            "route": self._route(),
            "method": self._method(),
            "status": self.status,
            "ms": round(1000 * seconds, 1),
            "user": None if user is None else str(user),
        }

    def _method(self) -> str:
        return str(self._scope.get("method", "GET"))

    def _route(self) -> str:
        """The template of the route that was met, with the prefixes it was included under."""
        included = self._scope.get("fastapi", {}).get("effective_route_context")
        found = (
            getattr(route, "path_format", "") for route in (included, self._scope.get("route"))
        )
        return next((str(template) for template in found if template), "")
