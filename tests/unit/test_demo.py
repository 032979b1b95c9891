"""The demo is a caller like any other: its answers come from the data, and change with it."""

from __future__ import annotations

import io
import re
import shutil
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import duckdb
import openpyxl
import pytest

from dip_sdk.cli import main
from dip_sdk.cli.demo import DATA, SCENES


@dataclass(frozen=True)
class Shown:
    """What a run of the demo left behind."""

    scenes: dict[str, str]
    """What each scene printed, times left out."""
    folder: Path
    """Where it was called, with its report."""


def play(folder: Path, *arguments: str) -> Shown:
    """Run the demo in a folder of its own."""
    printed = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(printed):
        patch.setenv("DIP_WORKDIR", str(folder / "work"))
        patch.chdir(folder)
        assert main(["demo", *arguments]) == 0
    text = printed.getvalue().partition("The report: ")[0]
    _, *parts = re.split(r"^== (.*) ==$", text, flags=re.MULTILINE)
    scenes = [re.sub(r"\d[\d.]* (ms|s)\b", "TIME", part) for part in parts[1::2]]
    return Shown(dict(zip(parts[::2], scenes, strict=True)), folder)


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    return play(tmp_path_factory.mktemp("shipped"))


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    """The same tables and columns with other values."""
    folder = tmp_path_factory.mktemp("other")
    data = folder / "data"
    shutil.copytree(DATA, data, ignore=shutil.ignore_patterns("README.md"))
    con = duckdb.connect()
    con.execute(f"""
        copy (
            select * replace (departure_delay + 5 as departure_delay,
                arrival_delay * 2 as arrival_delay)
            from '{DATA}/flights.parquet' where destination != 'ATL' and day(date) < 20
        ) to '{data}/flights.parquet' (format parquet)""")
    con.execute(f"""
        copy (
            select * replace (body_mass_g * 2 as body_mass_g)
            from read_csv('{DATA}/penguins.csv', nullstr = 'NA')
        ) to '{data}/penguins.csv' (format csv, header true)""")
    con.close()
    return play(folder, "--no-report", "--data", str(data))


def test_the_demo_answers_five_questions_and_refuses_the_sixth(shipped: Shown) -> None:
    assert list(shipped.scenes) == [scene.title for scene in SCENES]
    *answered, refused = shipped.scenes.values()
    assert all("How it was computed" in part for part in answered)
    assert "ticket" in refused
    assert "How it was computed" not in refused


def test_words_with_two_readings_are_asked_back_and_one_is_shown(shipped: Shown) -> None:
    part = shipped.scenes["Words with two readings"]
    assert "1. " in part
    assert "2. " in part
    assert "How it was computed" in part


def test_other_data_gives_other_answers(shipped: Shown, other: Shown) -> None:
    before, after = shipped.scenes, other.scenes
    *answered, refused = before
    assert [title for title in answered if before[title] == after[title]] == []
    assert before[refused] == after[refused]


def test_the_numbers_are_those_of_the_data(shipped: Shown) -> None:
    con = duckdb.connect()
    mass = con.sql(f"""select avg(body_mass_g) from read_csv('{DATA}/penguins.csv', nullstr = 'NA')
        where species = 'Gentoo'""").fetchall()[0][0]
    name, flights = con.sql(f"""select destination, count(*) from '{DATA}/flights.parquet'
        group by 1 order by 2 desc limit 1""").fetchall()[0]
    con.close()
    assert f"{mass:,.2f}" in shipped.scenes["Numbers of one file"]
    assert (
        f"{name} has the highest number of flights: {flights:,}"
        in (shipped.scenes["The largest of many"])
    )


def test_the_report_is_one_page_with_charts_in_the_current_folder(shipped: Shown) -> None:
    page = (shipped.folder / "dip-report.html").read_text(encoding="utf-8")
    assert all(scene.question in page for scene in SCENES)
    assert "image/svg+xml" in page
    assert "<script" not in page


def test_no_report_is_written_when_none_is_wanted(other: Shown) -> None:
    assert not (other.folder / "dip-report.html").exists()


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
