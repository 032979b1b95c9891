"""Every block of Python in the documentation runs, and prints what its page says it does.

Blocks marked `python` run, those of one page one after the other; `py` marks what shows a form.
Guides begin where the tutorial's data end: with its two files, a client and a session of both.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import dip_sdk as dip
from dip_sdk.cli import main

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
TUTORIAL = ROOT / "docs/tutorial.md"
GUIDES = sorted((ROOT / "docs/how-to").glob("*.md"))
YAML = re.compile(r"^```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


def blocks(page: Path) -> list[str]:
    return BLOCK.findall(page.read_text(encoding="utf-8"))


def run(block: str, page: Path, names: dict[str, Any]) -> None:
    exec(compile(block, page.name, "exec"), names)


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DIP_WORKDIR", str(tmp_path / "sessions"))
    monkeypatch.setenv("DIP_PLANNER", "rules")
    for name in ("DIP_URL", "DIP_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def session(place: Path) -> Iterator[Any]:
    """A session of the tutorial's two files; a workbook lies beside them."""
    run(blocks(TUTORIAL)[0], TUTORIAL, {})
    (place / "data").mkdir()
    pd.DataFrame({"region": ["North"], "target": [100]}).to_excel(place / "data/targets.xlsx")
    with dip.Client() as client, client.session() as session:
        session.upload("sales.csv", "regions.csv")
        yield session


def test_the_tutorial_runs_from_top_to_bottom(capsys: pytest.CaptureFixture[str]) -> None:
    names: dict[str, Any] = {}
    for block in blocks(TUTORIAL):
        run(block, TUTORIAL, names)
    said = capsys.readouterr().out
    for expected in ("nulls_excluded", "cannot_answer", "True"):
        assert expected in said


@pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.stem)
def test_every_block_of_a_guide_runs(page: Path, session: Any) -> None:
    names: dict[str, Any] = {"session": session}
    for block in blocks(page):
        run(block, page, names)


def test_the_readme_runs(place: Path) -> None:
    first = date(2024, 1, 1)
    days = [first + timedelta(days=n) for n in range(360)]
    pd.DataFrame(
        {
            "day": days,
            "region": ["North", "South", "West"] * 120,
            "channel": ["web", "shop"] * 180,
            "sales": [60 if day.month == 3 else 100 + n % 7 for n, day in enumerate(days)],
            "amount": [10.0 + n % 11 for n in range(360)],
        }
    ).to_csv(place / "sales.csv", index=False)
    (place / "data").mkdir()
    pd.DataFrame({"region": ["North"], "target": [100]}).to_excel(place / "data/targets.xlsx")
    run(blocks(README)[0], README, {})
    assert (place / "out.xlsx").exists()
    assert (place / "chart.png").exists()


def test_the_commands_of_the_readme_run(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pd.DataFrame(
        {
            "date": ["2024-01-05", "2024-02-01", "2023-03-01"],
            "store": ["a", "b", "a"],
            "product": ["pen", "ink", "pen"],
            "price": [2.5, 4.0, 2.0],
            "revenue": [25, 40, 20],
            "sales": [10, 10, 10],
        }
    ).to_csv(place / "sales.csv", index=False)
    stores = pd.DataFrame({"store": ["a", "b"], "region": ["North", "South"]})
    stores.to_excel(place / "regions.xlsx", index=False)
    stores.to_excel(place / "messy.xlsx", index=False)
    commands = re.findall(r"^\$ dip (.*?)(?:\s+#.*)?$", README.read_text("utf-8"), re.MULTILINE)
    assert len(commands) >= 5
    for command in commands:
        assert main(shlex.split(command)) == 0, command + capsys.readouterr().err
    assert (place / "top.xlsx").exists()


def test_the_glossary_of_the_guide_is_one(session: Any) -> None:
    (written,) = YAML.findall((ROOT / "docs/how-to/glossary.md").read_text("utf-8"))
    Path("dip.yml").write_text(written)
    session.define("dip.yml")
    assert session.query("how are we doing?").planner == "verified"
    assert session.query("takings by region").status == "answered"


@pytest.mark.usefixtures("session")
def test_the_questions_of_the_guide_hold() -> None:
    (written,) = YAML.findall((ROOT / "docs/how-to/replay.md").read_text("utf-8"))
    Path("questions.yml").write_text(written)
    assert main(["check", "questions.yml"]) == 0
