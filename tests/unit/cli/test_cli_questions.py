"""A file of questions with the answers they should have."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import dip_sdk as dip
from dip_sdk.cli import main
from dip_sdk.cli.questions import check, questions
from dip_sdk.client import Client
from dip_sdk.types.errors import DataError


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with dip.Client() as client:
        yield client


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sales.csv").write_text("region,amount\nNorth,20\nSouth,41\n")
    return tmp_path


def written(folder: Path, text: str) -> Path:
    path = folder / "questions.yml"
    path.write_text(text, encoding="utf-8")
    return path


def test_answers_that_are_as_written_are_the_same(client: Client, folder: Path) -> None:
    path = written(
        folder,
        "data: [sales.csv]\n"
        "questions:\n"
        "  - {question: total amount, answer: 61}\n"
        "  - {question: total amount by region, answer: [[North, 20], [South, 41]]}\n"
        "  - {question: how happy are our customers, status: cannot_answer}\n"
        "  - {question: regions, sql: SELECT region FROM sales, answer: [South, North]}\n",
    )
    assert [finding.same for finding in check(path, client)] == [True] * 4


def test_what_changed_is_told(client: Client, folder: Path) -> None:
    path = written(
        folder,
        "data: [sales.csv]\n"
        "questions:\n"
        "  - {question: total amount, answer: 62}\n"
        "  - {question: total amount by region, answer: [[North, 20]]}\n"
        "  - {question: total amount by region, answer: [[South, 41], [North, 21]]}\n"
        "  - {question: total amount, status: clarify}\n"
        "  - {question: gone, sql: SELECT nope FROM sales}\n",
    )
    told = [finding.told for finding in check(path, client)]
    assert told[:2] == ["61 instead of 62", "2 rows instead of 1"]
    assert told[2] == "North, 20 instead of North, 21"
    assert told[3].startswith("answered instead of clarify")
    assert "nope" in told[4]


def test_order_matters_only_where_it_is_asked_for(client: Client, folder: Path) -> None:
    path = written(
        folder,
        "data: [sales.csv]\n"
        "questions:\n"
        "  - question: regions\n"
        "    sql: SELECT region FROM sales ORDER BY region\n"
        "    answer: [South, North]\n"
        "    ordered: true\n",
    )
    (finding,) = check(path, client)
    assert finding.told == "North instead of South"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("questions: []", "questions"),
        ("questions: [{question: x, anser: 1}]", r"questions\.0\.anser"),
        ("- x", "the file"),
        ("questions: [", "no YAML"),
    ],
)
def test_a_file_that_is_none_is_refused_with_its_place(folder: Path, text: str, said: str) -> None:
    with pytest.raises(DataError, match=said):
        questions(written(folder, text))


def test_the_command_tells_what_changed_and_fails(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DIP_WORKDIR", str(folder / "work"))
    path = written(
        folder,
        "data: [sales.csv]\n"
        "questions: [{question: total amount, answer: 61}, {question: total amount, answer: 1}]\n",
    )
    assert main(["check", str(path), "--planner", "rules"]) == 1
    told = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in told] == ["same", "changed", "61"]


def test_a_file_that_holds_passes(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DIP_WORKDIR", str(folder / "work"))
    path = written(folder, "data: [sales.csv]\nquestions: [{question: total amount}]\n")
    assert main(["check", str(path), "--json"]) == 0
    assert '"same": true' in capsys.readouterr().out
