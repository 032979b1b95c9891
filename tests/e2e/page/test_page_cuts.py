"""A server that restarts, a wire that is cut, a second tab: nothing is lost, nothing is twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from ...browsing import window
from ...cutting import Wire, wire
from ...serving import free_port, serving
from .conftest import new_user
from .panel import Panel

QUESTION = "Show me total sales by region"
OTHER = "how many rows"


@pytest.fixture
def cut(address: str) -> Iterator[Wire]:
    with wire(address) as made:
        yield made


@pytest.fixture
def far(page: Page, cut: Wire) -> Panel:
    """The page over a wire that can be cut."""
    panel = Panel(page, cut.url)
    panel.register(new_user())
    return panel


@pytest.fixture
def second(context: BrowserContext) -> Iterator[Page]:
    """Another tab of the same browser."""
    with window(context) as page:
        yield page


def questions(panel: Panel) -> list[str]:
    """What was asked, as the page lists it, from the first to the last."""
    listed = panel.page.locator("ol[aria-label='Questions and answers'] > li")
    return [text.split("\n")[0] for text in listed.all_inner_texts()]


def test_answers_come_once_through_a_socket_that_is_cut(far: Panel, cut: Wire, sales: Path) -> None:
    far.upload(sales)
    for moment in ("early", "at work", "at the end"):
        known = far.part("query-result").count()
        if moment == "early":
            cut.cut()
        far.part("chat-input").fill(QUESTION)
        far.part("chat-input").press("Enter")
        if moment == "at work":
            far.part("processing-indicator").wait_for()
            cut.cut()
        expect(far.part("query-result")).to_have_count(known + 1)
        if moment == "at the end":
            cut.cut()
        expect(far.part("results-table").nth(known)).to_contain_text("North")
    far.page.reload()
    expect(far.part("history-item")).to_have_count(3)


def test_a_file_arrives_whole_through_a_wire_that_is_cut(
    far: Panel, cut: Wire, tmp_path: Path
) -> None:
    rows = 400_000
    path = tmp_path / "many.csv"
    path.write_text("number,name\n" + "".join(f"{n},name {n}\n" for n in range(rows)))
    cut.cut_at = cut.sent + path.stat().st_size // 2
    far.upload(path)
    assert cut.cut_at is None, "it was cut"
    answer = far.ask(OTHER)
    expect(answer).to_contain_text("400,000")
    expect(far.part("upload-error")).to_have_count(0)


def test_a_page_outlives_a_restart_of_its_server(page: Page, sales: Path, tmp_path: Path) -> None:
    port, folder = free_port(), tmp_path / "server"
    panel = Panel(page, f"http://127.0.0.1:{port}")
    with serving(folder, port):
        panel.register(new_user())
        panel.upload(sales)
        panel.ask(QUESTION)
    panel.part("chat-input").fill(OTHER)
    panel.part("chat-input").press("Enter")
    panel.part("processing-indicator").wait_for()
    with serving(folder, port):
        expect(panel.part("query-result")).to_have_count(2)
        expect(panel.part("query-result").nth(1)).to_contain_text("4")
        page.reload()
        expect(panel.part("history-item")).to_have_count(2)
        panel.part("history-item").first.click()
        expect(panel.part("results-table")).to_contain_text("South")


def test_a_second_tab_sees_what_the_first_asks(panel: Panel, second: Page, sales: Path) -> None:
    other = Panel(second, panel.address)
    panel.upload(sales)
    second.goto(panel.address)
    expect(second.get_by_text("sales_data").first).to_be_visible()
    panel.ask(QUESTION)
    other.part("history-item").click()
    expect(other.part("results-table")).to_contain_text("North")
    other.ask(OTHER)
    for tab in (panel, other):
        expect(tab.page.locator("ol > li").filter(has_text=OTHER)).to_have_count(1)
        assert questions(tab) == [QUESTION, OTHER]


def test_who_logs_out_in_one_tab_is_out_in_the_other(panel: Panel, second: Page) -> None:
    second.goto(panel.address)
    other = Panel(second, panel.address)
    other.part("chat-input").wait_for()
    panel.page.get_by_role("button", name="Log out").click()
    panel.part("login-button").wait_for()
    second.reload()
    expect(other.part("login-button")).to_be_visible()
