"""The options of a command that say how files shall be read."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

OPTIONS = (
    "format", "sheet", "encoding", "delimiter", "quote", "header", "skip", "decimal", "day_first",
)  # fmt: skip
TAB = {"\\t": "\t", "tab": "\t"}
"""How a tab can be written in a shell."""


def read_options(options: Namespace) -> dict[str, Any]:
    """Those that were given, by their names in an upload."""
    given = {name: getattr(options, name) for name in OPTIONS}
    given["delimiter"] = TAB.get(options.delimiter, options.delimiter)
    return {name: value for name, value in given.items() if value is not None}
