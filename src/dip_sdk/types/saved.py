"""What an answer leaves in a notebook's file, so that it can be checked and computed again."""

from __future__ import annotations

from typing import Literal

from .base import Model
from .dataset import ReadOptions
from .plan import Plan
from .result import Status
from .values import Column, Row

SAVED = "application/vnd.dip.result+json"
"""The MIME type under which a notebook keeps it."""
SAVED_VERSION = 1


class Origin(Model):
    """Where data of an answer came from."""

    kind: Literal["file", "address", "frame"]
    name: str
    """The data set's name in its session: "sales.csv", or a DataFrame's variable."""
    path: str = ""
    """Of a file, relative to the folder it was asked in; of an address, the address."""
    options: ReadOptions = ReadOptions()
    """How it was asked to be read."""
    tables: tuple[str, ...] = ()
    """Its tables that the plan reads."""


class Saved(Model):
    """An answer without its rows: the plan, where the data came from, and a digest of the rows."""

    version: int = SAVED_VERSION
    question: str
    status: Status
    planner: str
    plan: Plan | None = None
    """None when nothing was computed, or when it is too long to be kept."""
    origins: tuple[Origin, ...] = ()
    columns: tuple[Column, ...] = ()
    row_count: int = 0
    digest: str = ""
    """Of the first rows; "" when nothing was computed or it was taken out."""
    preview: tuple[Row, ...] = ()
    """The first rows in short, to say what changed."""
    stripped: bool = False
    """The values were taken out before sharing: it can be computed again, not compared."""
