"""Session folders: names, holders, leftovers."""

import subprocess
import sys
from pathlib import Path

import pytest

from dip_sdk.engine.folders import Folders, Lock
from dip_sdk.types.errors import ConfigError


@pytest.mark.parametrize("name", ["q3", "Sales 2024", "a.b-c_d", "7up"])
def test_a_plain_name_is_a_folder(tmp_path: Path, name: str) -> None:
    assert Folders(tmp_path).named(name).path == tmp_path / "sessions" / name


@pytest.mark.parametrize(
    "name", ["", "../up", "a/b", "a\\b", ".hidden", "tmp-x", "x" * 101, "a\0b"]
)
def test_a_name_that_could_leave_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Folders(tmp_path).named(name)
    assert caught.value.code == "session_name"


def test_unnamed_folders_never_meet(tmp_path: Path) -> None:
    folders = Folders(tmp_path)
    assert folders.unnamed().path != folders.unnamed().path


def test_names_leave_out_the_unnamed(tmp_path: Path) -> None:
    folders = Folders(tmp_path)
    folders.named("kept").make()
    folders.unnamed().make()
    assert folders.names() == ("kept",)
    assert len(list(folders)) == 2


def test_a_second_holder_is_told_who_holds_it(tmp_path: Path) -> None:
    folder = Folders(tmp_path).named("q3")
    folder.make()
    script = (
        "import sys\nfrom pathlib import Path\n"
        "from dip_sdk.engine.folders import Folders, Lock\n"
        "lock = Lock(Folders(Path(sys.argv[1])).named('q3'))\nlock.acquire()\n"
        "print('held', flush=True)\nsys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout
        assert other.stdout.readline() == "held\n"
        with pytest.raises(ConfigError) as caught:
            Lock(folder).acquire()
        assert str(other.pid) in caught.value.message
        assert caught.value.code == "session_busy"
        assert not Lock(folder).free()
        other.communicate("")
    assert Lock(folder).free()


def test_a_released_folder_can_be_taken_again(tmp_path: Path) -> None:
    folder = Folders(tmp_path).named("q3")
    folder.make()
    first, second = Lock(folder), Lock(folder)
    first.acquire()
    with pytest.raises(ConfigError):
        second.acquire()
    first.release()
    second.acquire()
    second.release()
