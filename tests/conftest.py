"""What holds for every test: in CI a test that is skipped has failed, for a part is missing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if os.environ.get("CI") and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
    return report


BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's program: DIP_CHROMIUM, or the first that is installed. Without one: failure."""
    named = os.environ.get("DIP_CHROMIUM")
    found = named or next(filter(None, map(shutil.which, BROWSERS)), None)
    assert found, "these tests need Chromium: apt-get install chromium, or set DIP_CHROMIUM"
    return found
