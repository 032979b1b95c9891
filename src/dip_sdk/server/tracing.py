"""Traces, for OpenTelemetry: what requests and questions took their time with.

On where `OTEL_EXPORTER_OTLP_ENDPOINT` is set; else nothing of it is loaded. A span has ids, routes
by template, stages, states and planners: never a question, a name of a table or column, or a value.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from fastapi.telemetry import TelemetryConfig
from opentelemetry import trace

from .._version import __version__
from ..types.errors import ConfigError
from ..types.events import CancelledEvent, Event, Failed, QueryResult, Status, StepDone
from .endings import state_of

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.sdk.trace import Span, TracerProvider

OFF = TelemetryConfig(tracing=False, metrics=False, logs=False, auto_configure=False)
"""The figures of `/metrics` and our log are chosen; FastAPI's own would quote addresses."""
QUIET = {"/healthz", "/readyz", "/metrics"}
"""Paths that are asked all the time."""
HIDDEN = ("url.path", "url.query", "http.request.method_original")
"""Attributes that may hold names and values: the route by template says enough."""
STAGES = {
    "Loading session data...": "load",
    "Understanding your request...": "plan",
    "Analyzing data...": "run",
    "Generating insights...": "tell",
}
"""What the engine says when a stage begins -> its span. A planner that looks at what its first step
gave goes on planning within `run`."""
REDACTED = "REDACTED"
LONGEST_SEND = 3.0
"""Seconds that a collector gets to take what is sent."""


class Tracing:
    """Where the spans of one process go; nowhere without an address."""

    def __init__(self, address: str) -> None:
        self._provider = _provider(address) if address else None
        self.tracer: trace.Tracer = (
            self._provider.get_tracer("dip_sdk", __version__)
            if self._provider
            else trace.NoOpTracer()
        )

    @property
    def telemetry(self) -> TelemetryConfig:
        """What FastAPI is told: a span for each request."""
        if self._provider is None:
            return OFF
        told: TelemetryConfig = {
            **OFF,
            "tracing": True,
            "operation_spans": False,
            "tracer_provider": self._provider,
            "exclude": _is_quiet,
        }
        return told

    def close(self) -> None:
        """Send what is left; it may take some seconds."""
        if self._provider is not None:
            self._provider.shutdown()


@asynccontextmanager
async def sending(tracing: Tracing) -> AsyncIterator[None]:
    """While the block lasts, spans are sent; what is left over, at its end."""
    try:
        yield
    finally:
        await asyncio.to_thread(tracing.close)


class Traced:
    """The span of one question, with one in it for each stage, from `wait` and `open` on."""

    def __init__(self, tracer: trace.Tracer, query_id: uuid.UUID) -> None:
        self._tracer = tracer
        self._whole = tracer.start_span("question", attributes={"dip.query_id": str(query_id)})
        self._within = trace.set_span_in_context(self._whole)
        self._stage: trace.Span | None = None

    def stage(self, name: str) -> None:
        """The next stage begins, and the one before is over."""
        self._over()
        self._stage = self._tracer.start_span(name, self._within)

    def take(self, event: Event) -> None:
        """Something happened in it."""
        match event:
            case Status() if event.message in STAGES:
                self.stage(STAGES[event.message])
            case StepDone():
                told = {"dip.index": event.index, "dip.seconds": event.seconds}
                self._whole.add_event("step", told)

    def end(self, last: Event, planner: str) -> None:
        """It is over, by its last event."""
        self._over()
        state = last.payload.status if isinstance(last, QueryResult) else state_of(last)[0]
        self._whole.set_attributes({"dip.planner": planner, "dip.state": state})
        if isinstance(last, (Failed, CancelledEvent)):
            self._spent(last.usage.calls, last.usage.tokens_in, last.usage.tokens_out)
        elif isinstance(last, QueryResult):
            usage = last.payload.usage
            self._spent(usage.calls, usage.tokens_in, usage.tokens_out)
        if isinstance(last, Failed):
            self._whole.set_attribute("error.type", last.code)
            self._whole.set_status(trace.StatusCode.ERROR)
        self._whole.end()

    def _spent(self, calls: int, tokens_in: int, tokens_out: int) -> None:
        self._whole.set_attributes(
            {
                "dip.model.calls": calls,
                "gen_ai.usage.input_tokens": tokens_in,
                "gen_ai.usage.output_tokens": tokens_out,
            }
        )

    def _over(self) -> None:
        if self._stage is not None:
            self._stage.end()
            self._stage = None


def _is_quiet(scope: MutableMapping[str, Any]) -> bool:
    return scope.get("path") in QUIET


def _provider(address: str) -> TracerProvider:
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        raise ConfigError(
            "OTEL_EXPORTER_OTLP_ENDPOINT is set, but what sends traces is not installed.",
            hint="pip install 'dip-sdk[tracing]'",
            code="no_tracing",
        ) from None

    class Hiding(SpanProcessor):
        """Takes what may be a name or a value out of a span, before anything has it."""

        def on_start(self, span: Span, parent_context: Context | None = None) -> None:  # noqa: ARG002
            for name in HIDDEN:
                if name in (span.attributes or {}):
                    span.set_attribute(name, REDACTED)

    named = Resource.create({"service.version": __version__})
    if str(named.attributes.get("service.name", "")).startswith("unknown_service"):
        named = named.merge(Resource({"service.name": "dip"}))
    provider = TracerProvider(resource=named, shutdown_on_exit=False)
    provider.add_span_processor(Hiding())
    exporter = OTLPSpanExporter(f"{address.rstrip('/')}/v1/traces", timeout=LONGEST_SEND)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return provider
