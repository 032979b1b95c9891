"""What holds for every test: in CI a test that is skipped has failed, for a part is missing."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator

import pytest

from .claude_server import ClaudeServer, running


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if os.environ.get("CI") and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
    return report


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's program: DIP_CHROMIUM, or the first that is installed. Without one: failure."""
    from .browsing import program

    return program()


@pytest.fixture(autouse=True)
def no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test asks a model that the environment of its machine knows."""
    for name in ("API_KEY", "AUTH_TOKEN", "BASE_URL"):
        monkeypatch.delenv(f"ANTHROPIC_{name}", raising=False)


@pytest.fixture
def claude(no_model: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[ClaudeServer]:
    """A model over loopback, to which the environment points; its replies are scripted."""
    with running() as server:
        monkeypatch.setenv("ANTHROPIC_API_KEY", "test-key")
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        monkeypatch.delenv("DIP_MODEL", raising=False)
        yield server
