"""What the server counts and measures of itself, for Prometheus.

No label says who asked, of what, or in which words: routes by their template, states, planners,
kinds of things. The figures are those of this process; of several under one
`dip serve --workers`, a scrape of any tells of all.
"""

from __future__ import annotations

import os
from pathlib import Path

import psutil
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    multiprocess,
)

from ..types.events import CancelledEvent, Event, Failed, QueryResult
from ..types.result import Usage

REGISTRY = CollectorRegistry()
SECONDS = (0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 300)
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"}
PLANNERS = {"rules", "claude", "auto", "edited"}
"""A client names the planner of a plan it sends: what is not ours is `other`."""


def _counter(name: str, about: str, *labels: str) -> Counter:
    return Counter(name, about, labels, registry=REGISTRY)


def _gauge(name: str, about: str, *labels: str) -> Gauge:
    return Gauge(name, about, labels, registry=REGISTRY, multiprocess_mode="livesum")


def _histogram(name: str, about: str, *labels: str) -> Histogram:
    return Histogram(name, about, labels, registry=REGISTRY, buckets=SECONDS)


_REQUESTS = _counter("dip_requests", "Requests answered.", "route", "method", "status")
_REQUEST_SECONDS = _histogram(
    "dip_request_seconds", "Until the answer is sent; of a stream, until it begins.",
    "route", "method",
)  # fmt: skip
STREAMS = _gauge("dip_streams", "Open listeners of events: sockets and streams.", "kind")
_QUERIES = _counter("dip_queries", "Questions that are over.", "state", "planner")
_QUERY_SECONDS = _histogram("dip_query_seconds", "From its place to its end.", "planner")
QUERY_WAIT = _histogram("dip_query_wait_seconds", "Until a question got a place.")
RUNNING = _gauge("dip_queries_running", "Questions being answered.")
WAITING = _gauge("dip_queries_waiting", "Questions that wait for a free place.")
REFUSED = _counter("dip_refused", "What a limit refused.", "limit")
_CALLS = _counter("dip_model_calls", "Requests to a model.")
_TOKENS = _counter("dip_model_tokens", "Tokens of a model.", "direction")
_DOLLARS = _counter("dip_model_dollars", "What a model cost, in US dollars.")
_FILES = _counter("dip_upload_files", "Files read into sessions.", "format")
_BYTES = _counter("dip_upload_bytes", "Bytes of these files.")
EXPORTS = _counter("dip_exports", "Answers written as files.", "format")
LOGINS = _counter("dip_logins", "Attempts to log in.", "outcome")
_WORKERS = _gauge("dip_workers", "Worker processes alive.")
_SESSIONS = _gauge("dip_sessions_open", "Sessions that have a worker at hand.")
_REDIS_AWAY = Gauge(
    "dip_redis_away", "1 while Redis does not answer: processes hear late.",
    registry=REGISTRY, multiprocess_mode="livemostrecent",
)  # fmt: skip


def request(route: str, method: str, status: int, seconds: float) -> None:
    """A request was answered. `route` is its template, "" where none was met."""
    known = method if method in METHODS else "other"
    route = route or "none"
    _REQUESTS.labels(route, known, f"{status // 100}xx").inc()
    _REQUEST_SECONDS.labels(route, known).observe(seconds)


def query(last: Event, planner: str, seconds: float | None) -> None:
    """A question is over, by its last event; `seconds` is None when it never got a place."""
    known = planner if planner in PLANNERS else "other"
    state, usage = _ended(last)
    _QUERIES.labels(state, known).inc()
    if seconds is not None:
        _QUERY_SECONDS.labels(known).observe(seconds)
    _CALLS.inc(usage.calls)
    _TOKENS.labels("in").inc(usage.tokens_in)
    _TOKENS.labels("out").inc(usage.tokens_out)
    _DOLLARS.inc(usage.money)


def _ended(last: Event) -> tuple[str, Usage]:
    match last:
        case QueryResult():
            return last.payload.status, last.payload.usage
        case Failed():
            return "failed", last.usage
        case CancelledEvent():
            return "cancelled", last.usage
        case _:
            return "other", Usage()


def uploaded(format: str, size: int) -> None:
    """A file of so many bytes was read."""
    _FILES.labels(format).inc()
    _BYTES.inc(size)


def scrape(sessions: int, redis_away: bool) -> bytes:
    """Everything in the text format of Prometheus, with what is looked up at this moment."""
    _SESSIONS.set(sessions)
    _REDIS_AWAY.set(redis_away)
    _WORKERS.set(_workers())
    registry = REGISTRY
    if folder := os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        _forget_gone(Path(folder))
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)


def _forget_gone(folder: Path) -> None:
    """What processes that are gone had open is not open any more; what they counted stays."""
    for pid in {int(path.stem.rpartition("_")[2]) for path in folder.glob("gauge_live*.db")}:
        if not psutil.pid_exists(pid):
            multiprocess.mark_process_dead(pid, str(folder))  # type: ignore[no-untyped-call]


def _workers() -> int:
    """Children of this process that run our workers."""
    return sum(_is_worker(child) for child in psutil.Process().children())


def _is_worker(child: psutil.Process) -> bool:
    try:
        return "dip_sdk.worker" in child.cmdline()
    except psutil.Error:  # it ended meanwhile
        return False
