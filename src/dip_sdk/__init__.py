"""DIP, the Data Intelligence Platform: ask a question of data and trust the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import errors

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from ._version import __version__ as __version__
    from .client import AsyncClient as AsyncClient
    from .client import Client as Client
    from .client import login as login
    from .jupyter.panel import chat as chat

__all__ = ["AsyncClient", "Client", "chat", "errors", "login"]

_LAZY = {
    "Client": ".client",
    "AsyncClient": ".client",
    "login": ".client",
    "chat": ".jupyter.panel",
    "__version__": "._version",
}


def __getattr__(name: str) -> object:
    """Load what is heavy on first use, so that `import dip_sdk` stays cheap."""
    if name not in _LAZY:
        raise AttributeError(f"module 'dip_sdk' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(_LAZY[name], __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_LAZY})


def load_ipython_extension(shell: InteractiveShell) -> None:
    """`%load_ext dip_sdk`: brings `%ask` and `%%ask`."""
    from .jupyter import load

    load(shell)


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """`%unload_ext dip_sdk`: takes them back, and ends their sessions."""
    from .jupyter import unload

    unload(shell)
