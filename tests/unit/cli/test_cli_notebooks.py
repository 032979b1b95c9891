"""`dip check` and `dip strip` on notebooks with real answers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dip_sdk import Client
from dip_sdk.cli import main
from dip_sdk.types.saved import SAVED

CANARY = "Zanzibarquux"
ROWS = f"region,units\n{CANARY},10\n{CANARY},5\nSouth,7\n"
QUESTIONS = ("total units by region", f"total units in {CANARY}", "how many rows")


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A notebook of three answers, beside the file that it asks."""
    monkeypatch.setenv("DIP_WORKDIR", str(tmp_path / "work"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sales.csv").write_text(ROWS, encoding="utf-8")
    with Client(planner="rules") as client:
        session = client.session()
        session.upload("sales.csv")
        return saved(tmp_path, [session.query(words) for words in QUESTIONS])


@pytest.fixture
def framed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A notebook whose data is a DataFrame."""
    import pandas as pd

    monkeypatch.setenv("DIP_WORKDIR", str(tmp_path / "work"))
    with Client(planner="rules") as client:
        session = client.session()
        session.upload(pd.DataFrame({"units": [1, 2]}), name="df")
        return saved(tmp_path, [session.query("total units")])


def saved(folder: Path, results: list) -> Path:
    outputs = [
        {"output_type": "display_data", "metadata": {}, "data": result._repr_mimebundle_()}
        for result in results
    ]
    cells = [
        {"cell_type": "code", "metadata": {}, "execution_count": 1, "source": "r", "outputs": [one]}
        for one in outputs
    ]
    path = folder / "book.ipynb"
    content = {"nbformat": 4, "nbformat_minor": 4, "metadata": {"widgets": {}}, "cells": cells}
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_answers_over_the_same_files_hold(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = book.read_bytes()
    assert main(["check", str(book)]) == 0
    assert "3 same" in capsys.readouterr().out
    assert book.read_bytes() == before


def test_a_changed_value_is_named(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (book.parent / "sales.csv").write_text(ROWS.replace("South,7", "South,8"), encoding="utf-8")
    assert main(["check", str(book), "--json"]) == 1
    by_region, canary, _ = json.loads(capsys.readouterr().out)
    assert by_region["state"] == "changed"
    assert any("8 instead of 7" in detail for detail in by_region["details"])
    assert canary["state"] == "data changed"


def test_a_file_that_is_gone_is_a_failure(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (book.parent / "sales.csv").unlink()
    assert main(["check", str(book)]) == 1
    assert "is not there" in capsys.readouterr().out


def test_data_of_a_kernel_is_not_checked(framed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(framed)]) == 0
    assert "df lives in the kernel; use --execute" in capsys.readouterr().out


def test_no_value_remains_in_a_stripped_notebook(book: Path) -> None:
    target = book.parent / "shared.ipynb"
    assert CANARY in book.read_text(encoding="utf-8")
    assert main(["strip", str(book), "-o", str(target)]) == 0
    shared = json.loads(target.read_text(encoding="utf-8"))
    told = json.dumps([cell["outputs"] for cell in shared["cells"]])
    assert CANARY.casefold() not in told.casefold()
    assert "South" not in told
    assert "image/png" not in told
    assert "SUM" in told
    assert "widgets" not in shared["metadata"]


def test_a_stripped_notebook_is_not_checked(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["strip", str(book), "--in-place"]) == 0
    assert main(["check", str(book)]) == 0
    assert "taken out by dip strip" in capsys.readouterr().out


STRANGE = {
    "no notebook": "region,units\n",
    "it is not JSON": "{",
    "merge conflict": '{"cells": [\n<<<<<<< HEAD\n1\n=======\n2\n>>>>>>> x\n]}',
    "format 3": '{"nbformat": 3, "worksheets": []}',
    "is no notebook": "[]",
}


@pytest.mark.parametrize("said", STRANGE)
@pytest.mark.parametrize("command", ["check", "strip"])
def test_a_strange_file_is_one_clear_error(
    said: str, command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.ipynb"
    path.write_text(STRANGE[said], encoding="utf-8")
    assert main([command, str(path)]) == 1
    told = capsys.readouterr().err
    assert said in told
    assert len(told.splitlines()) == 2


def test_a_notebook_without_answers_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.ipynb"
    path.write_text('{"nbformat": 4, "cells": [], "metadata": {}}', encoding="utf-8")
    assert main(["check", str(path)]) == 0
    assert "no answer of dip" in capsys.readouterr().out


def test_what_a_newer_version_saved_is_not_guessed_at(
    book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = json.loads(book.read_text(encoding="utf-8"))
    content["cells"][0]["outputs"][0]["data"][SAVED]["version"] = 99
    book.write_text(json.dumps(content), encoding="utf-8")
    assert main(["check", str(book)]) == 1
    assert "newer dip" in capsys.readouterr().out


@pytest.mark.slow
def test_a_dataframe_is_checked_in_a_fresh_kernel(
    framed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = json.loads(framed.read_text(encoding="utf-8"))
    load = "import pandas as pd\n%load_ext dip_sdk\ndf = pd.DataFrame({'units': [1, UNITS]})"
    first = {"cell_type": "code", "metadata": {}, "execution_count": 1, "outputs": []}
    content["cells"][0]["source"] = "%%ask\ntotal units"
    answers = content["cells"]
    for units, code in ((2, 0), (5, 1)):
        cell = {**first, "source": load.replace("UNITS", str(units)).splitlines(keepends=True)}
        framed.write_text(json.dumps({**content, "cells": [cell, *answers]}), encoding="utf-8")
        assert main(["check", str(framed), "--execute"]) == code
    told = capsys.readouterr().out
    assert "1 same" in told
    assert "6 instead of 3" in told
