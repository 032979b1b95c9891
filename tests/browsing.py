"""A real browser for tests: fresh profiles, no outside world, and no script that fails unseen."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Route,
    ViewportSize,
    sync_playwright,
)

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NOT_LOOPBACK = re.compile(r"^(?!http://127\.0\.0\.1[:/]|data:|blob:)")
WIDE = ViewportSize(width=1280, height=900)


def program() -> str:
    """The browser's program: DIP_CHROMIUM, or the first that is installed. Without one: failure."""
    named = os.environ.get("DIP_CHROMIUM")
    found = named or next(filter(None, map(shutil.which, PROGRAMS)), None)
    assert found, "Chromium is needed: apt-get install chromium, or set DIP_CHROMIUM"
    return found


@contextmanager
def launched(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def profile(browser: Browser) -> Iterator[BrowserContext]:
    """A fresh one without the outside world; a test that asks for it fails."""
    asked: list[str] = []

    def refuse(route: Route) -> None:
        asked.append(route.request.url)
        route.abort()

    context = browser.new_context(viewport=WIDE)
    context.route(NOT_LOOPBACK, refuse)
    yield context
    context.close()
    assert not asked, f"asked outside: {asked}"


@contextmanager
def window(context: BrowserContext) -> Iterator[Page]:
    """A page; a script in it that fails, or does what its policy forbids, fails the test."""
    broken: list[str] = []

    def said(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            broken.append(message.text)

    page = context.new_page()
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.on("console", said)
    yield page
    assert not broken, f"scripts failed: {broken}"
