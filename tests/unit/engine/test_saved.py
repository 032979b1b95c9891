"""What a session writes to disk: whole or not at all, and readable again."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from dip_sdk.engine import saved
from dip_sdk.engine.engine import Engine
from dip_sdk.engine.folders import Folder
from dip_sdk.engine.sources import Source
from dip_sdk.types.errors import ConfigError, DipError
from dip_sdk.types.result import ResultFacts
from dip_sdk.types.session import Settings, Turn

NOW = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    made = Folder(tmp_path / "s")
    made.make()
    return made


def test_a_fresh_folder_holds_a_fresh_state(folder: Folder) -> None:
    assert saved.load(folder) == saved.Saved()


def test_a_state_comes_back_as_it_was_written(folder: Folder) -> None:
    state = saved.Saved(
        turns=(Turn(question="how many?", result_id="r1", at=NOW),),
        settings=Settings(day_first=True, week_start="sunday"),
    )
    saved.save(folder, state)
    assert saved.load(folder) == state
    assert not list(folder.path.glob("*.part"))


def test_a_folder_that_was_moved_finds_its_tables(folder: Folder, tmp_path: Path) -> None:
    engine = Engine(workdir=tmp_path / "first")
    path = tmp_path / "sales.csv"
    path.write_text("region,sales\nNorth,1\n")
    session = engine.open("q3")
    session.add(Source(path=path, name="sales.csv", origin="sales.csv"))
    session.remove("sales")
    engine.close()
    (tmp_path / "first").rename(tmp_path / "second")
    again = Engine(workdir=tmp_path / "second").open("q3")
    again.undo()
    (table,) = again.tables()
    assert table.path.startswith(str(tmp_path / "second"))
    assert again.profile("sales").profile
    again.close()


def test_a_damaged_state_is_named_and_not_overwritten(folder: Folder) -> None:
    folder.state.write_text('{"turns": 7}')
    with pytest.raises(ConfigError) as caught:
        saved.load(folder)
    assert caught.value.code == "session_damaged"
    assert folder.state.read_text() == '{"turns": 7}'


def test_a_result_comes_back(folder: Folder) -> None:
    facts = ResultFacts(
        id="r1", session_id="s", question="how many?", status="answered", planner="rules", at=NOW
    )
    saved.save_result(folder, facts)
    assert saved.load_result(folder, "r1") == facts


@pytest.mark.parametrize("unknown", ["r2", "../../etc/passwd", "", "a/b", "r1.json"])
def test_an_unknown_result_is_an_error_and_no_path(folder: Folder, unknown: str) -> None:
    with pytest.raises(DipError) as caught:
        saved.load_result(folder, unknown)
    assert caught.value.code == "unknown_result"


def test_a_folder_that_cannot_be_written_is_a_clear_error(folder: Folder) -> None:
    with pytest.raises(ConfigError) as caught:
        saved.write(folder.path / "gone" / "state.json", "{}")
    assert caught.value.code == "not_writable"
