"""A kernel that does one thing at a time (ipykernel 6, VS Code, Colab): told of, and not frozen."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from .conftest import Opens
from .page import PATIENCE
from .server import LabServer, running_lab
from .test_lab_panel import FRAME, Sidebar

WAITS = "The kernel is running a cell"
SLOW = "import time; time.sleep(5)"
VERSION = "import ipykernel; print('kernel', ipykernel.__version__)"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """A server whose kernels are of the version before."""
    older = tmp_path_factory.mktemp("ipykernel")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target"]
    subprocess.run([*command, str(older), "ipykernel>=6.29,<7"], check=True, capture_output=True)
    with running_lab(tmp_path_factory.mktemp("lab"), PYTHONPATH=str(older)) as server:
        yield server


def test_the_sidebar_says_that_answers_wait_for_the_cell(open_notebook: Opens) -> None:
    notebook = open_notebook(FRAME, VERSION, SLOW)
    notebook.run(0, 1)
    assert "kernel 6." in notebook.output(1).inner_text()
    panel = Sidebar(notebook)
    panel.ask("total amount by region")
    expect(panel.root.get_by_text(WAITS)).to_have_count(0)
    notebook.start(2)
    panel.of("chat-input").fill("average amount")
    panel.of("chat-input").press("Enter")
    expect(panel.root.get_by_text(WAITS).first).to_be_visible(timeout=PATIENCE)
    expect(panel.of("query-result")).to_have_count(2, timeout=PATIENCE)
    expect(panel.root.get_by_text(WAITS)).to_have_count(0)


def test_a_live_table_says_that_rows_wait_for_the_cell(open_notebook: Opens) -> None:
    many = "import pandas as pd\nmany = pd.DataFrame({'n': range(100_000)})"
    notebook = open_notebook(many, "%load_ext dip_sdk", "%ask --table show all many", SLOW)
    notebook.run(0, 1, 2)
    grid = notebook.output(2).get_by_role("grid")
    expect(grid.get_by_role("row").nth(1)).to_contain_text("0", timeout=PATIENCE)
    notebook.start(3)
    grid.focus()
    notebook.page.keyboard.press("Control+End")
    expect(notebook.output(2).get_by_text(WAITS)).to_be_visible(timeout=PATIENCE)
    expect(grid).to_contain_text("99,999", timeout=PATIENCE)
    expect(notebook.output(2).get_by_text(WAITS)).to_have_count(0)
