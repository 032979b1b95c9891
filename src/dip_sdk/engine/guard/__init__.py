"""Decides whether a statement may run: parses it, never greps it, and re-renders what may."""

from __future__ import annotations

from .check import Checked, Guard
from .rules import RULES

__all__ = ["RULES", "Checked", "Guard"]
