"""A front end's messages, answered over the sessions of a real shell."""

from __future__ import annotations

import queue
import sys
import uuid
import zipfile
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any

import pandas as pd
import pytest
from tests.unit.jupyter.conftest import Cells

from dip_sdk.jupyter.desk import desk_of
from dip_sdk.jupyter.options import Asked
from dip_sdk.jupyter.panel import chat
from dip_sdk.jupyter.panel.comm import updated
from dip_sdk.jupyter.panel.requests import Bytes, Requests
from dip_sdk.jupyter.panel.transfers import stem
from dip_sdk.jupyter.panel.verbs import METHODS, Verbs
from dip_sdk.types.errors import ConfigError

CSV = b"region,sales\nNorth,10\nSouth,20\nNorth,5\n"


class FrontEnd:
    """Says what a panel says, and waits for what comes back."""

    def __init__(self, cells: Cells) -> None:
        self.heard: dict[str, queue.Queue[tuple[dict[str, Any], Sequence[Bytes]]]] = {}
        self.unasked: list[dict[str, Any]] = []
        self.taken: list[str] = []
        self.desk = desk_of(cells.shell)
        verbs = Verbs(self.desk, cells.shell.user_ns, using=Asked())
        self.requests = Requests(verbs, self)
        self.desk.listen(lambda seat: self.send({"event": updated(seat)}))

    def send(self, message: dict[str, Any], buffers: Sequence[Bytes] = ()) -> None:
        if "heard" in message:
            self.taken.append(message["id"])
        elif "id" in message:
            self.heard[message["id"]].put((message, buffers))
        else:
            self.unasked.append(message["event"])

    def begin(self, method: str, **params: object) -> str:
        key = uuid.uuid4().hex
        self.heard[key] = queue.Queue()
        self.requests.take({"id": key, "method": method, "params": params})
        return key

    def next(self, id: str) -> tuple[dict[str, Any], Sequence[Bytes]]:
        return self.heard[id].get(timeout=60)

    def all(self, id: str) -> list[dict[str, Any]]:
        """What comes back, to the end."""
        said: list[dict[str, Any]] = []
        while not said or not {"reply", "problem"} & set(said[-1]):
            said.append(self.next(id)[0])
        return said

    def call(self, method: str, **params: object) -> Any:
        last = self.all(self.begin(method, **params))[-1]
        assert "problem" not in last, last
        return last["reply"]

    def refused(self, method: str, **params: object) -> dict[str, Any]:
        problem: dict[str, Any] = self.all(self.begin(method, **params))[-1]["problem"]
        return problem

    def ask(self, question: str) -> dict[str, Any]:
        """The facts of the answer."""
        said = self.all(self.begin("ask", session=None, question=question))
        events = [message["event"] for message in said if "event" in message]
        assert events[-1]["type"] == "query_result", events[-1]
        payload: dict[str, Any] = events[-1]["payload"]
        return payload

    def upload(self, name: str, *pieces: bytes) -> dict[str, Any]:
        """The last message of an upload."""
        size = sum(map(len, pieces))
        key = self.begin("upload", session=None, name=name, size=size)
        assert self.next(key)[0]["ack"] == 0
        for number, piece in enumerate(pieces):
            self.requests.take({"id": key, "piece": number}, [memoryview(piece)])
        return self.all(key)[-1]


@pytest.fixture
def panel(cells: Cells) -> Iterator[FrontEnd]:
    front = FrontEnd(cells)
    yield front
    front.requests.close()
    front.desk.close()


@pytest.fixture
def answered(panel: FrontEnd, cells: Cells, sales: pd.DataFrame) -> tuple[FrontEnd, dict[str, Any]]:
    cells["sales"] = sales
    return panel, panel.ask("total amount by region")


def test_a_question_comes_back_as_events_and_their_end(
    answered: tuple[FrontEnd, dict[str, Any]],
) -> None:
    _, facts = answered
    assert facts["row_count"] == 2
    assert facts["session_id"]


def test_a_cell_and_the_panel_share_one_session(
    answered: tuple[FrontEnd, dict[str, Any]], cells: Cells
) -> None:
    panel, _ = answered
    before = len(panel.unasked)
    cells.run("%ask average amount by region")
    questions = [turn["question"] for turn in panel.call("history", session=None)]
    assert questions == ["total amount by region", "average amount by region"]
    assert panel.unasked[before:][0]["type"] == "session_updated"


def test_a_question_binds_values_of_the_kernel(
    panel: FrontEnd, cells: Cells, sales: pd.DataFrame
) -> None:
    cells["sales"], cells["least"] = sales, 8
    facts = panel.ask("how many sales have amount above {least}?")
    assert facts["preview"] == [[2]]


def test_a_file_arrives_in_pieces_and_can_be_asked(panel: FrontEnd) -> None:
    (dataset,) = panel.upload("sales-data.csv", CSV[:11], CSV[11:])["reply"]
    assert dataset["name"] == "sales-data.csv"
    assert panel.ask("Show me total sales by region")["row_count"] == 2


def test_a_file_that_cannot_be_read_says_why(panel: FrontEnd) -> None:
    problem = panel.upload("sales.xlsx", b"PK\x03\x04 no workbook at all")["problem"]
    assert problem["message"] == "The compressed file is damaged."
    assert problem["file"].endswith("sales.xlsx")


def test_an_upload_that_is_stopped_leaves_nothing(panel: FrontEnd) -> None:
    key = panel.begin("upload", session=None, name="a.csv", size=100)
    panel.next(key)
    panel.requests.take({"id": key, "stop": True})
    assert panel.all(key)[-1]["problem"]["code"] == "cancelled"
    assert panel.call("datasets", session=None) == []


def test_a_file_too_large_for_messages_is_refused_before_it_is_sent(panel: FrontEnd) -> None:
    problem = panel.refused("upload", session=None, name="a.csv", size=600 << 20)
    assert problem["code"] == "too_large"
    assert "beside the notebook" in problem["hint"]


def test_pages_are_sorted_and_filtered(answered: tuple[FrontEnd, dict[str, Any]]) -> None:
    panel, facts = answered
    total = facts["columns"][1]["name"]
    wanted = {"session": None, "result_id": facts["id"], "offset": 0, "limit": 10}
    page = panel.call("page", **wanted, sort=[f"-{total}"])
    assert [row[0] for row in page["rows"]] == ["South", "North"]
    where = [{"column": "region", "op": "=", "value": "North"}]
    assert panel.call("page", **wanted, where=where)["total"] == 1
    assert panel.refused("page", **wanted | {"limit": 5000})["code"] == "bad_request"


@pytest.mark.parametrize("format", ["csv", "xlsx", "json", "parquet"])
def test_an_answer_is_downloaded_whole(
    answered: tuple[FrontEnd, dict[str, Any]], format: str
) -> None:
    panel, facts = answered
    key = panel.begin("export", session=None, result_id=facts["id"], format=format)
    content, (said, buffers) = b"", panel.next(key)
    while "piece" in said:
        content += bytes(buffers[0])
        said, buffers = panel.next(key)
    assert said["reply"] == {
        "name": f"total-amount-by-region.{format}", "size": len(content), "pieces": 1
    }  # fmt: skip
    if format == "xlsx":
        assert zipfile.ZipFile(BytesIO(content)).testzip() is None


def test_an_answer_is_edited_restyled_and_told_as_code(
    answered: tuple[FrontEnd, dict[str, Any]],
) -> None:
    panel, facts = answered
    given = {"session": None, "result_id": facts["id"]}
    code = panel.call("code", **given, language="sql")
    edited = panel.all(panel.begin("edit", **given, sql="select count(*) as n from sales"))
    assert edited[-2]["event"]["payload"]["preview"] == [[3]]
    spec = panel.call("restyle", **given, kind="line")
    assert panel.call("picture", spec=spec).startswith("<svg")
    assert "select" in code.lower()
    assert panel.call("replay", **given)["same"]


def test_a_statement_that_may_not_run_ends_as_an_error(
    answered: tuple[FrontEnd, dict[str, Any]],
) -> None:
    panel, facts = answered
    asked = {"session": None, "result_id": facts["id"], "sql": "drop table sales"}
    last = panel.all(panel.begin("edit", **asked))[-2]["event"]
    assert last["type"] == "error"
    assert last["code"] == "plan_rejected"


def test_a_question_is_stopped(panel: FrontEnd, cells: Cells) -> None:
    cells["big"] = pd.DataFrame({"v": range(200_000)})
    facts = panel.ask("how many big?")
    sql = "select count(*) as n from big a, big b where a.v * b.v < 7"
    key = panel.begin("edit", session=None, result_id=facts["id"], sql=sql)
    panel.next(key)
    panel.requests.take({"id": key, "stop": True})
    events = [message["event"]["type"] for message in panel.all(key) if "event" in message]
    assert events[-1] == "cancelled"


def test_tables_are_listed_renamed_removed_and_brought_back(
    answered: tuple[FrontEnd, dict[str, Any]], cells: Cells
) -> None:
    panel, _ = answered
    assert panel.call("frames") == [{"name": "sales", "rows": 3, "columns": ["region", "amount"]}]
    assert panel.call("rename", session=None, table="sales", name="orders")["name"] == "orders"
    assert panel.call("profile", session=None, table="orders")["profile"]
    panel.call("remove", session=None, table="orders")
    assert panel.call("datasets", session=None) == []
    assert panel.call("undo", session=None)
    cells["more"] = pd.DataFrame({"a": [1]})
    (added,) = panel.call("add_frame", session=None, name="more")
    assert added["format"] == "frame"
    assert len(panel.call("datasets", session=None)) == 2


def test_sessions_are_opened_renewed_and_deleted(
    answered: tuple[FrontEnd, dict[str, Any]],
) -> None:
    panel, facts = answered
    assert panel.call("open", session="q3")["name"] == "q3"
    assert panel.call("sessions") == ["q3"]
    panel.call("remove_session", name="q3")
    assert panel.call("sessions") == []
    assert panel.call("renew")["id"] != facts["session_id"]
    assert panel.call("history", session=None) == []


def test_what_does_not_fit_is_said_and_nothing_within_is_told(panel: FrontEnd) -> None:
    assert panel.refused("__init__")["code"] == "unknown_method"
    assert panel.refused("_follow")["code"] == "unknown_method"
    assert panel.refused("page", session=None)["code"] == "bad_request"
    assert panel.refused("result", session=None, result_id="../../etc")["message"]
    panel.requests.take("not a message")
    assert panel.call("hello")["version"]


def test_a_request_is_taken_at_once_however_long_its_answer_takes(panel: FrontEnd) -> None:
    key = panel.begin("upload", session=None, name="sales.csv", size=10)
    assert panel.taken == [key]


def test_every_method_is_one_that_a_panel_needs() -> None:
    assert "ask" in METHODS
    assert not [name for name in METHODS if name.startswith("_")]


def test_a_question_names_its_file() -> None:
    assert stem("Total sales, by region?") == "total-sales-by-region"
    assert stem("???") == "answer"


def test_the_panel_says_which_packages_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "anywidget", None)
    monkeypatch.delitem(sys.modules, "dip_sdk.jupyter.panel.widget", raising=False)
    with pytest.raises(ConfigError, match="packages") as told:
        chat()
    assert "dip-sdk[notebook]" in str(told.value.hint)
