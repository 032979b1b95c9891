"""`dip clean` deletes what it was asked to, shows it first, and never what is in use."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from dip_sdk.cli import main
from dip_sdk.engine.folders import Folder, Lock


@pytest.fixture
def sessions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A work folder with an old leftover, a new one, and a session with a name."""
    monkeypatch.setenv("DIP_WORKDIR", str(tmp_path))
    for name, days in (("tmp-old", 10), ("tmp-new", 0), ("q3", 40)):
        folder = Folder(tmp_path / "sessions" / name)
        folder.make()
        (folder.results / "rows").write_bytes(b"x" * 3000)
        then = time.time() - days * 86_400
        for path in (*folder.path.rglob("*"), folder.path):
            os.utime(path, (then, then))
    return tmp_path / "sessions"


def left(sessions: Path) -> set[str]:
    return {path.name for path in sessions.iterdir()}


def test_leftovers_go_and_named_sessions_stay(sessions: Path) -> None:
    assert main(["clean", "--yes"]) == 0
    assert left(sessions) == {"q3"}


def test_a_dry_run_only_shows(sessions: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["clean", "--dry-run"]) == 0
    told = capsys.readouterr().out
    assert "tmp-old" in told
    assert "10.0 days" in told
    assert "would be freed" in told
    assert left(sessions) == {"q3", "tmp-old", "tmp-new"}


def test_only_what_is_older_goes(sessions: Path) -> None:
    assert main(["clean", "--older-than", "5", "--yes"]) == 0
    assert left(sessions) == {"q3", "tmp-new"}


def test_a_named_session_goes_on_request(sessions: Path) -> None:
    assert main(["clean", "--session", "q3", "--older-than", "20", "--yes"]) == 0
    assert left(sessions) == {"tmp-old", "tmp-new"}


def test_all_named_sessions_go_on_request(sessions: Path) -> None:
    assert main(["clean", "--named", "--yes"]) == 0
    assert left(sessions) == set()


def test_a_session_in_use_stays(sessions: Path) -> None:
    held = Lock(Folder(sessions / "tmp-new"))
    held.acquire()
    try:
        assert main(["clean", "--yes"]) == 0
    finally:
        held.release()
    assert left(sessions) == {"q3", "tmp-new"}


def test_an_unknown_session_is_named(sessions: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["clean", "--session", "q4", "--yes"]) == 1
    assert capsys.readouterr().err == "dip: There is no session q4.\n  Sessions: q3.\n"
    assert left(sessions) == {"q3", "tmp-old", "tmp-new"}


def test_a_script_must_say_yes(sessions: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["clean"]) == 2
    assert "--yes" in capsys.readouterr().err
    assert left(sessions) == {"q3", "tmp-old", "tmp-new"}


@pytest.mark.parametrize(("word", "kept"), [("y", {"q3"}), ("n", {"q3", "tmp-old", "tmp-new"})])
def test_a_person_is_asked(
    sessions: Path, monkeypatch: pytest.MonkeyPatch, word: str, kept: set[str]
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda prompt: word)
    assert main(["clean"]) == 0
    assert left(sessions) == kept


def test_nothing_to_delete_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DIP_WORKDIR", str(tmp_path))
    assert main(["clean"]) == 0
    assert capsys.readouterr().out == "Nothing to delete.\n"
