"""The demo is a caller like any other: its answers come from the data, and change with it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import openpyxl
import pytest

from dip_sdk.cli import main
from dip_sdk.cli.demo import DATA, SCENES

Play = Callable[..., dict[str, str]]


@pytest.fixture
def play(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Play:
    """Run the demo; give what each scene showed, times left out."""
    monkeypatch.setenv("DIP_WORKDIR", str(tmp_path / "work"))
    monkeypatch.chdir(tmp_path)

    def played(*arguments: str) -> dict[str, str]:
        assert main(["demo", *arguments]) == 0
        _, *parts = re.split(r"^== (.*) ==$", capsys.readouterr().out, flags=re.MULTILINE)
        shown = [re.sub(r"\d[\d.]* (ms|s)\b", "TIME", part) for part in parts[1::2]]
        return dict(zip(parts[::2], shown, strict=True))

    return played


@pytest.fixture
def other_data(tmp_path: Path) -> Path:
    """The same tables and columns with other values."""
    folder = tmp_path / "other"
    shutil.copytree(DATA, folder, ignore=shutil.ignore_patterns("README.md"))
    con = duckdb.connect()
    con.execute(f"""
        copy (
            select * replace (departure_delay + 5 as departure_delay,
                arrival_delay * 2 as arrival_delay)
            from '{DATA}/flights.parquet' where destination != 'ATL' and day(date) < 20
        ) to '{folder}/flights.parquet' (format parquet)""")
    con.execute(f"""
        copy (
            select * replace (body_mass_g * 2 as body_mass_g)
            from read_csv('{DATA}/penguins.csv', nullstr = 'NA')
        ) to '{folder}/penguins.csv' (format csv, header true)""")
    con.close()
    return folder


def test_the_demo_answers_five_questions_and_refuses_the_sixth(play: Play) -> None:
    shown = play("--no-report")
    assert list(shown) == [scene.title for scene in SCENES]
    *answered, refused = shown.values()
    assert all("How it was computed" in part for part in answered)
    assert "ticket" in refused
    assert "How it was computed" not in refused


def test_words_with_two_readings_are_asked_back_and_one_is_shown(play: Play) -> None:
    part = play("--no-report")["Words with two readings"]
    assert "1. " in part
    assert "2. " in part
    assert "How it was computed" in part


def test_other_data_gives_other_answers(play: Play, other_data: Path) -> None:
    before = play("--no-report")
    after = play("--no-report", "--data", str(other_data))
    *answered, refused = before
    assert [title for title in answered if before[title] == after[title]] == []
    assert before[refused] == after[refused]


def test_the_numbers_are_those_of_the_data(play: Play) -> None:
    con = duckdb.connect()
    mass = con.sql(f"""select avg(body_mass_g) from read_csv('{DATA}/penguins.csv', nullstr = 'NA')
        where species = 'Gentoo'""").fetchall()[0][0]
    name, flights = con.sql(f"""select destination, count(*) from '{DATA}/flights.parquet'
        group by 1 order by 2 desc limit 1""").fetchall()[0]
    con.close()
    shown = play("--no-report")
    assert f"{mass:,.2f}" in shown["Numbers of one file"]
    assert name in shown["The largest of many"]
    assert f"{flights:,}" in shown["The largest of many"]


def test_the_report_is_one_page_with_charts(play: Play, tmp_path: Path) -> None:
    play("--report", str(tmp_path / "report.html"))
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert all(scene.question in page for scene in SCENES)
    assert "image/svg+xml" in page
    assert "<script" not in page


def test_the_report_goes_to_the_current_folder(play: Play, tmp_path: Path) -> None:
    play()
    assert (tmp_path / "dip-report.html").is_file()


def test_a_folder_without_data_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--no-report", "--data", str(tmp_path)]) == 1
    assert str(tmp_path) in capsys.readouterr().err


def test_the_shipped_data_is_small_and_is_what_it_says() -> None:
    sizes = {path.name: path.stat().st_size for path in DATA.iterdir()}
    assert sum(sizes.values()) < 1_500_000
    notes = (DATA / "README.md").read_text(encoding="utf-8")
    assert all(name in notes for name in sizes if name != "README.md")
    assert openpyxl.load_workbook(DATA / "carriers.xlsx").sheetnames == ["airlines", "planes"]
    flights = duckdb.sql(
        f"select count(*), count(distinct month(date)) from '{DATA}/flights.parquet'"
    ).fetchall()
    assert flights == [(104_662, 12)]
