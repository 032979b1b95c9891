"""`dip inspect`: the tables of files, as text and as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dip_sdk.cli import main


@pytest.fixture
def sales(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DIP_WORKDIR", str(tmp_path / "work"))
    path = tmp_path / "sales.csv"
    path.write_text("region,units\nNorth,10\nNorth,5\nSouth,7\n", encoding="utf-8")
    return path


def test_tables_are_shown_with_their_columns(
    sales: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["inspect", str(sales)]) == 0
    told = capsys.readouterr().out
    assert "3 rows, 2 columns" in told
    assert "region" in told
    assert "integer" in told


def test_json_names_tables_rows_and_types(sales: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", str(sales), "--json"]) == 0
    (table,) = json.loads(capsys.readouterr().out)
    assert table["name"] == "sales"
    assert table["rows"] == 3
    assert table["columns"] == [
        {"name": "region", "type": "text"}, {"name": "units", "type": "integer"},
    ]  # fmt: skip
    assert table["parsed"]["delimiter"] == ","
    assert table["problems"] == []
    assert "path" not in table


def test_the_full_profile_counts_values(sales: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", str(sales), "--json", "--full"]) == 0
    (table,) = json.loads(capsys.readouterr().out)
    region, units = (column["profile"] for column in table["columns"])
    assert region["frequent"][0] == ["North", 2]
    assert (units["minimum"], units["maximum"]) == (5, 10)
