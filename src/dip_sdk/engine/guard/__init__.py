"""Decides whether a statement may run: parses it, never greps it, and re-renders what may."""

from __future__ import annotations

import warnings

with warnings.catch_warnings():  # a `sqlglotrs` that an older sqlglot left behind warns on import
    warnings.simplefilter("ignore", DeprecationWarning)
    import sqlglot as _  # noqa: F401

from .check import Checked, Guard
from .rules import RULES

__all__ = ["RULES", "Checked", "Guard"]
