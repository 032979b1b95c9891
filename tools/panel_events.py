"""Records the events of real runs, for the front end's tests of what it makes of them.

    python tools/panel_events.py        write jupyter_ext/packages/core/test/events/*.json

What differs from run to run (ids, times, durations) is written the same each time.
"""

from __future__ import annotations

import json
import re
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dip_sdk import Client
from dip_sdk.client import Session
from dip_sdk.client.core.asks import Choose, Request, RunPlan, ask
from dip_sdk.render.plans import edited
from dip_sdk.types.events import LAST

TARGET = Path(__file__).resolve().parent.parent / "jupyter_ext/packages/core/test/events"
FLIGHTS = """carrier,origin,departure_delay,arrival_delay,day
Blue,Oslo,5,7,2024-01-05
Blue,Rome,15,11,2024-01-06
Red,Oslo,0,3,2024-02-05
Red,Rome,8,9,2024-02-06
"""
PLAIN = {
    "session_id": "session",
    "query_id": "query",
    "id": "query",
    "at": "2026-01-01T00:00:00Z",
    "flights": "fingerprint",
    "dip": "version",
    "duckdb": "version",
    "sqlglot": "version",
    "today": "2026-01-01",
}
Log = list[dict[str, Any]]


def main() -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    for name, log in recorded():
        text = json.dumps(log, indent=1, ensure_ascii=False)
        (TARGET / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def recorded() -> Iterator[tuple[str, Log]]:
    """A name and the events of one run, for each way that a run can go."""
    with tempfile.TemporaryDirectory(prefix="dip-") as folder:
        data = Path(folder) / "flights.csv"
        data.write_text(FLIGHTS, encoding="utf-8")
        with Client(workdir=Path(folder) / "work", planner="rules") as client:
            session = client.session()
            session.upload(data)
            yield from _runs(session)


def _runs(session: Session) -> Iterator[tuple[str, Log]]:
    yield "clarify", _log(session, _asked("average delay by carrier"))
    yield "chosen", _log(session, Choose(session.history()[-1].result_id, 0))
    by_carrier = _asked("average arrival delay by carrier")
    yield "answered", _log(session, by_carrier)
    yield "cannot_answer", _log(session, _asked("average ticket price by carrier"))
    facts = session.query("average arrival delay by carrier").facts
    yield "failed", _log(session, RunPlan(edited(facts, "DROP TABLE flights")))
    yield "cancelled", _log(session, by_carrier, stop=True)


def _asked(question: str) -> Request:
    return ask(question, None, None, None)


def _log(session: Session, request: Request, *, stop: bool = False) -> Log:
    room, query_id = session.room(), str(uuid.uuid4())
    log: Log = []
    for event in room.answer(request, query_id):
        if stop:
            room.cancel(query_id)
        log.append(_plain(event.model_dump(mode="json")))
        if isinstance(event, LAST):
            break
    return log


def _plain(value: Any, name: str = "") -> Any:
    """The same each time it is recorded."""
    match value:
        case dict():
            return {key: _plain(item, key) for key, item in value.items()}
        case list():
            return [_plain(item, name) for item in value]
        case str() if name in PLAIN:
            return PLAIN[name]
        case float() if name in ("seconds", "fraction"):
            return 0.01
        case str():
            return re.sub(r"\d+(\.\d+)? m?s\b", "10 ms", value)
        case _:
            return value


if __name__ == "__main__":
    main()
