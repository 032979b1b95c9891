"""What a user does on the page."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Locator, Page

PATIENCE = 60_000
"""Milliseconds until what must come is missing; a busy machine is slow."""
PASSWORD = "correct horse battery"


class Panel:
    """The page that is open in `page`; its parts by their `data-testid`."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address

    def part(self, name: str) -> Locator:
        return self.page.get_by_test_id(name)

    def register(self, email: str) -> None:
        self.page.goto(f"{self.address}/login")
        self.part("email").fill(email)
        self.part("password").fill(PASSWORD)
        self.part("register-button").click()
        self.part("chat-input").wait_for()

    def log_in(self, email: str, password: str = PASSWORD) -> None:
        self.part("email").fill(email)
        self.part("password").fill(password)
        self.part("login-button").click()

    def upload(self, path: Path) -> None:
        self.part("file-input").set_input_files(path)
        told = self.page.locator("[data-testid=upload-success], [data-testid=upload-error]").last
        told.wait_for()
        assert told.get_attribute("data-testid") == "upload-success", told.inner_text()

    def ask(self, question: str) -> Locator:
        """Type it, press Enter, and wait for the answer."""
        known = self.part("query-result").count()
        self.part("chat-input").fill(question)
        self.part("chat-input").press("Enter")
        answer = self.part("query-result").nth(known)
        answer.wait_for()
        return answer
