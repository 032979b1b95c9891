"""How a planner asks its model: which, what it may see, cost, and how long it may take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..budget import Budget
from ..privacy.modes import Privacy

DEFAULT_MODEL = "claude-sonnet-5-5"
SECONDS = 60.0


@dataclass(frozen=True)
class ModelSettings:
    """The settings of a planner that asks a model."""

    model: str = DEFAULT_MODEL
    privacy: Privacy = "results"
    budget: Budget = Budget()
    timeout: float = SECONDS
    """Seconds a model may be silent."""
    max_retries: int = 2
    """Of a request that met a crowd, a lost line or a broken reply."""
    keep: bool = True
    """A question asked again on the same data is answered by its kept plan."""


def reachable(environ: Mapping[str, str]) -> bool:
    """Whether the environment says how a model can be asked."""
    names = ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_BASE_URL")
    return any(environ.get(name) for name in names)
