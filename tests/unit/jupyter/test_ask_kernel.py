"""Questions in a real kernel, as notebooks run them: stop, progress, await, what is saved."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager, start_new_kernel
from nbclient import NotebookClient
from tests.claude_server import ClaudeServer, hangs

pytestmark = pytest.mark.slow

PATIENCE = 60
FRAME = (
    "import pandas as pd\nsales = pd.DataFrame({'region': ['N', 'S', 'N'], 'amount': [10, 20, 5]})"
)
LONG = "%%ask --statement base\nselect count(*) as n from big a, big b where a.v * b.v < 7"


class Kernel:
    """A running kernel and who talks to it."""

    def __init__(self, manager: KernelManager, client: BlockingKernelClient) -> None:
        self.manager = manager
        self.client = client

    def start(self, code: str) -> str:
        return str(self.client.execute(code))

    def finish(self, cell: str) -> list[dict[str, Any]]:
        """All that a cell showed, in order: the messages up to its end."""
        shown = []
        while True:
            message = self.client.get_iopub_msg(timeout=PATIENCE)
            if message["parent_header"].get("msg_id") != cell:
                continue
            kind, content = message["msg_type"], message["content"]
            if kind == "status" and content["execution_state"] == "idle":
                return shown
            shown.append({"kind": kind} | content)

    def run(self, code: str) -> list[dict[str, Any]]:
        return self.finish(self.start(code))

    def wait_for(self, cell: str, text: str) -> None:
        """Until a cell's progress says so."""
        while True:
            message = self.client.get_iopub_msg(timeout=PATIENCE)
            if text in str(message["content"].get("data", "")):
                return


@pytest.fixture
def kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kernel]:
    monkeypatch.setenv("DIP_WORKDIR", str(tmp_path / "dip"))
    monkeypatch.setenv("DIP_PLANNER", "rules")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))
    manager, client = start_new_kernel(cwd=str(tmp_path), env=dict(os.environ))
    yield Kernel(manager, client)
    client.stop_channels()
    manager.shutdown_kernel(now=True)
    manager.context.destroy(linger=0)


def texts(shown: list[dict[str, Any]]) -> list[str]:
    return [one["data"]["text/plain"] for one in shown if "data" in one]


def test_the_stop_button_stops_a_long_question_and_the_next_cell_runs(kernel: Kernel) -> None:
    kernel.run("%load_ext dip_sdk\nimport pandas as pd, numpy as np")
    kernel.run("big = pd.DataFrame({'v': np.arange(200_000.0)})")
    kernel.run("%ask -o base -q total v")
    long = kernel.start(LONG)
    kernel.wait_for(long, "Analyzing data...")
    stopped = time.monotonic()
    kernel.manager.interrupt_kernel()
    shown = kernel.finish(long)
    assert time.monotonic() - stopped < 3
    (error,) = (one for one in shown if one["kind"] == "error")
    assert error["ename"] == "AskStopped"
    assert error["traceback"][0].startswith("Cancelled after ")
    assert len(error["traceback"]) == 1
    assert texts(kernel.run("%ask -q total v")) == ["Total v is 19,999,900,000."]


def test_a_stop_ends_a_model_that_hangs(kernel: Kernel, claude: ClaudeServer) -> None:
    claude.script = [hangs("Let me see")]
    kernel.run(f"%load_ext dip_sdk\n{FRAME}")
    kernel.run("%ask -q total amount")
    kernel.run(
        f"import os; os.environ |= {{'ANTHROPIC_BASE_URL': {claude.url!r}, "
        "'ANTHROPIC_API_KEY': 'none'}; import anthropic"
    )
    long = kernel.start("%ask --planner claude who is the star of the show?")
    deadline = time.monotonic() + 60
    while not claude.bodies and time.monotonic() < deadline:
        time.sleep(0.05)
    stopped = time.monotonic()
    kernel.manager.interrupt_kernel()
    shown = kernel.finish(long)
    assert time.monotonic() - stopped < 3
    (error,) = (one for one in shown if one["kind"] == "error")
    assert error["ename"] == "AskStopped"
    assert texts(kernel.run("%ask -q --planner rules total amount")) == ["Total amount is 35."]


def test_progress_is_one_display_that_the_answer_replaces(kernel: Kernel) -> None:
    kernel.run(f"%load_ext dip_sdk\n{FRAME}")
    shown = kernel.run("%ask total amount by region")
    placed = [one for one in shown if "display_id" in one.get("transient", {})]
    first, *rest = placed
    assert first["kind"] == "display_data"
    assert [one["kind"] for one in rest] == ["update_display_data"] * len(rest)
    assert len({one["transient"]["display_id"] for one in placed}) == 1
    assert "S (20) and N (15)" in rest[-1]["data"]["text/plain"]


def test_no_progress_is_shown_where_nobody_watches(kernel: Kernel) -> None:
    kernel.run(f"%load_ext dip_sdk\n{FRAME}")
    cell = str(kernel.client.execute("%ask total amount by region", allow_stdin=False))
    kinds = {one["kind"] for one in kernel.finish(cell)}
    assert "update_display_data" not in kinds
    assert "display_data" in kinds


def test_an_awaited_client_answers_in_a_cell(kernel: Kernel) -> None:
    kernel.run(f"import dip_sdk\n{FRAME}")
    kernel.run("client = dip_sdk.AsyncClient(); await client.upload(sales=sales);")
    shown = kernel.run("(await client.query('total amount')).value")
    assert texts(shown) == ["35"]
    kernel.run("await client.close()")


def notebook(*sources: str) -> nbformat.NotebookNode:
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in sources])
    made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    return made


def executed(made: nbformat.NotebookNode, folder: Path, **options: Any) -> nbformat.NotebookNode:
    resources = {"metadata": {"path": str(folder)}}
    return NotebookClient(made, timeout=PATIENCE, resources=resources, **options).execute(
        env=os.environ | {"DIP_WORKDIR": str(folder / "dip"), "DIP_PLANNER": "rules"}
    )


def test_a_notebook_run_by_itself_keeps_no_widget_and_no_script(tmp_path: Path) -> None:
    cells = ("%load_ext dip_sdk", FRAME, "%%ask --table\ntotal amount by region")
    made = executed(notebook(*cells), tmp_path)
    kept = nbformat.writes(made)
    assert "S (20) and N (15)" in kept
    assert "widget-view" not in kept
    assert "_esm" not in kept
    assert "<script" not in kept


def test_a_failed_question_fails_its_notebook_in_one_line_and_a_hint(tmp_path: Path) -> None:
    made = notebook("%load_ext dip_sdk", "%ask total amount", "'not reached'")
    executed(made, tmp_path, allow_errors=True)
    (error,) = (one for one in made.cells[1].outputs if one.output_type == "error")
    assert error.traceback[0] == "There is no data to ask about."
    assert len(error.traceback) == 2
