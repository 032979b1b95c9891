"""The panel and the live table below a cell."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Locator, expect

from .conftest import Opens
from .page import PATIENCE

SALES = b"region,sales\nNorth,10\nSouth,20\nNorth,25\n"
BIG = (
    "import numpy as np, pandas as pd\n"
    "big = pd.DataFrame({'n': np.arange(1_000_000), 'half': np.arange(1_000_000) / 2})"
)
SETTLED = """grid => {
    const rows = [...grid.querySelectorAll('[role=row]')].slice(1)
    return rows.length > 3 && rows.every(row => !row.hasAttribute('aria-busy'))
}"""


def settled(grid: Locator) -> list[str]:
    """The first cells of the rows in the window, once they are there."""
    grid.page.wait_for_function(SETTLED, arg=grid.element_handle(), timeout=PATIENCE)
    return grid.locator("[role=gridcell][aria-colindex='1']").all_inner_texts()


def test_a_file_is_asked_and_exported_below_a_cell(open_notebook: Opens) -> None:
    notebook = open_notebook("import dip_sdk as dip\ndip.chat()")
    notebook.run(0)
    panel = notebook.output(0)
    file = {"name": "sales-data.csv", "mimeType": "text/csv", "buffer": SALES}
    panel.get_by_test_id("file-input").set_input_files(files=[file])  # type: ignore[list-item]
    expect(panel.get_by_test_id("upload-success")).to_be_visible(timeout=PATIENCE)
    panel.get_by_test_id("chat-input").fill("Show me total sales by region")
    panel.get_by_test_id("chat-input").press("Enter")
    expect(panel.get_by_test_id("results-table")).to_contain_text("North", timeout=PATIENCE)
    expect(panel.get_by_test_id("chart").locator("img")).to_be_visible(timeout=PATIENCE)
    panel.get_by_test_id("export-button").click()
    with notebook.page.expect_download() as download:
        panel.get_by_test_id("export-csv").click()
    assert b"North,35" in Path(download.value.path()).read_bytes()


def test_typing_in_the_panel_is_not_taken_by_the_notebook(open_notebook: Opens) -> None:
    notebook = open_notebook("import dip_sdk as dip\ndip.chat()", "x = 1")
    notebook.run(0)
    words = notebook.output(0).get_by_test_id("chat-input")
    words.click()
    notebook.page.keyboard.type("dd add all bays")
    expect(words).to_have_value("dd add all bays")
    assert notebook.length() == 2


def test_a_live_table_shows_all_rows_of_a_large_answer(open_notebook: Opens) -> None:
    notebook = open_notebook("%load_ext dip_sdk", BIG, "%ask --table show all big")
    notebook.run(0, 1, 2)
    grid = notebook.output(2).get_by_role("grid")
    assert settled(grid)[0] == "0"
    grid.focus()
    notebook.page.keyboard.press("Control+End")
    expect(notebook.output(2)).to_contain_text("of 1,000,000")
    assert settled(grid)[-1] == "999,999"
    grid.get_by_role("columnheader", name="n").click()
    grid.get_by_role("columnheader", name="n").click()
    expect(grid.get_by_role("columnheader", name="n")).to_have_attribute("aria-sort", "descending")
    assert settled(grid)[0] == "999,999"


def test_the_saved_notebook_holds_the_answer_and_no_script(open_notebook: Opens) -> None:
    notebook = open_notebook("%load_ext dip_sdk", BIG, "%ask --table show all big")
    notebook.run(0, 1, 2)
    settled(notebook.output(2).get_by_role("grid"))
    kept = notebook.save()
    told = str(kept["cells"][2]["outputs"])
    assert "1,000,000 rows" in told
    assert "_esm" not in str(kept)
    assert len(str(kept)) < 300_000


def test_two_panels_on_one_session_show_the_same_once(open_notebook: Opens) -> None:
    notebook = open_notebook("import dip_sdk as dip\ndip.chat()", "dip.chat()")
    notebook.run(0, 1)
    first, second = notebook.output(0), notebook.output(1)
    file = {"name": "sales-data.csv", "mimeType": "text/csv", "buffer": SALES}
    first.get_by_test_id("file-input").set_input_files(files=[file])  # type: ignore[list-item]
    expect(second.get_by_role("region", name="Tables")).to_contain_text(
        "sales_data", timeout=PATIENCE
    )
    first.get_by_test_id("chat-input").fill("total sales by region")
    first.get_by_test_id("chat-input").press("Enter")
    expect(first.get_by_test_id("query-result")).to_have_count(1, timeout=PATIENCE)
    expect(second.get_by_test_id("history-item")).to_have_count(1, timeout=PATIENCE)
    expect(first.get_by_test_id("history-item")).to_have_count(0)
