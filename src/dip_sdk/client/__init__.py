"""One client in two colours: `Client` waits, `AsyncClient` is awaited."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._async.client import AsyncClient as AsyncClient
    from ._async.result import AsyncResult as AsyncResult
    from ._async.session import AsyncSession as AsyncSession
    from ._async.stream import AsyncQueryStream as AsyncQueryStream
    from ._sync.client import Client as Client
    from ._sync.login import login as login
    from ._sync.result import Result as Result
    from ._sync.session import Session as Session
    from ._sync.stream import QueryStream as QueryStream

_MODULES = {"Client": "client", "Session": "session", "Result": "result", "QueryStream": "stream"}
_LAZY = {
    prefix + name: f".{colour}.{module}"
    for prefix, colour in (("", "_sync"), ("Async", "_async"))
    for name, module in _MODULES.items()
} | {"login": "._sync.login"}

__all__ = [
    "AsyncClient",
    "AsyncQueryStream",
    "AsyncResult",
    "AsyncSession",
    "Client",
    "QueryStream",
    "Result",
    "Session",
    "login",
]


def __getattr__(name: str) -> object:
    """Load a colour on first use."""
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(_LAZY[name], __name__), name)
    globals()[name] = value
    return value
