"""The planner that asks Claude: an agent loop over a few typed tools, each call a checked step."""

from __future__ import annotations

from .planner import ClaudePlanner

__all__ = ["ClaudePlanner"]
