"""The deterministic planner: answers plain questions with no model."""

from __future__ import annotations

from .nearest import answerable, nearest
from .planner import RulesPlanner

__all__ = ["RulesPlanner", "answerable", "nearest"]
