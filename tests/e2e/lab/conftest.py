"""One JupyterLab and one Chromium for these tests; each test has its own window and kernels."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

import dip_sdk

from ...browsing import launched, profile, window
from .page import Notebook, write_notebook
from .server import LabServer, running_lab

HERE = Path(__file__).parent
DATA = Path(dip_sdk.__file__).parent / "data"


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
    with launched(chromium) as browser:
        yield browser


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    with profile(browser) as context:
        yield context


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    with window(context) as page:
        yield page


@pytest.fixture
def open_notebook(page: Page, lab: LabServer, request: pytest.FixtureRequest) -> Iterator[Opens]:
    """Opens a new notebook with these cells, with a kernel that is ready."""
    opened: list[Notebook] = []

    def opens(*cells: str) -> Notebook:
        name = f"{request.node.name}-{len(opened)}.ipynb"
        write_notebook(lab.root / name, cells)
        opened.append(Notebook(page, lab, name))
        opened[-1].wait_heard()
        return opened[-1]

    yield opens
    if opened and not page.is_closed():
        opened[-1].shut_down()
