"""The notebook's door: `%load_ext dip_sdk` brings `%ask` and `%%ask`. Begin with `asking.py`.

Loading it is cheap: the client, pydantic and the libraries of data load with the first question.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


def load(shell: InteractiveShell) -> None:
    """Register the magics, their completion, and the question mark at the end of a question."""
    from .magics import register

    register(shell)


def unload(shell: InteractiveShell) -> None:
    """Take back what `load` did, and end the sessions."""
    from .magics import unregister

    unregister(shell)
