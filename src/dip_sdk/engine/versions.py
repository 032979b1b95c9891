"""The versions an answer rests on."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version

from .._version import __version__


@cache
def versions() -> dict[str, str]:
    """Versions of what computes: the engine's own and the libraries that decide numbers."""
    return {"dip": __version__} | {name: version(name) for name in ("duckdb", "sqlglot")}
