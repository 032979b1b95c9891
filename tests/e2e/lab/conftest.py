"""One JupyterLab and one Chromium for these tests; each test has its own window and kernels."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, sync_playwright

import dip_sdk

from .page import Notebook, write_notebook
from .server import LabServer, running_lab

HERE = Path(__file__).parent
DATA = Path(dip_sdk.__file__).parent / "data"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NOT_LOOPBACK = re.compile(r"^(?!http://127\.0\.0\.1[:/]|data:|blob:)")


class Opens(Protocol):
    def __call__(self, *cells: str) -> Notebook: ...


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="package")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """A server whose folder holds the data of the demo."""
    with running_lab(tmp_path_factory.mktemp("lab")) as server:
        for name in ("penguins.csv", "flights.parquet", "carriers.xlsx"):
            shutil.copy(DATA / name, server.root)
        yield server


@pytest.fixture(scope="package")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A fresh profile without the outside world; a test that asks for it fails."""
    asked: list[str] = []

    def refuse(route: Route) -> None:
        asked.append(route.request.url)
        route.abort()

    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.route(NOT_LOOPBACK, refuse)
    yield context
    context.close()
    assert not asked, f"asked outside: {asked}"


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A window; a script in it that fails, fails the test."""
    broken: list[str] = []
    page = context.new_page()
    page.on("pageerror", lambda error: broken.append(str(error)))
    yield page
    assert not broken, f"scripts failed: {broken}"


@pytest.fixture
def open_notebook(page: Page, lab: LabServer, request: pytest.FixtureRequest) -> Iterator[Opens]:
    """Opens a new notebook with these cells, with a kernel that is ready."""
    opened: list[Notebook] = []

    def opens(*cells: str) -> Notebook:
        name = f"{request.node.name}-{len(opened)}.ipynb"
        write_notebook(lab.root / name, cells)
        opened.append(Notebook(page, lab, name))
        opened[-1].wait_idle()
        return opened[-1]

    yield opens
    if opened and not page.is_closed():
        opened[-1].shut_down()
