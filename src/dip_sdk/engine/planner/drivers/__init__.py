"""Why did it change: a question about a change becomes a breakdown of it into its parts."""

from __future__ import annotations

from .planning import drivers_question

__all__ = ["drivers_question"]
