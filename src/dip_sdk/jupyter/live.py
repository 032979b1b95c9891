"""A live table, only when asked for: it is nothing without its kernel (see docs/why)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..client import Result
from ..render.mime import Display
from ..render.numbers import plural
from ..types.errors import ConfigError
from .showing import line

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

WIDGET = "application/vnd.jupyter.widget-view+json"
LARGEST = 64_000
"""Bytes of a table; itables shows a sample of a larger one, and sorting a sample misleads."""


def table(result: Result, shell: InteractiveShell) -> Display:
    """The display of an answer's whole table; a line of words where nobody could use it.

    Its HTML is left to the answer itself, which stays readable in the saved notebook.
    """
    if result.status != "answered" or not result.row_count:
        return line("There is no table to show.")
    if not somebody_is_there(shell):
        return line("A live table needs an open notebook; here the answer above has to do.")
    frame = result.to_pandas()
    if int(frame.memory_usage(deep=True).sum()) > LARGEST:
        rows = plural(result.row_count, "row")
        return line(f"{rows} are too many for a live table; page through them with .page(n).")
    try:
        from itables.widget import ITable
    except ImportError:
        raise ConfigError(
            "Live tables need itables.", hint="Install it with: pip install 'dip-sdk[notebook]'"
        ) from None
    bundle = ITable(frame, allow_html=False)._repr_mimebundle_()
    data = (bundle[0] if isinstance(bundle, tuple) else bundle) or {}
    said = f"A live table of {plural(result.row_count, 'row')}: run the cell to see it."
    return Display({"text/plain": said, WIDGET: data[WIDGET]}, {})


def somebody_is_there(shell: InteractiveShell) -> bool:
    """A front end with a person: those that run a notebook by themselves take no input."""
    return bool(getattr(getattr(shell, "kernel", None), "_allow_stdin", False))
