"""What is left of an answer when the kernel is gone: everything a reader needs."""

from __future__ import annotations

import json

import nbformat
from nbclient import NotebookClient
from playwright.sync_api import BrowserContext, Locator

from .conftest import Opens
from .page import PATIENCE, Notebook, forget_kernel, write_notebook
from .server import LabServer
from .test_lab_asks import LOAD

BY_AIRLINE = "%%ask --on flights.parquet,carriers.xlsx\naverage arrival delay by airline"
SENTENCE = "Average arrival delay by airline, from -1.33 (American Airlines Inc.) to 21.92"


def reads_whole(output: Locator) -> None:
    """The sentence, the first rows, the chart as a picture that loads, and the folded details."""
    said = output.inner_text()
    assert SENTENCE in said
    assert "AirTran Airways Corporation" in said
    picture = output.locator("img").first
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 400
    details = output.locator("details").first
    assert not details.locator("pre").first.is_visible()
    details.locator("summary").click()
    assert 'avg(t0."arrival_delay")' in details.locator("pre").first.inner_text()


def no_life_in(notebook: dict[str, object]) -> None:
    """Nothing in the file needs a kernel or runs by itself."""
    text = json.dumps(notebook)
    for part in ("_esm", "widget-view", '"widgets"', "<script"):
        assert part not in text


def test_a_saved_answer_is_read_without_a_kernel(
    open_notebook: Opens, lab: LabServer, context: BrowserContext
) -> None:
    notebook = open_notebook(LOAD, BY_AIRLINE)
    notebook.run(0, 1)
    reads_whole(notebook.output(1))
    no_life_in(notebook.save())
    notebook.shut_down()
    notebook.page.close()

    forget_kernel(notebook.path)
    again = Notebook(context.new_page(), lab, notebook.path.name, kernel=False)
    again.output(1).wait_for(timeout=PATIENCE)
    reads_whole(again.output(1))


def test_a_notebook_run_by_itself_keeps_the_same(lab: LabServer, context: BrowserContext) -> None:
    path = lab.root / "by-itself.ipynb"
    write_notebook(path, [LOAD, BY_AIRLINE])
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, resources={"metadata": {"path": str(lab.root)}}).execute()
    nbformat.write(notebook, path)
    no_life_in(json.loads(path.read_text(encoding="utf-8")))
    assert not [o for o in notebook.cells[1].outputs if "<em>" in str(o)]

    forget_kernel(path)
    opened = Notebook(context.new_page(), lab, path.name, kernel=False)
    opened.output(1).wait_for(timeout=PATIENCE)
    reads_whole(opened.output(1))
