"""The panel in JupyterLab: docked beside the notebook, and below a cell."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.security.test_hostile_output import HOSTILE

from .conftest import Opens
from .page import PATIENCE, Notebook

SALES = b"region,sales\nNorth,10\nSouth,20\nNorth,25\n"
FRAME = (
    "import pandas as pd\norders = pd.DataFrame({'region': ['N', 'S', 'N'], 'amount': [10, 20, 5]})"
)
HEIGHT = "() => document.querySelector('#main').getBoundingClientRect().height"


class Sidebar:
    """The panel as its user sees it."""

    def __init__(self, notebook: Notebook) -> None:
        notebook.command("dip:open", wait=False)
        self.root: Locator = notebook.page.locator("#dip-panel")
        self.of("chat-input").wait_for(timeout=PATIENCE)

    def of(self, testid: str) -> Locator:
        return self.root.get_by_test_id(testid)

    def upload(self, name: str, content: bytes) -> None:
        file = {"name": name, "mimeType": "text/csv", "buffer": content}
        self.of("file-input").set_input_files(files=[file])  # type: ignore[list-item]
        expect(self.of("upload-success")).to_contain_text(name, timeout=PATIENCE)

    def ask(self, question: str) -> Locator:
        """The answer to the question, which is the last."""
        before = self.of("query-result").count()
        self.of("chat-input").fill(question)
        self.of("chat-input").press("Enter")
        expect(self.of("query-result")).to_have_count(before + 1, timeout=PATIENCE)
        return self.of("query-result").last


@pytest.fixture
def notebook(open_notebook: Opens) -> Notebook:
    return open_notebook(FRAME, "%load_ext dip_sdk", "%ask -q total amount", "x = 1")


def test_a_file_is_dropped_asked_and_exported(notebook: Notebook) -> None:
    panel = Sidebar(notebook)
    panel.upload("sales-data.csv", SALES)
    panel.of("chat-input").fill("Show me total sales by region")
    panel.of("chat-input").press("Enter")
    panel.of("processing-indicator").wait_for(timeout=PATIENCE)
    panel.of("query-result").wait_for(timeout=PATIENCE)
    expect(panel.of("results-table")).to_contain_text("North")
    expect(panel.of("results-table")).to_contain_text("South")
    panel.of("export-button").click()
    with notebook.page.expect_download() as download:
        panel.of("export-csv").click()
    assert download.value.suggested_filename.endswith(".csv")
    assert b"North,35" in Path(download.value.path()).read_bytes()


def test_the_panel_and_the_cells_share_one_session(notebook: Notebook) -> None:
    notebook.run(0, 1)
    panel = Sidebar(notebook)
    expect(panel.root.get_by_text("DataFrame, 3 rows")).to_be_visible(timeout=PATIENCE)
    answer = panel.ask("total amount by region")
    expect(answer.get_by_test_id("results-table")).to_contain_text("15")
    notebook.run(2)
    expect(panel.of("history-item").filter(has_text="total amount").first).to_be_visible(
        timeout=PATIENCE
    )


def test_an_answer_is_put_into_the_notebook(notebook: Notebook) -> None:
    notebook.run(0)
    panel = Sidebar(notebook)
    answer = panel.ask("total amount by region")
    cells = notebook.length()
    answer.get_by_role("button", name="More").click()
    panel.root.page.get_by_role("menuitem", name="Insert as %%ask cell").click()
    assert notebook.length() == cells + 1
    sources = [notebook.source(cell) for cell in range(cells + 1)]
    assert "%%ask\ntotal amount by region" in sources


def test_nothing_of_the_layout_moves_while_a_menu_is_open(notebook: Notebook) -> None:
    notebook.run(0)
    page = notebook.page
    before = page.evaluate(HEIGHT)
    panel = Sidebar(notebook)
    answer = panel.ask("total amount by region")
    answer.get_by_test_id("export-button").click()
    page.get_by_test_id("export-csv").wait_for()
    assert page.evaluate(HEIGHT) == before
    assert page.evaluate("getComputedStyle(document.body).pointerEvents") != "none"
    page.keyboard.press("Escape")


def test_rows_come_while_a_cell_runs(notebook: Notebook) -> None:
    notebook.run(0)
    panel = Sidebar(notebook)
    answer = panel.ask("total amount by region")
    notebook.page.evaluate(
        "window.jupyterapp.shell.currentWidget.content.model.cells.get(3)"
        ".sharedModel.setSource('import time; time.sleep(30)')"
    )
    notebook.start(3)
    answer.get_by_role("columnheader", name="region").click()
    row = answer.get_by_test_id("results-table").get_by_role("row").nth(1)
    expect(row).to_contain_text("N", timeout=15_000)
    notebook.page.evaluate(
        "window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.interrupt()"
    )
    notebook.wait_idle()


def test_a_restarted_kernel_is_found_again(notebook: Notebook) -> None:
    panel = Sidebar(notebook)
    panel.upload("sales-data.csv", SALES)
    notebook.page.evaluate(
        "() => window.jupyterapp.shell.currentWidget.sessionContext.restartKernel()"
    )
    notebook.wait_idle()
    panel.of("chat-input").wait_for(timeout=PATIENCE)
    panel.upload("sales-data.csv", SALES)
    expect(panel.ask("total sales").first).to_contain_text("55")


LIVE = """() => [...document.querySelectorAll('#dip-panel *')].filter(node =>
    ['SCRIPT', 'IFRAME', 'OBJECT', 'EMBED', 'BASE'].includes(node.tagName)
    || [...node.attributes].some(one => /^on/i.test(one.name))
    || (node.tagName === 'IMG' && !/^(data|blob):/.test(node.src))
    || (node.tagName === 'A' && !/^blob:/.test(node.href))
).map(node => node.outerHTML.slice(0, 200))"""


def test_hostile_names_and_cells_are_text(open_notebook: Opens) -> None:
    texts = [text.encode("utf-8", "replace").decode() for text in HOSTILE]
    told = base64.b64encode(json.dumps(texts).encode()).decode()
    frame = (
        "import base64, json, pandas as pd\n"
        f"texts = json.loads(base64.b64decode('{told}'))\n"
        "evil = pd.DataFrame({name: texts for name in texts[:6]} | {'amount': range(len(texts))})"
    )
    notebook = open_notebook(frame)
    notebook.run(0)
    notebook.page.evaluate("() => { window.ran = []; window.alert = one => window.ran.push(one) }")
    panel = Sidebar(notebook)
    answer = panel.ask("show all evil")
    expect(answer.get_by_test_id("results-table")).to_contain_text("<script>alert(1)</script>")
    panel.root.get_by_role("region", name="Tables").get_by_role("button").first.click()
    panel.root.get_by_role("img", name="Distribution of the values").first.wait_for(
        timeout=PATIENCE
    )
    for text in texts[:5]:
        panel.of("chat-input").fill(text)
        panel.of("chat-input").press("Enter")
    expect(panel.of("processing-indicator")).to_have_count(0, timeout=PATIENCE)
    assert notebook.page.evaluate("window.ran") == []
    assert notebook.page.evaluate(LIVE) == []


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_the_panel_follows_the_theme(notebook: Notebook, theme: str, tmp_path: Path) -> None:
    notebook.theme(theme)
    notebook.run(0)
    panel = Sidebar(notebook)
    panel.ask("total amount by region")
    notebook.page.screenshot(path=tmp_path / f"{theme}.png")
    ground = panel.root.locator(".dip-root").first.evaluate(
        "node => getComputedStyle(node).backgroundColor.match(/[\\d.]+/g).map(Number)[0]"
    )
    assert (ground > 128) == (theme == "Light")


def test_a_cell_of_words_is_not_coloured_as_python(notebook: Notebook) -> None:
    notebook.write(3, "")
    notebook.page.evaluate(
        "window.jupyterapp.shell.currentWidget.content.model.cells.get(3)"
        ".sharedModel.setSource('%%ask\\nimport for if total amount')"
    )
    notebook.page.wait_for_function(
        "() => window.jupyterapp.shell.currentWidget.content.model.cells.get(3).mimeType"
        " === 'text/plain'"
    )
    assert (
        notebook.page.evaluate(
            "window.jupyterapp.shell.currentWidget.content.model.cells.get(0).mimeType"
        )
        != "text/plain"
    )
