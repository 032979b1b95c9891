"""What the server measures of itself, who may see it, and what never stands in it."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
import yaml
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from dip_sdk.server import metrics
from dip_sdk.server.app import application
from dip_sdk.server.settings import settings
from dip_sdk.types.events import CancelledEvent
from dip_sdk.types.result import Usage

from ..serving import serving
from .conftest import logged_in

API = "/api/v1"
TOKEN = "a-token-of-the-operator"
DOCS = Path(__file__).parents[2] / "docs"
NAME = re.compile(r"\bdip_[a-z_]+\b")
Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


@pytest.fixture
def http(tmp_path: Path) -> Iterator[TestClient]:
    given = {"DIP_SERVER_FOLDER": str(tmp_path), "DIP_METRICS_TOKEN": TOKEN}
    app = application(settings(given))
    with TestClient(app, base_url="http://localhost", raise_server_exceptions=False) as client:
        yield client


def read(http: TestClient) -> Samples:
    answer = http.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def grown(before: Samples, after: Samples, name: str, **labels: str) -> float:
    """By how much a figure grew: those of earlier tests of this process count on."""
    key = (name, tuple(sorted(labels.items())))
    return after.get(key, 0.0) - before.get(key, 0.0)


def test_it_tells_of_requests_questions_files_and_exports(ada: TestClient) -> None:
    before = read(ada)
    text = b"region,sales\nNorth,20\nSouth,41\n"
    told = ada.post(f"{API}/files/upload", files={"files": ("sales.csv", text)}).json()
    body = {"session_id": told["session_id"], "query": "total sales by region"}
    query = ada.post(f"{API}/query/process", json=body).json()["query_id"]
    ada.post(f"{API}/query/{query}/exports", json={"format": "csv"})
    ada.get(f"{API}/query/00000000-0000-0000-0000-000000000000")
    ada.request("BREW", "/no/such/place")
    after = read(ada)
    for name, labels in {
        "dip_queries_total": {"state": "answered", "planner": "rules"},
        "dip_query_seconds_count": {"planner": "rules"},
        "dip_query_wait_seconds_count": {},
        "dip_upload_files_total": {"format": "csv"},
        "dip_exports_total": {"format": "csv"},
    }.items():
        assert grown(before, after, name, **labels) == 1, name
    assert grown(before, after, "dip_upload_bytes_total") == len(text)
    requests = "dip_requests_total"
    asked = {"route": f"{API}/query/process", "method": "POST", "status": "2xx"}
    assert grown(before, after, requests, **asked) == 1
    unknown = {"route": f"{API}/query/{{query_id}}", "method": "GET", "status": "4xx"}
    assert grown(before, after, requests, **unknown) == 1
    nowhere = {"route": "none", "method": "other", "status": "4xx"}
    assert grown(before, after, requests, **nowhere) == 1
    assert after["dip_workers", ()] >= 1
    assert after["dip_sessions_open", ()] == 1
    assert (after["dip_queries_running", ()], after["dip_queries_waiting", ()]) == (0, 0)


def test_no_label_says_who_asked_or_of_what(ada: TestClient) -> None:
    text = b"canary_column,sales\ncanary_cell,20\n"
    told = ada.post(f"{API}/files/upload", files={"files": ("canary_file.csv", text)}).json()
    session = told["session_id"]
    plan = {
        "question": "canary_question", "planner": "canary_planner",
        "steps": [{"kind": "sql", "name": "a", "sql": "SELECT canary_column FROM canary_file"},
                  {"kind": "answer", "table": "a"}],
    }  # fmt: skip
    assert ada.post(f"{API}/query/run", json={"session_id": session, "plan": plan}).is_success
    ada.get("/canary_path?canary_parameter=1")
    user = ada.get(f"{API}/auth/me").json()["id"]
    shown = ada.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text
    assert 'dip_queries_total{planner="other"' in shown
    for secret in ("canary", "ada@", session, user, TOKEN):
        assert secret not in shown


def test_a_listener_is_counted_while_it_listens(ada: TestClient) -> None:
    session = ada.post(f"{API}/sessions", json={}).json()["id"]
    key = ("dip_streams", (("kind", "socket"),))
    with ada.websocket_connect(f"ws://localhost/ws/query/{session}", headers=ada.headers) as socket:
        assert socket.receive_json()["type"] == "connected"
        assert read(ada)[key] == 1
    deadline = time.monotonic() + 5
    while read(ada)[key] != 0:
        assert time.monotonic() < deadline
    opened = {"route": "/ws/query/{session_id}", "method": "GET", "status": "1xx"}
    assert grown({}, read(ada), "dip_requests_total", **opened) >= 1


def test_attempts_to_log_in_are_counted_by_how_they_ended(ada: TestClient) -> None:
    before = read(ada)
    for password in ("testpass", "wrongpass", "wrongpass"):
        ada.post(f"{API}/auth/login", json={"email": "ada@example.com", "password": password})
    after = read(ada)
    assert grown(before, after, "dip_logins_total", outcome="ok") == 1
    assert grown(before, after, "dip_logins_total", outcome="wrong_login") == 2


def test_what_a_model_cost_is_summed_up(ada: TestClient) -> None:
    before = read(ada)
    usage = Usage(calls=2, tokens_in=1000, tokens_out=50, money=0.25)
    stopped = CancelledEvent(session_id="s", at="2026-01-01T00:00:00Z", usage=usage)
    metrics.query(stopped, "claude", seconds=None)
    after = read(ada)
    assert grown(before, after, "dip_model_tokens_total", direction="in") == 1000
    assert grown(before, after, "dip_model_tokens_total", direction="out") == 50
    assert grown(before, after, "dip_model_calls_total") == 2
    assert grown(before, after, "dip_model_dollars_total") == 0.25
    stopped_by = {"state": "cancelled", "planner": "claude"}
    assert grown(before, after, "dip_queries_total", **stopped_by) == 1
    assert grown(before, after, "dip_query_seconds_count", planner="claude") == 0


def test_only_this_machine_and_who_has_the_token_may_see_it(http: TestClient) -> None:
    assert http.get("/metrics").status_code == 404
    wrong = {"Authorization": f"Bearer {TOKEN}x"}
    assert http.get("/metrics", headers=wrong).status_code == 404
    user = logged_in(http, "ada@example.com")
    assert user.get("/metrics").status_code == 404
    for address in ("127.0.0.1", "::1"):
        near = TestClient(http.app, base_url="http://localhost", client=(address, 5000))
        near.portal = http.portal
        assert near.get("/metrics").status_code == 200
        through = near.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"})
        assert through.status_code == 404, "it came through a proxy of this machine"


def test_without_a_token_no_token_lets_in(tmp_path: Path) -> None:
    app = application(settings({"DIP_SERVER_FOLDER": str(tmp_path)}))
    with TestClient(app, base_url="http://localhost") as http:
        for given in ("Bearer ", "Bearer None", ""):
            assert http.get("/metrics", headers={"Authorization": given}).status_code == 404


def exported() -> set[str]:
    """Every name that a scrape has, with the endings of its kind."""
    names: set[str] = set()
    for family in metrics.REGISTRY.collect():
        endings = {
            "counter": ("_total",), "gauge": ("",), "histogram": ("_bucket", "_sum", "_count"),
        }[family.type]  # fmt: skip
        names |= {family.name + ending for ending in endings}
    return names


@pytest.mark.parametrize("name", ["operating.md", "operating/alerts.yml", "operating/grafana.json"])
def test_what_is_written_for_operators_names_metrics_that_exist(name: str) -> None:
    named = set(NAME.findall((DOCS / name).read_text(encoding="utf-8"))) - {"dip_sdk"}
    assert len(named) > 5
    assert named <= exported() | {family.name for family in metrics.REGISTRY.collect()}
    if name.endswith(".md"):
        assert {family.name for family in metrics.REGISTRY.collect()} <= {
            found.removesuffix("_total") for found in named
        }, "every metric is described"


def test_every_alert_says_what_it_means_and_what_to_do() -> None:
    told = yaml.safe_load((DOCS / "operating/alerts.yml").read_text(encoding="utf-8"))
    rules = [rule for group in told["groups"] for rule in group["rules"]]
    assert len({rule["alert"] for rule in rules}) == len(rules) >= 6
    for rule in rules:
        assert set(rule) == {"alert", "expr", "for", "labels", "annotations"}
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert set(rule["annotations"]) == {"summary", "description"}
        assert rule["expr"].count("(") == rule["expr"].count(")")


def test_the_dashboard_has_a_question_to_prometheus_in_every_panel() -> None:
    told = json.loads((DOCS / "operating/grafana.json").read_text(encoding="utf-8"))
    panels = [panel for panel in told["panels"] if panel["type"] != "row"]
    assert len({panel["id"] for panel in panels}) == len(panels) >= 6
    assert all(target["expr"] for panel in panels for target in panel["targets"])


@pytest.mark.slow
def test_over_real_sockets_a_stream_is_counted_until_its_listener_leaves(tmp_path: Path) -> None:
    """With the figures in files, as several processes share them."""
    (tmp_path / "figures").mkdir()
    shared = {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path / "figures")}
    with serving(tmp_path / "server", **shared) as url, httpx2.Client(base_url=url) as client:
        given = {"email": "ada@example.com", "password": "testpass"}
        token = client.post(f"{API}/auth/register", json=given).json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        session = client.post(f"{API}/sessions", json={}).json()["id"]
        with client.stream("GET", f"{API}/sessions/{session}/events") as events:
            lines = events.iter_lines()
            assert next(lines).startswith("data: ")
            assert _figure(client, 'dip_streams{kind="stream"}') == 1
        deadline = time.monotonic() + 20
        while _figure(client, 'dip_streams{kind="stream"}') != 0:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        stream = f'{{method="GET",route="{API}/sessions/{{session_id}}/events",status="2xx"}}'
        assert _figure(client, f"dip_requests_total{stream}") == 1


def _figure(client: httpx2.Client, name: str) -> float:
    """What a scrape of this machine says of it."""
    text = client.get("/metrics", headers={"Authorization": ""}).text
    (line,) = (line for line in text.splitlines() if line.startswith(name))
    return float(line.rsplit(" ", 1)[1])
