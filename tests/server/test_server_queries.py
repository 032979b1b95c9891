"""The whole way of a question over HTTP: upload, ask, page, follow, stop, replay."""

from __future__ import annotations

import json
import time
import uuid
from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

SALES = b"region,sales\nNorth,20\nSouth,41\nNorth,5\n"
API = "/api/v1"
SLOW = (
    "SELECT count(*) AS n FROM range(100000) a, range(100000) b, sales s WHERE a.range <> b.range"
)


def uploaded(user: TestClient, text: bytes = SALES, name: str = "sales.csv") -> str:
    answer = user.post(f"{API}/files/upload", files={"files": (name, text, "text/csv")})
    assert answer.status_code == 200, answer.text
    session_id: str = answer.json()["session_id"]
    return session_id


def asked(user: TestClient, session_id: str, query: str, **more: Any) -> Any:
    body = {"session_id": session_id, "query": query} | more
    return user.post(f"{API}/query/process", json=body)


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_the_classic_way_from_a_file_to_an_answer(ada: TestClient) -> None:
    answer = ada.post(f"{API}/files/upload", files={"files": ("sales.csv", SALES, "text/csv")})
    told = answer.json()
    assert (answer.status_code, told["total_files"], told["total_size"]) == (200, 1, len(SALES))
    (file,) = told["files"]
    assert (file["filename"], file["status"], file["tables"][0]["rows"]) == (
        "sales.csv", "ready", 3,
    )  # fmt: skip
    answer = asked(ada, told["session_id"], "Show me total sales by region").json()
    assert answer["status"] == "answered"
    assert {row["region"] for row in answer["result"]["data"]} == {"North", "South"}
    assert answer["explanation"]
    assert answer["suggestions"]
    assert ada.get(f"{API}/query/{answer['query_id']}").json() == answer


def test_rows_come_in_pages_sorted_and_filtered(ada: TestClient) -> None:
    session = uploaded(ada)
    query = asked(ada, session, "total sales by region").json()["query_id"]
    place = f"{API}/query/{query}/results"
    page = ada.get(place, params={"limit": 1, "sort_column": "region"}).json()
    assert [row["region"] for row in page["items"]] == ["North"]
    assert (page["total_count"], page["has_more"], page["limit"]) == (2, True, 1)
    last = {"limit": 1, "offset": 1, "sort_column": "region"}
    assert ada.get(place, params=last).json()["items"][0]["region"] == "South"
    where = json.dumps([{"column": "region", "op": "=", "value": "South"}])
    assert ada.get(place, params={"filter": where}).json()["total_count"] == 1


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"sort_column": "regoin"}, "Did you mean 'region'?"),
        ({"filter": '[{"column": "nope", "op": "=", "value": 1}]'}, "Columns:"),
        ({"filter": "region = North"}, "Send JSON"),
    ],
)
def test_a_column_that_is_not_there_is_named_with_the_nearest(
    ada: TestClient, params: dict[str, str], said: str
) -> None:
    query = asked(ada, uploaded(ada), "total sales by region").json()["query_id"]
    answer = ada.get(f"{API}/query/{query}/results", params=params)
    assert answer.status_code == 422
    assert answer.json()["hint"].startswith(said)


def test_a_file_that_cannot_be_read_is_refused_with_its_reason(ada: TestClient) -> None:
    answer = ada.post(f"{API}/files/upload", files={"files": ("a.xlsx", b"PK\x03\x04nothing")})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["error"]["error"] == "DataError"
    assert "/" not in answer.json()["detail"]


def test_the_name_of_a_file_names_no_place(ada: TestClient) -> None:
    session = uploaded(ada, name="../../etc/passwd.csv")
    (file,) = ada.get(f"{API}/sessions/{session}/files").json()
    assert file["filename"] == "passwd.csv"
    assert all(not table["path"] for table in file["tables"])
    assert ada.get(f"{API}/files/{file['id']}/profile").json()[0]["profile"]


def test_a_question_that_takes_long_is_fetched_later_or_stopped(ada: TestClient) -> None:
    session = uploaded(ada)
    plan = {
        "question": "forever", "planner": "rules",
        "steps": [{"kind": "sql", "name": "a", "sql": SLOW}, {"kind": "answer", "table": "a"}],
    }  # fmt: skip
    body = {"session_id": session, "plan": plan, "wait_s": 0.2}
    answer = ada.post(f"{API}/query/run", json=body)
    assert (answer.status_code, answer.json()["status"]) == (202, "running")
    query = answer.json()["query_id"]
    assert ada.post(f"{API}/query/{query}/cancel").status_code == 202
    deadline = time.monotonic() + 5
    while (told := ada.get(f"{API}/query/{query}").json())["status"] == "running":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert told["status"] == "cancelled"
    assert asked(ada, session, "total sales").json()["status"] == "answered"


def test_a_question_that_fails_says_why_as_itself(ada: TestClient) -> None:
    session = uploaded(ada)
    plan = {
        "question": "read a file", "planner": "rules",
        "steps": [
            {"kind": "sql", "name": "a", "sql": "SELECT * FROM read_csv('/etc/passwd')"},
            {"kind": "answer", "table": "a"},
        ],
    }  # fmt: skip
    told = ada.post(f"{API}/query/run", json={"session_id": session, "plan": plan}).json()
    assert told["status"] == "failed"
    assert told["error"]["error"] == "PlanRejected"


def test_an_answer_is_computed_again(ada: TestClient) -> None:
    query = asked(ada, uploaded(ada), "total sales by region").json()["query_id"]
    told = ada.post(f"{API}/query/{query}/replay").json()
    assert told["replay"]["same"]
    assert told["answer"]["result"]["data"]


def test_a_question_with_readings_is_settled_by_a_choice(ada: TestClient) -> None:
    session = uploaded(ada, b"ordered,shipped,amount\n2024-01-05,2024-02-01,3\n", "orders.csv")
    asked_back = asked(ada, session, "total amount by month").json()
    assert asked_back["status"] == "clarify"
    place = f"{API}/query/{asked_back['query_id']}/choose"
    assert ada.post(place, json={"option": 1}).json()["status"] == "answered"


def test_sessions_are_listed_renamed_and_deleted(ada: TestClient) -> None:
    made = [ada.post(f"{API}/sessions", json={"name": f"s{n}"}).json() for n in range(3)]
    page = ada.get(f"{API}/sessions", params={"limit": 2}).json()
    assert [item["name"] for item in page["items"]] == ["s2", "s1"]
    rest = ada.get(f"{API}/sessions", params={"before": page["next"]}).json()
    assert ([item["name"] for item in rest["items"]], rest["next"]) == (["s0"], None)
    place = f"{API}/sessions/{made[0]['id']}"
    assert ada.patch(place, json={"name": "q3"}).json()["name"] == "q3"
    assert ada.delete(place).status_code == 204
    assert code(ada.get(place)) == (404, "not_found")


def test_answers_and_history_are_there_after_a_restart(ada: TestClient) -> None:
    session = uploaded(ada)
    query = asked(ada, session, "total sales by region").json()["query_id"]
    assert ada.portal is not None
    ada.portal.call(ada.app.state.pool.close)  # type: ignore[attr-defined]
    page = ada.get(f"{API}/query/{query}/results").json()
    assert page["total_count"] == 2
    (turn,) = ada.get(f"{API}/sessions/{session}/history").json()
    assert turn["question"] == "total sales by region"


def test_nothing_of_one_user_is_there_for_another(ada: TestClient, ben: TestClient) -> None:
    session = uploaded(ada)
    query = asked(ada, session, "total sales").json()["query_id"]
    (file,) = ada.get(f"{API}/sessions/{session}/files").json()
    plan = {"question": "x", "planner": "rules", "steps": []}
    tried = [
        ben.get(f"{API}/sessions/{session}"), ben.delete(f"{API}/sessions/{session}"),
        ben.patch(f"{API}/sessions/{session}", json={}),
        ben.get(f"{API}/sessions/{session}/files"), ben.get(f"{API}/sessions/{session}/tables"),
        ben.get(f"{API}/sessions/{session}/history"), ben.get(f"{API}/sessions/{session}/events"),
        ben.get(f"{API}/files/{file['id']}"), ben.get(f"{API}/files/{file['id']}/profile"),
        ben.get(f"{API}/query/{query}"), ben.get(f"{API}/query/{query}/results"),
        ben.post(f"{API}/query/{query}/cancel"), ben.post(f"{API}/query/{query}/replay"),
        ben.post(f"{API}/query/{query}/choose", json={"option": 0}), asked(ben, session, "x"),
        ben.post(f"{API}/query/run", json={"session_id": session, "plan": plan}),
        ben.post(f"{API}/auth/tickets", json={"session_id": session}),
        ben.post(f"{API}/files/upload", params={"session_id": session},
                 files={"files": ("a.csv", SALES)}),
    ]  # fmt: skip
    assert [code(answer) for answer in tried] == [(404, "not_found")] * len(tried)
    assert ben.get(f"{API}/sessions").json()["items"] == []
    assert ada.get(f"{API}/query/{query}").json()["status"] == "answered"


# events


def frames(user: TestClient, session_id: str, since: int, until: str) -> list[dict[str, Any]]:
    """What a plain reader of server-sent events sees, up to an event of that type."""
    found: list[dict[str, Any]] = []
    socket = user.websocket_connect(f"ws://localhost/ws/query/{session_id}", headers=user.headers)
    with socket as talk:
        talk.send_json({"type": "hello", "since": since})
        while not found or found[-1]["type"] != until:
            found.append(talk.receive_json())
    return found


def test_a_socket_answers_a_question_with_its_events(ada: TestClient) -> None:
    session = uploaded(ada)
    with ada.websocket_connect(f"ws://localhost/ws/query/{session}", headers=ada.headers) as talk:
        assert talk.receive_json()["type"] == "connected"
        talk.send_json({"type": "query", "query": "total sales by region"})
        seen = []
        while not seen or seen[-1]["type"] != "query_completed":
            seen.append(talk.receive_json())
    types = [event["type"] for event in seen]
    assert types[0] == "status"
    assert types.count("query_result") == 1
    assert {"step", "rows", "plan", "suggestions"} <= set(types)
    numbers = [event["seq"] for event in seen if event["seq"] is not None]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def test_what_was_missed_comes_back_by_its_number(ada: TestClient) -> None:
    session = uploaded(ada)
    asked(ada, session, "total sales by region")
    seen = frames(ada, session, 0, "query_completed")
    types = [event["type"] for event in seen if event["seq"] is not None]
    assert types[0] == "file_processed"
    half = len(types) // 2
    again = frames(ada, session, half, "query_completed")
    assert next(e["seq"] for e in again if e["seq"] is not None) == half + 1


def test_a_frame_that_says_nothing_is_answered_and_the_talk_goes_on(ada: TestClient) -> None:
    session = uploaded(ada)
    with ada.websocket_connect(f"ws://localhost/ws/query/{session}", headers=ada.headers) as talk:
        talk.receive_json()
        for text in ("nonsense", '{"type": "dance"}', '{"type": "query"}', "x" * 70_000):
            talk.send_text(text)
            told = talk.receive_json()
            assert (told["type"], told["code"]) == ("error", "not_valid")
        talk.send_json({"type": "query", "query": "total sales"})
        assert talk.receive_json()["type"] == "status"


def test_a_socket_needs_somebody_and_a_session_of_theirs(
    http: TestClient, ada: TestClient, ben: TestClient
) -> None:
    session = uploaded(ada)
    place = f"ws://localhost/ws/query/{session}"
    for user, headers in (
        (http, {}),
        (http, {"Authorization": "Bearer nonsense"}),
        (ben, dict(ben.headers)),
        (ada, dict(ada.headers) | {"Origin": "https://evil.example.com"}),
        (ada, dict(ada.headers) | {"Origin": "null"}),
    ):
        with (
            pytest.raises(WebSocketDisconnect) as refused,
            user.websocket_connect(place, headers=headers),
        ):
            pass
        assert refused.value.code in (4401, 4404)


def test_a_ticket_opens_one_socket_once(ada: TestClient, http: TestClient) -> None:
    session = uploaded(ada)
    ticket = ada.post(f"{API}/auth/tickets", json={"session_id": session}).json()["ticket"]
    offered = ["dip.v1", f"dip.ticket.{ticket}"]
    headers = {"Origin": "http://localhost"}
    place = f"ws://localhost/ws/query/{session}"
    with http.websocket_connect(place, subprotocols=offered, headers=headers) as talk:
        assert talk.accepted_subprotocol == "dip.v1"
        assert talk.receive_json()["type"] == "connected"
    with (
        pytest.raises(WebSocketDisconnect),
        http.websocket_connect(place, subprotocols=offered, headers=headers),
    ):
        pass


def test_a_ticket_of_one_session_opens_no_other(ada: TestClient, http: TestClient) -> None:
    session, other = uploaded(ada), uploaded(ada)
    ticket = ada.post(f"{API}/auth/tickets", json={"session_id": session}).json()["ticket"]
    offered = ["dip.v1", f"dip.ticket.{ticket}"]
    with (
        pytest.raises(WebSocketDisconnect),
        http.websocket_connect(
            f"ws://localhost/ws/query/{other}",
            subprotocols=offered,
            headers={"Origin": "http://localhost"},
        ),
    ):
        pass


def test_an_unknown_session_is_not_there(ada: TestClient) -> None:
    assert code(asked(ada, str(uuid.uuid4()), "x")) == (404, "not_found")


@pytest.mark.parametrize("known", [True, False])
def test_who_leaves_while_the_door_is_opened_is_no_fault(ada: TestClient, known: bool) -> None:
    session = ada.post(f"{API}/sessions", json={}).json()["id"] if known else uuid.uuid4()
    scope = {
        "type": "websocket", "scheme": "ws", "path": f"/ws/query/{session}", "root_path": "",
        "query_string": b"", "subprotocols": [], "client": ("127.0.0.1", 1),
        "headers": [
            (b"host", b"localhost"), (b"authorization", ada.headers["Authorization"].encode()),
        ],
    }  # fmt: skip

    async def receive() -> dict[str, str]:
        return {"type": "websocket.connect"}

    async def send(_message: object) -> None:
        raise OSError("gone")

    assert ada.portal is not None
    ada.portal.call(ada.app, scope, receive, send)
