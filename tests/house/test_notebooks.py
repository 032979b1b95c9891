"""The example notebooks can be read anywhere: small, complete, and free of any machine's traces."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
LARGEST = 300_000

NOT_HERE = {
    "a widget": re.compile(r"_esm|jupyter\.widget|\"widgets\""),
    "a script": re.compile(r"<script|javascript:", re.IGNORECASE),
    "a path of a machine": re.compile(r"(?<![\w.])/(?:root|home|Users|tmp|var)/|[A-Z]:\\\\"),
    "an error": re.compile(r"\"output_type\": \"error\"|Traceback"),
    "colours of a terminal": re.compile(r"\\u001b"),
    "something to fetch": re.compile(r"(?:src|href)=\\?[\"'](?!data:)"),
}  # fmt: skip


def cells(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return found


def test_there_are_examples() -> None:
    assert len(NOTEBOOKS) >= 2


@pytest.mark.parametrize("what", NOT_HERE)
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_no_notebook_holds(path: Path, what: str) -> None:
    assert not NOT_HERE[what].findall(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_small(path: Path) -> None:
    assert path.stat().st_size < LARGEST


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_was_run_from_top_to_bottom(path: Path) -> None:
    counts = [cell["execution_count"] for cell in cells(path) if cell["cell_type"] == "code"]
    assert counts == list(range(1, len(counts) + 1))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_answer_is_kept_in_words_as_html_and_with_its_plan(path: Path) -> None:
    kinds = [
        {kind for output in cell.get("outputs", ()) for kind in output.get("data", {})}
        for cell in cells(path)
    ]
    answers = [found for found in kinds if "application/vnd.dip.result+json" in found]
    assert len(answers) >= 3
    assert all({"text/plain", "text/html", "text/markdown"} <= found for found in answers)
