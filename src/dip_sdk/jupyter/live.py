"""A live table, only when asked for: it is nothing without its kernel (see docs/why)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..client import Result
from ..render.mime import Display
from ..render.numbers import plural
from .options import Asked
from .showing import line

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

WIDGET = "application/vnd.jupyter.widget-view+json"


def table(result: Result, asked: Asked, shell: InteractiveShell) -> Display:
    """The display of an answer's whole table; a line of words where nobody could use it.

    Its HTML is left to the answer itself, which stays readable in the saved notebook. Raises
    `ConfigError` where the panel's files are missing.
    """
    if result.status != "answered" or not result.row_count:
        return line("There is no table to show.")
    if not somebody_is_there(shell):
        return line("A live table needs an open notebook; here the answer above has to do.")
    from .panel.widget import PanelWidget

    shown = PanelWidget(asked, result=result.id)
    said = f"A live table of {plural(result.row_count, 'row')}: run the cell to see it."
    return Display({"text/plain": said, WIDGET: shown.view()}, {})


def somebody_is_there(shell: InteractiveShell) -> bool:
    """A front end with a person: those that run a notebook by themselves take no input."""
    return bool(getattr(getattr(shell, "kernel", None), "_allow_stdin", False))
