"""What the Tab key offers within a question, by IPython's own completer."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import Cells


def offered(cells: Cells, text: str) -> set[str]:
    from IPython.core.completer import provisionalcompleter

    with provisionalcompleter():
        found = cells.shell.Completer.completions(text, len(text))
        return {one.text for one in found}


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("%%ask --o", {"--on", "--out"}),
        ("%ask --cha", {"--chart"}),
        ("%ask --chart ba", {"bar"}),
        ("%ask --planner ru", {"rules"}),
        ("%ask --on sal", {"sales"}),
        ("%ask --on sales,ord", {"orders.csv"}),
        ("%ask total am", {"amount"}),
        ("%%ask\ntotal amount by reg", {"region"}),
        ("%%ask -q\ntotal amount in {wan", {"wanted"}),
    ],
)
def test_tab_offers_what_fits(asked: Cells, typed: str, expected: set[str]) -> None:
    asked["wanted"] = "North"
    Path("orders.csv").write_text("a\n1\n")
    assert offered(asked, typed) == expected


def test_tables_and_columns_of_files_are_offered_once_read(cells: Cells) -> None:
    Path("orders.csv").write_text("price,quantity\n1,2\n")
    cells.run("%ask -q --on orders.csv total price")
    assert offered(cells, "%ask average quan") == {"quantity"}
    assert "orders" in offered(cells, "%ask how many ord")


def test_sessions_are_offered_by_name(asked: Cells) -> None:
    asked.run("%ask -s quarter -q total amount")
    assert offered(asked, "%ask -s qua") == {"quarter"}


def test_python_is_completed_as_ever(asked: Cells) -> None:
    assert "sales" in offered(asked, "sal")
    assert "--on" not in offered(asked, "--o")


def test_tab_starts_no_session(asked: Cells, tmp_path: Path) -> None:
    offered(asked, "%ask total am")
    assert not (tmp_path / "dip").exists()
