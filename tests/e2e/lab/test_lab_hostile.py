"""Hostile words in a saved notebook, opened by JupyterLab's own renderers: nothing runs.

The outputs stand in three notebooks, each leaving one form to choose: HTML, Markdown, plain text
with errors. That nothing outside is asked for, the `context` sees; scripts and dialogs, `page`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode
from playwright.sync_api import BrowserContext, Page

from dip_sdk.jupyter.failure import AskFailed
from dip_sdk.render.mime import displays
from tests.security.test_hostile_output import HOSTILE, STATUSES, answer

from .page import PATIENCE, Notebook
from .server import LabServer

TEXTS = [evil.encode("utf-8", "replace").decode() for evil in HOSTILE]
ALIVE = """() => [...document.querySelectorAll('.jp-OutputArea-output')].flatMap(area =>
    [...area.querySelectorAll('script, iframe, object, embed, form, input, base, link, svg a')]
    .map(node => node.outerHTML.slice(0, 200)).concat(
    [...area.querySelectorAll('*')].flatMap(node => [...node.attributes])
    .filter(a => a.name.startsWith('on') || /^\\s*javascript:/i.test(a.value))
    .map(a => a.name + '=' + a.value)))"""


MOST = 40
"""Outputs of a cell; JupyterLab folds those beyond fifty."""


def shown(form: str) -> list[NotebookNode]:
    """The displays of hostile answers in that form, many below each other in each output."""
    forms = [
        str(display.data[form])
        for number, evil in enumerate(TEXTS)
        for display in displays(answer(evil, STATUSES[number % 3]))
    ]
    return [
        nbformat.v4.new_output("display_data", data={form: "\n\n".join(forms[start::MOST])})
        for start in range(MOST)
    ]


def failed() -> list[NotebookNode]:
    """What questions leave that fail with hostile words in their messages."""
    lines = [line for evil in TEXTS for line in AskFailed(evil, evil)._render_traceback_()]
    return [
        nbformat.v4.new_output("error", ename="AskFailed", evalue="", traceback=lines[start::MOST])
        for start in range(MOST)
    ]


FORMS: dict[str, Callable[[], list[NotebookNode]]] = {
    "html": lambda: shown("text/html"),
    "markdown": lambda: shown("text/markdown"),
    "errors": failed,
}


@pytest.fixture
def window(context: BrowserContext) -> Iterator[Page]:
    """A window in which no dialog of a page may open."""
    page = context.new_page()
    opened: list[str] = []
    page.on("dialog", lambda dialog: (opened.append(dialog.message), dialog.dismiss()))
    page.on("popup", lambda popup: opened.append(popup.url))
    yield page
    assert not opened


@pytest.mark.parametrize("trusted", [False, True], ids=["untrusted", "trusted"])
@pytest.mark.parametrize("form", FORMS)
def test_hostile_words_stay_words(lab: LabServer, window: Page, form: str, trusted: bool) -> None:
    outputs = FORMS[form]()
    cell = nbformat.v4.new_code_cell("%ask it", outputs=outputs)
    notebook = nbformat.v4.new_notebook(cells=[cell])
    path = lab.root / f"hostile-{form}-{trusted}.ipynb"
    nbformat.write(notebook, path)
    if trusted:
        command = [sys.executable, "-m", "jupyter", "trust", str(path)]
        subprocess.run(command, check=True, env=lab.environment, capture_output=True)
    opened = Notebook(window, lab, path.name, kernel=False)
    opened.output(0).wait_for(timeout=PATIENCE)
    window.evaluate("() => document.querySelectorAll('details').forEach(d => { d.open = true })")
    areas = opened.output(0).locator(".jp-OutputArea-output")
    assert areas.count() == len(outputs)
    alive: list[Any] = window.evaluate(ALIVE)
    assert alive == [], json.dumps(alive[:3])
    assert any("alert(1)" in words for words in areas.all_inner_texts())
