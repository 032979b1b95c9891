"""`dip ask`: an answer in the terminal, as JSON and in files, with an exit code that says which."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dip_sdk.cli import main

SALES = """region,product,ordered,shipped,units
North,Pen,2024-01-05,2024-01-09,10
North,Ink,2024-02-06,2024-02-07,5
South,Pen,2024-02-07,2024-03-01,7
South,Pad,2024-03-08,2024-03-12,1
"""
HEAVY = ["pandas", "numpy", "pyarrow", "duckdb", "altair", "scipy", "polars", "anthropic"]
TOTALS = [["North", 15], ["South", 8]]


@pytest.fixture
def sales(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DIP_WORKDIR", str(tmp_path / "work"))
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    path = tmp_path / "sales.csv"
    path.write_text(SALES, encoding="utf-8")
    return path


def ask_json(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> dict[str, Any]:
    assert main(["ask", *arguments, "--json"]) == code
    told = capsys.readouterr()
    assert told.err == ""
    answer: dict[str, Any] = json.loads(told.out)
    return answer


def test_an_answer_is_a_sentence_and_a_table(
    sales: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ask", str(sales), "total units by region"]) == 0
    told = capsys.readouterr()
    assert "North" in told.out
    assert "15" in told.out
    assert "\x1b" not in told.out
    assert told.err == ""


def test_json_holds_the_whole_answer(sales: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer = ask_json(capsys, str(sales), "total units by region")
    assert answer.keys() >= {
        "status", "question", "value", "columns", "rows", "row_count", "explanation", "sql", "plan",
        "checks", "suggestions", "chart", "sent", "usage", "planner", "seconds",
    }  # fmt: skip
    assert answer["status"] == "answered"
    assert answer["question"] == "total units by region"
    assert sorted(answer["rows"]) == TOTALS
    assert answer["planner"] == "rules"
    assert answer["sent"] == []
    assert "SELECT" in answer["sql"].upper()


def test_one_number_is_the_value(sales: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ask_json(capsys, str(sales), "total units")["value"] == 23


def test_json_has_every_row_unless_limited(sales: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [f"{number},{number % 7}" for number in range(250)]
    sales.write_text("item,units\n" + "\n".join(lines) + "\n")
    assert len(ask_json(capsys, str(sales), "total units by item")["rows"]) == 250
    limited = ask_json(capsys, str(sales), "total units by item", "--limit", "3")
    assert len(limited["rows"]) == 3
    assert limited["row_count"] == 250


def test_two_readings_exit_with_3_and_one_can_be_chosen(
    sales: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sales.write_text(
        "carrier,departure_delay,arrival_delay\nAA,1,10\nAA,3,30\nBB,5,50\n", encoding="utf-8"
    )
    question = (str(sales), "average delay by carrier")
    answer = ask_json(capsys, *question, code=3)
    assert answer["status"] == "clarify"
    assert len(answer["clarification"]["options"]) == 2
    chosen = [ask_json(capsys, *question, "--choose", n)["rows"] for n in ("1", "2")]
    assert sorted(sorted(rows) for rows in chosen) == [
        [["AA", 2.0], ["BB", 5.0]],
        [["AA", 20.0], ["BB", 50.0]],
    ]


def test_what_the_data_cannot_answer_exits_with_4(
    sales: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = ask_json(capsys, str(sales), "average customer satisfaction by region", code=4)
    assert answer["status"] == "cannot_answer"
    assert answer["missing"]["message"]
    assert answer["rows"] == []


@pytest.mark.parametrize("ending", ["csv", "json", "xlsx", "parquet"])
def test_the_rows_go_to_a_file(sales: Path, tmp_path: Path, ending: str) -> None:
    target = tmp_path / f"out.{ending}"
    assert main(["ask", str(sales), "total units by region", "-o", str(target)]) == 0
    assert target.stat().st_size > 0
    if ending == "csv":
        with target.open(newline="") as file:
            assert sorted(list(csv.reader(file))[1:]) == [["North", "15"], ["South", "8"]]


def test_the_chart_goes_to_a_file(sales: Path, tmp_path: Path) -> None:
    target = tmp_path / "chart.svg"
    assert main(["ask", str(sales), "total units by region", "--chart", str(target)]) == 0
    assert target.read_text(encoding="utf-8").startswith("<svg")


def test_the_sql_can_be_had_alone(sales: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", str(sales), "total units by region", "--sql"]) == 0
    assert capsys.readouterr().out.upper().lstrip().startswith(("SELECT", "WITH"))


def test_read_options_reach_the_reader(sales: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sales.write_text("made by a machine\nregion|units\nNorth|2,5\nSouth|1,25\n", encoding="utf-8")
    options = ("--delimiter", "|", "--skip", "1", "--decimal", ",")
    assert float(ask_json(capsys, str(sales), "total units", *options)["value"]) == 3.75


def test_a_named_session_lasts(sales: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ask_json(capsys, str(sales), "total units by region", "--session", "q1")
    again = ask_json(capsys, "total units by region", "--session", "q1")
    assert sorted(again["rows"]) == TOTALS


def test_an_unnamed_session_leaves_nothing(sales: Path, tmp_path: Path) -> None:
    assert main(["ask", str(sales), "total units"]) == 0
    assert list((tmp_path / "work" / "sessions").glob("*")) == []


def test_a_missing_file_is_one_line_and_a_hint(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ask", str(tmp_path / "nope.csv"), "total units"]) == 1
    error = capsys.readouterr().err
    assert error.startswith("dip: ")
    assert "nope.csv" in error
    assert "Traceback" not in error
    assert len(error.splitlines()) <= 2


def test_a_fresh_process_loads_nothing_heavy(sales: Path) -> None:
    program = (
        "import sys\nfrom dip_sdk.cli import main\n"
        f"main(['ask', {str(sales)!r}, 'total units by region'])\n"
        f"print(sorted(set({HEAVY}) & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert "North" in done.stdout
    assert done.stderr == "[]\n"
