"""Ten million rows in the panel's table, over a kernel's messages."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from .conftest import Opens
from .page import PATIENCE, Notebook

ROWS = 10_000_000
BIG = (
    "import numpy as np, pandas as pd\n"
    f"big = pd.DataFrame({{'id': np.arange({ROWS}), 'turned': np.arange({ROWS})[::-1] % 1000}})"
)
ASK = "%load_ext dip_sdk\n%ask --table show all big"
MEMORY = (
    "import resource\nopen('memory', 'w').write(str(resource.getrusage("
    "resource.RUSAGE_SELF).ru_maxrss // 1024))"
)
SETTLED = """([grid, first]) => {
    const rows = [...grid.querySelectorAll('[role=row]')].slice(1)
    const there = rows.length > 3 && rows.every(row => !row.hasAttribute('aria-busy'))
    return there && (first < 0 || Number(rows[0].getAttribute('aria-rowindex')) - 2 === first)
}"""
CELLS = """grid => [...grid.querySelectorAll('[role=row]')].slice(1).map(row =>
    [...row.querySelectorAll('[role=gridcell]')].map(
        cell => Number(cell.innerText.replaceAll(',', ''))))"""
SHARE = "([grid, share]) => { grid.scrollTop = (grid.scrollHeight - grid.clientHeight) * share }"


class Table:
    """The grid below the last cell, and its rows as numbers."""

    def __init__(self, notebook: Notebook) -> None:
        self.root: Locator = notebook.output(1)
        self.grid = self.root.get_by_role("grid")
        self.page = notebook.page
        self.grid.wait_for(timeout=PATIENCE)

    def rows(self, first: int = -1) -> list[list[int]]:
        """The rows in the window; those from `first` on, once they have come."""
        given = [self.grid.element_handle(), first]
        self.page.wait_for_function(SETTLED, arg=given, timeout=PATIENCE)
        found: list[list[int]] = self.grid.evaluate(CELLS)
        return found

    def jump(self, share: float) -> list[list[int]]:
        self.page.evaluate(SHARE, [self.grid.element_handle(), share])
        self.page.wait_for_timeout(100)
        return self.rows()

    def go_to(self, row: int) -> list[list[int]]:
        """By the field below the table; rows count from 1 there."""
        self.root.get_by_label("Go to row").fill(str(row))
        self.root.get_by_label("Go to row").press("Enter")
        return self.rows(row - 1)

    def sort(self, column: str) -> list[list[int]]:
        self.grid.get_by_role("columnheader", name=column).click(position={"x": 20, "y": 30})
        self.page.wait_for_timeout(100)
        return self.rows(0)


@pytest.fixture
def notebook(open_notebook: Opens) -> Notebook:
    notebook = open_notebook(BIG, ASK, MEMORY, MEMORY)
    notebook.run(0, 1, 2)
    return notebook


def memory(notebook: Notebook) -> int:
    """The most that the kernel has used so far, in MB."""
    return int((notebook.path.parent / "memory").read_text(encoding="utf-8"))


@pytest.mark.timeout(600)
def test_every_row_is_where_it_belongs(notebook: Notebook) -> None:
    table, before = Table(notebook), memory(notebook)
    assert table.rows(0)[0] == [0, (ROWS - 1) % 1000]
    middle = table.jump(0.5)[0][0]
    assert abs(middle - ROWS // 2) < ROWS // 100
    assert table.jump(1.0)[-1][0] == ROWS - 1
    seen = []
    for start in range(4_999_901, 5_000_501, 15):
        seen += [row[0] for row in table.go_to(start)[:15]]
    assert seen == list(range(4_999_900, 4_999_900 + len(seen)))
    notebook.run(3)
    assert memory(notebook) - before < 64


@pytest.mark.timeout(600)
def test_a_sort_of_all_rows_has_each_of_them_once(notebook: Notebook) -> None:
    table = Table(notebook)
    assert [row[1] for row in table.sort("turned")][:3] == [0, 0, 0]
    expect(table.root).to_contain_text("of 10,000,000")
    each = ROWS // 1000
    around = table.go_to(each - 5) + table.go_to(each + 10)
    assert [row[1] for row in around].count(0) >= 5
    assert len({row[0] for row in around}) == len({tuple(row) for row in around})
    down = table.sort("turned")
    assert [row[1] for row in down][:3] == [999, 999, 999]
    assert table.jump(1.0)[-1][1] == 0
