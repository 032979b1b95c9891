"""The panel's messages over a comm of a real kernel, as JupyterLab sends them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import start_new_kernel

pytestmark = pytest.mark.slow

PATIENCE = 60
SALES = (
    "import pandas as pd\nsales = pd.DataFrame({'region': ['N', 'S', 'N'], 'amount': [10, 20, 5]})"
)


class Sidebar:
    """Opens a comm, says what the panel says, and hears what comes back."""

    def __init__(self, client: BlockingKernelClient) -> None:
        self._client = client
        client.execute_interactive(
            f"{SALES}\nimport dip_sdk.jupyter.panel as p\np.serve()\np.serve()",
            timeout=PATIENCE,
            output_hook=lambda _: None,
        )
        self._say("comm_open", {"comm_id": "c1", "target_name": "dip.sdk", "data": {}})

    def send(self, subshell: str | None = None, **message: object) -> None:
        self._say("comm_msg", {"comm_id": "c1", "data": message}, subshell)

    def subshell(self) -> str:
        """A second thread of the kernel's for messages, which JupyterLab makes for comms."""
        message = self._client.session.msg("create_subshell_request", {})
        self._client.control_channel.send(message)
        while True:
            reply = self._client.get_control_msg(timeout=PATIENCE)
            if reply["parent_header"].get("msg_id") == message["header"]["msg_id"]:
                return str(reply["content"]["subshell_id"])

    def until_over(self, key: str) -> list[dict[str, Any]]:
        """What comes back for a request, to its end."""
        said: list[dict[str, Any]] = []
        while not said or not {"reply", "problem"} & set(said[-1]):
            message = self._client.get_iopub_msg(timeout=PATIENCE)
            data = message["content"].get("data", {})
            if message["msg_type"] == "comm_msg" and data.get("id") == key:
                said.append(data)
        return said

    def until_updated(self) -> None:
        """Until something happened in a session, unasked."""
        while True:
            message = self._client.get_iopub_msg(timeout=PATIENCE)
            if message["content"].get("data", {}).get("event", {}).get("type") == "session_updated":
                return

    def start(self, code: str) -> None:
        self._client.execute(code)

    def _say(self, kind: str, content: dict[str, Any], subshell: str | None = None) -> None:
        message = self._client.session.msg(kind, content)
        if subshell:
            message["header"]["subshell_id"] = subshell
        self._client.shell_channel.send(message)


@pytest.fixture
def sidebar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sidebar]:
    monkeypatch.setenv("DIP_WORKDIR", str(tmp_path / "dip"))
    monkeypatch.setenv("DIP_PLANNER", "rules")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    manager, client = start_new_kernel(cwd=str(tmp_path))
    yield Sidebar(client)
    client.stop_channels()
    manager.shutdown_kernel(now=True)
    manager.context.destroy(linger=0)


def test_a_question_is_answered_over_a_comm(sidebar: Sidebar) -> None:
    sidebar.send(
        id="1", method="ask", params={"session": None, "question": "total amount by region"}
    )
    said = sidebar.until_over("1")
    last = said[-2]["event"]
    assert last["type"] == "query_result"
    assert last["payload"]["row_count"] == 2
    assert said[-1] == {"id": "1", "reply": None}


def test_pages_come_while_a_cell_runs(sidebar: Sidebar) -> None:
    asked = {"session": None, "question": "total amount by region"}
    sidebar.send(id="1", method="ask", params=asked)
    result = sidebar.until_over("1")[-2]["event"]["payload"]["id"]
    subshell = sidebar.subshell()
    sidebar.send(subshell, id="hello", method="hello", params={})
    sidebar.until_over("hello")
    sidebar.start("%load_ext dip_sdk\n%ask -q total amount\nimport time\ntime.sleep(20)")
    sidebar.until_updated()
    began = time.monotonic()
    page = {"session": None, "result_id": result, "offset": 0, "limit": 10}
    sidebar.send(subshell, id="2", method="page", params=page)
    assert len(sidebar.until_over("2")[-1]["reply"]["rows"]) == 2
    assert time.monotonic() - began < 15


def test_the_kernel_says_that_it_has_a_request_before_it_answers(sidebar: Sidebar) -> None:
    sidebar.send(id="1", method="hello", params={})
    taken, answered = sidebar.until_over("1")
    assert taken == {"id": "1", "heard": True}
    assert answered["reply"]["backend"] is None
