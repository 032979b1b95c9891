"""A real IPython shell in this process, with the magics loaded and a folder of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from traitlets.config import Config


class Cells:
    """Runs cells as a user does, and tells what stood below them."""

    def __init__(self, shell: InteractiveShell) -> None:
        self.shell = shell

    def run(self, cell: str) -> list[dict[str, Any]]:
        """The displays of a cell that succeeds."""
        with capture_output() as captured:
            done = self.shell.run_cell(cell)
        assert done.success, captured.stdout + captured.stderr
        return [shown.data for shown in captured.outputs]

    def said(self, cell: str) -> str:
        """All displays of a cell as text."""
        return "\n".join(shown["text/plain"] for shown in self.run(cell))

    def fails(self, cell: str) -> str:
        """What stands below a cell that fails."""
        with capture_output() as captured:
            done = self.shell.run_cell(cell)
        assert not done.success
        assert not isinstance(done.error_in_exec, UsageError)
        return captured.stdout + captured.stderr

    def __getitem__(self, name: str) -> Any:
        return self.shell.user_ns[name]

    def __setitem__(self, name: str, value: object) -> None:
        self.shell.user_ns[name] = value


@pytest.fixture
def sales() -> pd.DataFrame:
    return pd.DataFrame({"region": ["North", "South", "North"], "amount": [10, 20, 5]})


@pytest.fixture
def plain_shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[InteractiveShell]:
    """A shell that knows nothing of DIP, in an empty folder."""
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    monkeypatch.setenv("DIP_WORKDIR", str(tmp_path / "dip"))
    monkeypatch.setenv("DIP_PLANNER", "rules")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    InteractiveShell.clear_instance()
    settings = Config()
    settings.HistoryManager.enabled = False
    settings.InteractiveShell.colors = "nocolor"
    shell = InteractiveShell.instance(config=settings)
    shell.rl_next_input = None
    yield shell
    shell.restore_sys_module_state()
    InteractiveShell.clear_instance()


@pytest.fixture
def cells(plain_shell: InteractiveShell) -> Iterator[Cells]:
    """A shell after `%load_ext dip_sdk`."""
    plain_shell.run_line_magic("load_ext", "dip_sdk")
    yield Cells(plain_shell)
    plain_shell.run_line_magic("unload_ext", "dip_sdk")


@pytest.fixture
def asked(cells: Cells, sales: pd.DataFrame) -> Cells:
    """With a DataFrame `sales` in the kernel."""
    cells["sales"] = sales
    return cells
