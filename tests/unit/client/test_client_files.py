"""Exports arrive whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from dip_sdk.client import files
from dip_sdk.client.files import check_target, place
from dip_sdk.types.errors import ConfigError


@pytest.fixture
def made(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / "scratch-1", tmp_path / "scratch-2"]
    for path in paths:
        path.write_text(path.name)
    return paths


def test_one_file_takes_the_name(made, tmp_path):
    target = tmp_path / "out.csv"
    assert place(made[:1], target) == (target,)
    assert target.read_text() == "scratch-1"
    assert not made[0].exists()


def test_several_files_are_numbered(made, tmp_path):
    placed = place(made, tmp_path / "out.xlsx")
    assert [path.name for path in placed] == ["out-1.xlsx", "out-2.xlsx"]
    assert placed[1].read_text() == "scratch-2"


def test_what_was_there_is_replaced(made, tmp_path):
    target = tmp_path / "out.csv"
    target.write_text("old")
    place(made[:1], target)
    assert target.read_text() == "scratch-1"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.csv", "scratch-2"]


def test_a_failed_move_leaves_what_was_there(made, tmp_path, monkeypatch):
    target = tmp_path / "out.csv"
    target.write_text("old")

    def fail(source, destination):
        Path(destination).write_text("half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.shutil, "move", fail)
    with pytest.raises(ConfigError, match="the disk is full"):
        place(made[:1], target)
    assert target.read_text() == "old"
    assert not list(tmp_path.glob(".*"))


def test_a_place_that_cannot_be_written_is_named_before(tmp_path):
    with pytest.raises(ConfigError, match="is a folder"):
        check_target(tmp_path)
    with pytest.raises(ConfigError, match=r"no folder .*nowhere"):
        check_target(tmp_path / "nowhere" / "out.csv")
    check_target(tmp_path / "out.csv")


def test_a_folder_without_permission_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(files.os, "access", lambda *_: False)  # root may write anywhere
    with pytest.raises(ConfigError, match="may not write in the folder"):
        check_target(tmp_path / "out.csv")
