"""What a collector of traces is sent of a real server, and what it never is."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx2
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from dip_sdk.server.tracing import OFF, Tracing

from ..serving import PATIENCE, free_port, serving

API = "/api/v1"


class Collector:
    """Takes traces by OTLP over HTTP, as the one of an operator does."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        taken = self.bodies

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                assert self.path == "/v1/traces"
                taken.append(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def spans(self) -> list[Span]:
        requests = map(ExportTraceServiceRequest.FromString, self.bodies)
        return [
            span
            for request in requests
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]

    @contextmanager
    def listening(self) -> Iterator[Collector]:
        thread = threading.Thread(target=self._server.serve_forever)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            thread.join()
            self._server.server_close()


def attributes(of: list[KeyValue]) -> dict[str, object]:
    return {one.key: getattr(one.value, one.value.WhichOneof("value")) for one in of}


def register(client: httpx2.Client) -> None:
    given = {"email": "canary@example.com", "password": "testpass"}
    token = client.post(f"{API}/auth/register", json=given).json()["access_token"]
    client.headers["Authorization"] = f"Bearer {token}"


@pytest.mark.slow
def test_a_question_is_a_span_with_its_stages_within_that_of_its_request(tmp_path: Path) -> None:
    with Collector().listening() as collector:
        settings = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url}
        with (
            serving(tmp_path, **settings) as url,
            httpx2.Client(base_url=url, timeout=PATIENCE) as client,
        ):
            register(client)
            files = {"files": ("canary.csv", b"canary_region,sales\ncanary_north,20\n", "text/csv")}
            session = client.post(f"{API}/files/upload", files=files).json()["session_id"]
            body = {"session_id": session, "query": "total sales by canary region"}
            answer = client.post(f"{API}/query/process", json=body)
            query = answer.json()["query_id"]
            place = f"{API}/query/{query}/results"
            client.get(place, params={"filter": "canary_region eq canary_north"})
            client.get("/canary")
            client.get("/readyz")
        spans = collector.spans
    (question,) = (span for span in spans if span.name == "question")
    told = attributes(list(question.attributes))
    assert told["dip.query_id"] == query
    assert (told["dip.state"], told["dip.planner"]) == ("answered", "rules")
    (request,) = (span for span in spans if span.name == f"POST {API}/query/process")
    assert question.parent_span_id == request.span_id
    assert attributes(list(request.attributes))["dip.request_id"] == answer.headers["X-Request-ID"]
    steps = [attributes(list(event.attributes)) for event in question.events]
    assert [step["dip.index"] for step in steps] == list(range(len(steps)))
    assert steps
    stages = [span for span in spans if span.parent_span_id == question.span_id]
    assert [span.name for span in stages] == ["wait", "open", "load", "plan", "run", "tell"]
    for span in stages:
        assert question.start_time_unix_nano <= span.start_time_unix_nano
        assert span.end_time_unix_nano <= question.end_time_unix_nano
    assert not any("readyz" in span.name for span in spans)
    assert b"canary" not in b"".join(collector.bodies)


@pytest.mark.slow
def test_a_collector_that_is_away_keeps_nobody_waiting(tmp_path: Path) -> None:
    """Not even the end of the server: `serving` waits for that."""
    from .together import Server

    away = {"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{free_port()}"}
    server = Server(away | {"DIP_SERVER_FOLDER": str(tmp_path / "server")}, tmp_path / "log")
    server.start()
    server.wait()
    with httpx2.Client(base_url=server.url, timeout=PATIENCE) as client:
        register(client)
        assert client.get(f"{API}/auth/me").status_code == 200
    server.stop()
    assert server.ended() == 0
    assert "Traceback" not in server.said


def test_without_an_address_nothing_is_traced() -> None:
    tracing = Tracing("")
    assert tracing.telemetry == OFF
    assert not tracing.tracer.start_span("x").is_recording()
    tracing.close()
