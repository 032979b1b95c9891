"""`dip doctor` says what is there, what is missing, and what to do about it."""

from __future__ import annotations

import json
import sys
from importlib import metadata
from pathlib import Path

import pytest

from dip_sdk.cli import doctor, main


@pytest.fixture(autouse=True)
def workdir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DIP_WORKDIR", str(tmp_path))
    return tmp_path


def test_a_working_machine_is_reported(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 0
    told = capsys.readouterr().out
    assert metadata.version("duckdb") in told
    assert "ok       worker" in told


@pytest.mark.skipif(sys.platform != "linux", reason="Landlock is Linux's")
def test_the_layers_of_the_sandbox_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--json"]) == 0
    lines = {line["name"]: line for line in json.loads(capsys.readouterr().out)}
    assert lines["files confined"]["ok"]
    assert lines["memory limited"]["ok"]


def test_a_missing_package_is_named_with_its_remedy() -> None:
    line = doctor._package("no-such-package-at-all", "Install it.", needed=True)
    assert not line.ok
    assert line.detail == "not installed"
    assert line.advice == "Install it."


def test_no_key_of_anybody_is_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-secret")
    assert main(["doctor", "--json"]) == 0
    assert "sk-secret" not in capsys.readouterr().out


def test_a_folder_that_cannot_be_written_fails(
    workdir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("os.access", lambda path, mode: False)
    assert main(["doctor"]) == 1
    assert "DIP_WORKDIR" in capsys.readouterr().out


def test_what_extras_add_is_read_from_the_package_itself() -> None:
    names = dict(doctor._requirements())
    assert names["duckdb"] == ""
    assert names["polars"] == "polars"
