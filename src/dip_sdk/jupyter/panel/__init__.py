"""The panel's end in the kernel: requests of a front end, answered by the kernel's sessions.

A front end is a widget in a cell (`widget.py`) or JupyterLab's sidebar (`comm.py`); both speak the
same messages (`requests.py`), and what they may ask is one class (`verbs.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...types.errors import ConfigError

if TYPE_CHECKING:
    from .widget import PanelWidget


def serve() -> None:
    """Let JupyterLab's sidebar ask this kernel. Doing it again changes nothing."""
    from .comm import serve_comms

    serve_comms()


def chat(session: str | None = None, *, backend: str | None = None) -> PanelWidget:
    """The panel, below the cell: drop files, ask, page through results, without writing code.

    `session` is a named one, which lasts; without it the panel shares the session of `%ask`.
    `backend` is the address of a backend to ask instead of this process. Raises `ConfigError`
    outside a notebook, or where the panel's files or packages are missing.
    """
    try:
        from .widget import panel
    except ModuleNotFoundError:
        raise ConfigError(
            "The panel needs packages that are not installed.",
            hint="Install them with: pip install 'dip-sdk[notebook]'",
            code="no_panel",
        ) from None
    return panel(session, backend)
