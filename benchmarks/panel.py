"""5a-5e: the panel in a real browser: how soon it is there, and how soon its rows are."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, Page
from tests.browsing import WIDE, launched, program
from tests.e2e.lab.page import PATIENCE, Notebook, write_notebook
from tests.e2e.lab.server import LabServer, running_lab
from tests.e2e.lab.test_lab_large import ASK, SHARE, Table
from tests.e2e.page.panel import Panel
from tests.serving import serving

from .measure import Figure, seconds

PAINT = "() => performance.getEntriesByName('first-contentful-paint')[0].startTime"
PAINTED = "() => performance.getEntriesByName('first-contentful-paint').length"
TIMES = 7


def figures(folder: Path, scale: float) -> Iterator[Figure]:
    rows = int(10_000_000 * scale)
    with launched(program()) as browser:
        with serving(folder / "server") as url:
            yield from _page(browser, url)
        with running_lab(folder) as lab:
            yield from _notebook(browser, lab, rows)


def _page(browser: Browser, url: str) -> Iterator[Figure]:
    page = _window(browser)
    panel = Panel(page, url)
    panel.register("ada@example.com")
    paints = []
    for _ in range(TIMES):
        page.goto(url)
        page.wait_for_function(PAINTED)
        paints.append(page.evaluate(PAINT) / 1000)
    yield Figure("5c", "the page's first paint", median(paints), " s", 1, "opening its address")
    page.context.close()


def _notebook(browser: Browser, lab: LabServer, rows: int) -> Iterator[Figure]:
    frame = (
        "import numpy as np, pandas as pd, dip_sdk as dip\n"
        f"big = pd.DataFrame({{'id': np.arange({rows}), 'turned': np.arange({rows})[::-1] % 1000}})"
    )
    page = _window(browser)
    write_notebook(lab.root / "panel.ipynb", [frame, ASK, "dip.chat()", *["dip.chat()"] * TIMES])
    notebook = Notebook(page, lab, "panel.ipynb")
    notebook.wait_idle()
    notebook.run(0, 1)
    table = Table(notebook)
    table.rows(0)
    by_chance = random.Random(0)
    jumps = [seconds(lambda: _jump(table, by_chance.random())) for _ in range(20)]
    base = f"{rows:,} rows over kernel messages"
    yield Figure("5a", "a jump to rows on screen", median(jumps), " s", 0.2, base)
    table.sort("turned")
    pages = [seconds(lambda: _jump(table, by_chance.random())) for _ in range(20)]
    yield Figure("5b", "a page of sorted rows", median(pages), " s", 0.25, base)
    notebook.run(2)
    cells = [seconds(lambda at=at: _shown(notebook, at)) for at in range(3, 3 + TIMES)]
    yield Figure("5d", "dip.chat() to its panel", median(cells), " s", 1, "running the cell")
    yield Figure("5e", "the sidebar", seconds(lambda: _sidebar(notebook)), " s", 1, "its command")
    notebook.shut_down()
    page.context.close()


def _window(browser: Browser) -> Page:
    context = browser.new_context(viewport=WIDE)
    context.set_default_timeout(PATIENCE)
    return context.new_page()


def _jump(table: Table, share: float) -> None:
    table.page.evaluate(SHARE, [table.grid.element_handle(), share])
    table.page.evaluate("() => new Promise(requestAnimationFrame)")
    table.rows()


def _shown(notebook: Notebook, cell: int) -> None:
    notebook.select(cell)
    notebook.command("notebook:run-cell", wait=False)
    notebook.output(cell).get_by_test_id("chat-input").wait_for()


def _sidebar(notebook: Notebook) -> None:
    notebook.command("dip:open", wait=False)
    notebook.page.locator("#dip-panel").get_by_test_id("chat-input").wait_for()
