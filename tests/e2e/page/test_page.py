"""From the first visit to a file with the answer: what the page is for."""

from __future__ import annotations

import csv
from pathlib import Path

from playwright.sync_api import Page, expect

from .panel import PASSWORD, Panel

QUESTION = "Show me total sales by region"
TOTALS = {"North": 160.5, "South": 100.0}


def test_a_visitor_registers_asks_a_file_and_takes_the_answer_home(
    page: Page, address: str, sales: Path, tmp_path: Path
) -> None:
    page.goto(f"{address}/login")
    page.get_by_test_id("email").fill("ann@example.com")
    page.get_by_test_id("password").fill(PASSWORD)
    page.get_by_test_id("register-button").click()

    page.get_by_test_id("file-input").set_input_files(sales)
    expect(page.get_by_test_id("upload-success")).to_be_visible()

    page.get_by_test_id("chat-input").fill(QUESTION)
    page.get_by_test_id("chat-input").press("Enter")
    expect(page.get_by_test_id("processing-indicator")).to_be_visible()
    expect(page.get_by_test_id("query-result")).to_be_visible()
    expect(page.get_by_test_id("results-table")).to_contain_text("North")
    expect(page.get_by_test_id("results-table")).to_contain_text("South")

    page.get_by_test_id("export-button").click()
    with page.expect_download() as download:
        page.get_by_test_id("export-csv").click()
    assert download.value.suggested_filename.endswith(".csv")
    kept = tmp_path / "kept.csv"
    download.value.save_as(kept)
    rows = list(csv.DictReader(kept.read_text(encoding="utf-8-sig").splitlines()))
    assert {row["region"]: float(row["total sales"]) for row in rows} == TOTALS


def test_a_first_visit_leaves_nothing_red_in_the_console(page: Page, address: str) -> None:
    red: list[str] = []
    page.on("console", lambda said: red.append(said.text) if said.type == "error" else None)
    page.goto(address)
    expect(page.get_by_test_id("login-button")).to_be_visible()
    assert red == []


def test_a_page_that_is_loaded_again_goes_on(panel: Panel, sales: Path) -> None:
    panel.upload(sales)
    panel.ask(QUESTION)
    panel.page.reload()
    panel.part("history-item").click()
    expect(panel.part("results-table")).to_contain_text("North")


def test_the_access_token_is_nowhere_that_a_script_can_read(panel: Panel) -> None:
    kept = panel.page.evaluate(
        "() => [document.cookie, JSON.stringify(localStorage), JSON.stringify(sessionStorage)]"
    )
    assert kept == ["", "{}", "{}"]


def test_who_logs_out_needs_the_password_again(panel: Panel) -> None:
    panel.page.get_by_role("button", name="Log out").click()
    expect(panel.page).to_have_url(f"{panel.address}/login")
    panel.page.reload()
    expect(panel.part("login-button")).to_be_visible()


def test_a_wrong_password_is_told_in_words(page: Page, address: str) -> None:
    page.goto(f"{address}/login")
    Panel(page, address).log_in("nobody@example.com", "not the password")
    expect(page.get_by_role("alert")).to_contain_text("password")
    expect(page.get_by_test_id("email")).to_have_value("nobody@example.com")


def test_a_file_that_cannot_be_read_is_refused_in_words(panel: Panel, tmp_path: Path) -> None:
    path = tmp_path / "empty.csv"
    path.write_bytes(b"")
    panel.part("file-input").set_input_files(path)
    expect(panel.part("upload-error")).to_contain_text("empty.csv")


def test_a_new_session_knows_nothing_of_the_last(panel: Panel, sales: Path) -> None:
    panel.upload(sales)
    panel.ask(QUESTION)
    panel.part("session-new").click()
    expect(panel.part("query-result")).to_have_count(0)
    expect(panel.page.get_by_text("sales_data")).to_have_count(0)
