"""Every route, asked with what its document allows and what it does not: it answers as it says."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import APIOperation, Case
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks
from schemathesis.specs.openapi.schemas import OpenApiSchema

from .together import together

CASES = int(os.environ.get("DIP_SCHEMATHESIS_CASES", "250"))
"""For all routes together."""
API = "/api/v1"
CHECKED = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
ENDLESS = f"{API}/sessions/{{session_id}}/events"
"""A stream that is let in never ends: it is asked about what is not there only."""
LAST = ("/undo", "/uploads/{upload_id}", "/tables/{table}", "/sessions/{session_id}")
"""Ends of the routes that take away what the others are asked about, in their order."""

pytestmark = pytest.mark.slow


class World:
    """A server with something of each kind in it, and its document."""

    def __init__(self, url: str) -> None:
        self.http = httpx2.Client(base_url=url, timeout=60)
        given = {"email": "ada@example.com", "password": "testpass"}
        token = self.http.post(f"{API}/auth/register", json=given).json()["access_token"]
        self.http.headers["Authorization"] = f"Bearer {token}"
        self.schema: OpenApiSchema = schemathesis.openapi.from_url(f"{url}{API}/openapi.json")
        self.there = self._made()

    def _made(self) -> dict[str, str]:
        """The names of path parameters -> what is there."""
        files = {"files": ("sales.csv", b"region,sales\nNorth,20\nSouth,41\n", "text/csv")}
        uploaded = self._told("post", "/files/upload", files=files)
        session = uploaded["session_id"]
        (file,) = self._told("get", f"/sessions/{session}/files")
        body = {"session_id": session, "query": "total sales by region"}
        query = self._told("post", "/query/process", json=body)["query_id"]
        export = self._told("post", f"/query/{query}/exports", json={"format": "csv"})
        headers = {"Upload-Length": "10", "Upload-Metadata": "filename YS5jc3Y="}
        place = self.http.post(f"{API}/sessions/{session}/uploads", headers=headers)
        return {
            "session_id": session, "query_id": query, "file_id": file["id"], "table": "sales",
            "export_id": export["id"], "upload_id": place.headers["location"].rsplit("/", 1)[1],
        }  # fmt: skip

    def _told(self, verb: str, path: str, **how: Any) -> Any:
        answer = getattr(self.http, verb)(f"{API}{path}", **how)
        assert answer.status_code < 300, answer.text
        return answer.json()

    def ask(self, case: Case, real: bool, let_in: bool) -> None:
        """About what is there, or what is not; by somebody, or nobody."""
        if real and case.operation.path != ENDLESS:
            places: list[Any] = [case.path_parameters, case.body]
            for place in (place for place in places if isinstance(place, dict)):
                place |= {name: value for name, value in self.there.items() if name in place}
        token = self.http.headers["authorization"] if let_in else "Bearer none"
        answer = case.call(headers={"Authorization": token}, timeout=60)
        if "x-request-id" in answer.headers:
            case.validate_response(answer, checks=CHECKED)
        else:  # no HTTP at all, so uvicorn refused it
            assert answer.status_code == 400


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("server")
    environment = {"DIP_SERVER_FOLDER": str(folder), "DIP_UPLOAD_MB": "10"}
    with together(environment, folder, count=1) as (server,):
        made = World(server.url)
        yield made
        made.http.close()
    assert '"level": "error"' not in server.said


def test_every_route_answers_as_its_document_says(world: World) -> None:
    operations = sorted(
        (found.ok() for found in world.schema.get_all_operations()), key=_destruction
    )
    assert len(operations) > 50
    wrong: dict[str, str] = {}
    for operation in operations:
        try:
            _asked(world, operation, max(2, CASES // len(operations)))
        except BaseExceptionGroup as found:
            wrong[operation.label] = "\n".join(map(str, found.exceptions))
        except Exception as found:  # noqa: BLE001 - the others are asked too
            wrong[operation.label] = f"{type(found).__name__}: {found}"
    assert not wrong, "\n\n".join(f"== {label}\n{what}" for label, what in wrong.items())


def _destruction(operation: APIOperation[Any, Any, Any]) -> int:
    """0 for what leaves everything as it is."""
    ends = operation.path.endswith(LAST) and operation.method in {"delete", "post"}
    return 1 + next(n for n, end in enumerate(LAST) if operation.path.endswith(end)) if ends else 0


def _asked(world: World, operation: APIOperation[Any, Any, Any], count: int) -> None:
    mostly = st.integers(0, 9).map(bool)
    cases = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    if _has_input(operation):
        cases |= operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)

    @settings(
        max_examples=count, deadline=None, database=None, derandomize=True,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=cases, real=st.booleans(), let_in=mostly)
    def ask(case: Case, real: bool, let_in: bool) -> None:
        world.ask(case, real, let_in)

    ask()


def _has_input(operation: APIOperation[Any, Any, Any]) -> bool:
    """There is something that can be wrong about a request."""
    parts = (operation.path_parameters, operation.query, operation.headers, operation.body)
    return any(len(part) for part in parts)
