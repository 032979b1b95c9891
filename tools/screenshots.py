"""Takes the pictures of the documentation: the panel as a page, in JupyterLab's sidebar, in a cell.

    python tools/screenshots.py          write docs/images/*.png; needs Chromium and `make panel`

Everything shown is asked for on the spot, of the data of `dip demo`, with the rules planner.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Locator, Page, ViewportSize

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.browsing import launched, program  # noqa: E402 - the folder above has to be known first
from tests.e2e.lab.page import Notebook, write_notebook  # noqa: E402
from tests.e2e.lab.server import LabServer, running_lab  # noqa: E402
from tests.e2e.page.panel import PATIENCE, Panel  # noqa: E402
from tests.serving import serving  # noqa: E402

TARGET = ROOT / "docs/images"
DATA = ROOT / "src/dip_sdk/data"
Theme = Literal["light", "dark"]
THEMES: tuple[Theme, ...] = ("light", "dark")
WIDE = ViewportSize(width=1280, height=860)
QUESTION = "average arrival delay by airline"
BY_MONTH = "number of flights by month"


def main() -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="dip-") as folder,
        launched(program()) as browser,
    ):
        with serving(Path(folder) / "server") as url:
            for theme in THEMES:
                _page(browser, url, theme)
        with running_lab(Path(folder)) as lab:
            for name in ("flights.parquet", "carriers.xlsx"):
                shutil.copy(DATA / name, lab.root)
            for theme in THEMES:
                _lab(browser, lab, theme)


def _page(browser: Browser, url: str, theme: Theme) -> None:
    """The page of the server, with two files and one answer."""
    page = _window(browser, theme)
    panel = Panel(page, url)
    panel.register(f"{theme}@example.com")
    panel.upload(DATA / "flights.parquet")
    panel.upload(DATA / "carriers.xlsx")
    panel.part("upload-success").nth(1).wait_for()
    answer = panel.ask(QUESTION)
    _drawn(answer)
    _keep(page, f"page-{theme}")
    page.context.close()


def _lab(browser: Browser, lab: LabServer, theme: Theme) -> None:
    """A notebook with one answer below its cell, and another in the sidebar."""
    page = _window(browser, theme)
    write_notebook(
        lab.root / f"{theme}.ipynb",
        ["%load_ext dip_sdk", f"%%ask --on flights.parquet,carriers.xlsx\n{QUESTION}"],
    )
    notebook = Notebook(page, lab, f"{theme}.ipynb")
    notebook.wait_idle()
    notebook.theme(theme.title())
    notebook.command("application:toggle-left-area")
    notebook.run(0, 1)
    notebook.output(1).scroll_into_view_if_needed()
    _keep(page, f"cell-{theme}")
    notebook.command("dip:open", wait=False)
    sidebar = page.locator("#dip-panel")
    words = sidebar.get_by_test_id("chat-input")
    words.wait_for(timeout=PATIENCE)
    words.fill(BY_MONTH)
    words.press("Enter")
    answer = sidebar.get_by_test_id("query-result").last
    answer.wait_for(timeout=PATIENCE)
    _drawn(answer)
    _keep(page, f"sidebar-{theme}")
    notebook.shut_down()
    page.context.close()


def _window(browser: Browser, theme: Theme) -> Page:
    context = browser.new_context(viewport=WIDE, color_scheme=theme)
    context.set_default_timeout(PATIENCE)
    return context.new_page()


def _drawn(answer: Locator) -> None:
    answer.get_by_test_id("chart").locator("svg, img").first.wait_for()
    answer.page.wait_for_timeout(500)  # the last scroll settles


def _keep(page: Page, name: str) -> None:
    page.screenshot(path=TARGET / f"{name}.png")
    print(f"written: {name}.png")


if __name__ == "__main__":
    main()
