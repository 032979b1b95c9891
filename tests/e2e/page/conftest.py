"""One server and one Chromium for these tests; each test has its own window and its own user."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from ...browsing import launched, profile, window
from ...serving import serving
from .panel import PATIENCE, Panel

HERE = Path(__file__).parent
STATIC = Path(__file__).parents[3] / "src/dip_sdk/server/static"
SALES = """region,product,total_sales,ordered
North,apples,120.50,2024-01-05
South,pears,80.25,2024-01-20
North,pears,40.00,2024-02-03
South,apples,19.75,2024-02-14
"""
_numbers = itertools.count(1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="package")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Of a server that runs as its operator starts it, with the page that was built."""
    assert (STATIC / "index.html").is_file(), "the page is not built: make panel"
    with serving(tmp_path_factory.mktemp("server")) as url:
        yield url


@pytest.fixture(scope="package")
def browser(chromium: str) -> Iterator[Browser]:
    with launched(chromium) as browser:
        yield browser


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    with profile(browser) as context:
        context.set_default_timeout(PATIENCE)
        yield context


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    with window(context) as page:
        yield page


@pytest.fixture
def sales(tmp_path: Path) -> Path:
    path = tmp_path / "sales-data.csv"
    path.write_text(SALES, encoding="utf-8")
    return path


@pytest.fixture
def panel(page: Page, address: str) -> Panel:
    """The page of somebody who has just registered."""
    panel = Panel(page, address)
    panel.register(new_user())
    return panel


def new_user() -> str:
    return f"user{next(_numbers)}@example.com"
