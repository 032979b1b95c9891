"""A notebook in JupyterLab's window: what a user does with it, and what stands there then."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page

from .server import LabServer

PATIENCE = 60_000
"""Milliseconds until what must come is missing; a busy machine is slow."""

_WIDGET = "window.jupyterapp.shell.currentWidget"
_READY = """() => !document.querySelector('#jupyterlab-splash')
    && window.jupyterapp?.shell?.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'
"""
_BUSY = f"() => {_WIDGET}.sessionContext.session.kernel.status === 'busy'"
_HEARD = f"""async () => {{
    const kernel = {_WIDGET}.sessionContext.session.kernel;
    const later = new Promise(resolve => setTimeout(resolve, 3000, false));
    const asked = kernel.requestExecute({{ code: '', silent: true, store_history: false }});
    return Promise.race([asked.done.then(() => true), later]);
}}"""
"""Whether what the kernel publishes is heard yet: its first words may be lost on a busy machine."""
_OUTPUTS = f"n => {_WIDGET}.content.model.cells.get(n).outputs.toJSON()"
_SELECT = f"n => {{ {_WIDGET}.content.activeCellIndex = n }}"


def write_notebook(path: Path, cells: Sequence[str]) -> None:
    """A notebook of code cells that nobody has run."""
    import nbformat

    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in cells])
    made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(made, path)


def forget_kernel(path: Path) -> None:
    """Let the notebook name no kernel: JupyterLab asks for one then, and takes a no."""
    saved = json.loads(path.read_text(encoding="utf-8"))
    saved["metadata"] = {}
    path.write_text(json.dumps(saved), encoding="utf-8")


class Notebook:
    """The notebook that is open in `page`. Cells count from 0.

    Without `kernel` it is one that names none, and none is started.
    """

    def __init__(self, page: Page, server: LabServer, name: str, *, kernel: bool = True) -> None:
        self.page = page
        self.path = server.root / name
        page.goto(f"{server.url}/lab/tree/{name}?reset", timeout=PATIENCE)
        if not kernel:
            self._without_kernel()

    def _without_kernel(self) -> None:
        dialog = self.page.locator(".jp-Dialog")
        dialog.wait_for(timeout=PATIENCE)
        self.page.wait_for_selector("#jupyterlab-splash", state="detached", timeout=PATIENCE)
        dialog.locator("button", has_text="No Kernel").click()
        dialog.wait_for(state="detached", timeout=PATIENCE)

    def wait_idle(self) -> None:
        """Until the kernel has nothing left to do."""
        self.page.wait_for_function(_READY, timeout=PATIENCE)

    def wait_heard(self) -> None:
        """Until the kernel is idle, and can be heard."""
        self.wait_idle()
        for _ in range(10):
            if self.page.evaluate(_HEARD):
                return
        raise AssertionError("the kernel is not heard")

    def select(self, cell: int) -> None:
        self.page.evaluate(_SELECT, cell)

    def start(self, cell: int) -> None:
        """Run a cell, and come back while it runs."""
        self.select(cell)
        self.command("notebook:run-cell", wait=False)
        self.page.wait_for_function(_BUSY, timeout=PATIENCE)

    def run(self, *cells: int) -> None:
        """Run cells one after the other, to the end of each."""
        for cell in cells:
            self.select(cell)
            self.command("notebook:run-cell")
        self.wait_idle()

    def command(self, name: str, *, wait: bool = True, **arguments: object) -> None:
        """One of JupyterLab's own commands, as its menus and buttons run them."""
        call = f"window.jupyterapp.commands.execute({json.dumps(name)}, {json.dumps(arguments)})"
        self.page.evaluate(f"async () => {{ {'await' if wait else 'void'} {call} }}")

    def cell(self, number: int) -> Locator:
        return self.page.locator(f'.jp-Notebook .jp-Cell[data-windowed-list-index="{number}"]')

    def output(self, cell: int) -> Locator:
        """What a reader sees under a cell."""
        return self.cell(cell).locator(".jp-Cell-outputArea")

    def outputs(self, cell: int) -> list[dict[str, Any]]:
        """What the notebook keeps of a cell's outputs, as its file has them."""
        found: list[dict[str, Any]] = self.page.evaluate(_OUTPUTS, cell)
        return found

    def source(self, cell: int) -> str:
        text: str = self.page.evaluate(
            f"n => {_WIDGET}.content.model.cells.get(n).sharedModel.getSource()", cell
        )
        return text

    def length(self) -> int:
        cells: int = self.page.evaluate(f"() => {_WIDGET}.content.model.cells.length")
        return cells

    def write(self, cell: int, text: str) -> None:
        """Put the cursor into a cell, at its end, and type."""
        self.select(cell)
        self.command("notebook:enter-edit-mode")
        editor = self.cell(cell).locator(".cm-content")
        editor.click()
        self.page.keyboard.press("Control+End")
        self.page.keyboard.type(text)

    def save(self) -> dict[str, Any]:
        """Save, and read the file."""
        self.command("docmanager:save")
        kept: dict[str, Any] = json.loads(self.path.read_text(encoding="utf-8"))
        return kept

    def theme(self, name: str) -> None:
        """`Light` or `Dark`."""
        self.command("apputils:change-theme", theme=f"JupyterLab {name}")
        self.page.wait_for_function(
            "light => document.body.dataset.jpThemeLight === light",
            arg="true" if name == "Light" else "false",
            timeout=PATIENCE,
        )
        self.page.wait_for_selector("#jupyterlab-splash", state="detached", timeout=PATIENCE)

    def shut_down(self) -> None:
        """End the kernel, and every other one that the server runs."""
        self.page.evaluate("() => window.jupyterapp?.serviceManager.sessions.shutdownAll()")

    def offered(self, cell: int, text: str) -> list[str]:
        """Type at the end of a cell and press Tab: what the list under the cursor offers.

        Escape closes the list; what was typed stays.
        """
        self.write(cell, text)
        self.page.keyboard.press("Tab")
        items = self.page.locator(".jp-Completer .jp-Completer-item code.jp-Completer-match")
        items.first.wait_for(timeout=PATIENCE)
        found = items.all_inner_texts()
        self.page.keyboard.press("Escape")
        return found
