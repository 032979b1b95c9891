"""Which planner answers. `auto` asks the rules, which answer only what they can account for."""

from __future__ import annotations

from ...types.errors import ConfigError
from .base import Planner

NAMES = ("auto", "rules")


def planner_named(given: str | Planner) -> Planner:
    """The planner of that name, or the object itself when it is one."""
    if not isinstance(given, str):
        return given
    if given in NAMES:
        from .rules import RulesPlanner

        return RulesPlanner()
    raise ConfigError(
        f"There is no planner {given!r}.",
        hint=f"Choose one of {', '.join(NAMES)}, or give an object with name and plan(...).",
        code="unknown_planner",
    )
