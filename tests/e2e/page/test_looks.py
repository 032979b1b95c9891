"""How the page looks and can be used: light and dark, wide and narrow, by keyboard alone.

The pictures are kept in the test's temporary folder, to be looked at.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from ...browsing import profile, window
from .panel import PASSWORD, PATIENCE, Panel

AXE = Path(__file__).parents[3] / "jupyter_ext/node_modules/axe-core/axe.min.js"
RULES = """async () => {
    const { violations } = await axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag22aa"] })
    return violations.map(found => `${found.id}: ${found.nodes.map(node => node.html).join(" ")}`)
}"""
QUESTION = "Show me total sales by region"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_everybody_can_read_and_use_it(
    browser: Browser, address: str, sales: Path, tmp_path: Path, scheme: str, width: int
) -> None:
    with profile(browser) as context, window(context) as page:
        context.set_default_timeout(PATIENCE)
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(f"{address}/login")
        page.get_by_test_id("email").wait_for()
        assert _wrong(page) == []
        panel = Panel(page, address)
        panel.register(f"{scheme}-{width}@example.com")
        panel.upload(sales)
        panel.ask(QUESTION)
        expect(panel.part("chart").locator("svg")).to_be_visible()
        panel.ask("average ticket price by region")
        page.screenshot(path=tmp_path / f"{scheme}-{width}.png")
        assert _wrong(page) == []
        assert page.evaluate("() => document.documentElement.scrollWidth") <= width
        assert _ground(page) == (scheme == "dark")


def test_the_keyboard_alone_is_enough(page: Page, address: str, sales: Path) -> None:
    page.goto(f"{address}/login")
    page.get_by_test_id("email").focus()
    page.keyboard.type("keys@example.com")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    _tab_to(page, page.get_by_test_id("register-button"))
    page.keyboard.press("Enter")
    Panel(page, address).upload(sales)
    _tab_to(page, page.get_by_test_id("chat-input"))
    page.keyboard.type(QUESTION)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_test_id("query-result").wait_for()
    _tab_to(page, page.get_by_test_id("export-button"))
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("export-csv")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_test_id("export-xlsx")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("export-button")).to_be_focused()


def _wrong(page: Page) -> list[str]:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[str] = page.evaluate(RULES)
    return found


def _ground(page: Page) -> bool:
    """Whether the page is dark."""
    dark: bool = page.evaluate(
        "() => getComputedStyle(document.querySelector('.dip-root')).backgroundColor"
        ".match(/[0-9]+/g).map(Number).every(part => part < 64)"
    )
    return dark


def _tab_to(page: Page, wanted: Locator) -> None:
    for _ in range(60):
        if wanted.evaluate("node => node === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError("Tab does not lead there")
