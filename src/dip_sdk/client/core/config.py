"""What a client was told: arguments first, then the environment (DIP_*), then defaults."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from ...types.errors import ConfigError
from .calls import base

PLANNERS = ("auto", "rules", "claude")
PRIVACY = ("schema", "profile", "results")
TIMEOUT = 60.0


@dataclass(frozen=True)
class Config:
    """The settings of one client."""

    url: str | None = None
    """A backend; None: this process."""
    token: str | None = None
    """What the backend knows its user by."""
    planner: str = "auto"
    """Who understands questions: rules first, then Claude (`auto`), or one of them alone."""
    model: str | None = None
    """Which model of Claude is asked."""
    privacy: str = "results"
    """What a planner that asks a model may be shown. The rules show nothing to anybody."""
    budget: float | None = None
    """US dollars of a model that a question may cost."""
    cache: bool = True
    """A question asked again of a model, on the same data, is answered by its kept plan."""
    workdir: Path | None = None
    """Where sessions are kept; None: the folder for the user's data on this system."""
    timeout: float = TIMEOUT
    """Seconds a backend or a model may be silent."""
    max_retries: int = 2
    insecure: bool = False
    """A token may go over http:// to another machine."""
    sockets: bool = True
    """Answers come over a WebSocket; without, by server-sent events."""


def configured(
    *,
    url: str | None,
    token: str | None,
    planner: str | None,
    model: str | None,
    privacy: str,
    budget: float | None,
    cache: bool = True,
    workdir: str | os.PathLike[str] | None,
    timeout: float,
    max_retries: int,
    environ: Mapping[str, str] | None = None,
) -> Config:
    """The checked settings; raises `ConfigError` naming what is not usable."""
    env = os.environ if environ is None else environ
    folder = workdir or env.get("DIP_WORKDIR")
    config = Config(
        url=url or env.get("DIP_URL") or None,
        token=token or env.get("DIP_TOKEN") or None,
        planner=planner or env.get("DIP_PLANNER") or "auto",
        model=model or env.get("DIP_MODEL") or None,
        privacy=privacy,
        budget=budget,
        cache=cache,
        workdir=Path(folder).expanduser() if folder else None,
        timeout=timeout,
        max_retries=max_retries,
        insecure=bool(env.get("DIP_INSECURE")),
        sockets=env.get("DIP_STREAMS", "websocket") != "sse",
    )
    _check(config)
    return config


def _check(config: Config) -> None:
    if config.url:
        base(config.url, insecure=config.insecure)
    _one_of("planner", config.planner, PLANNERS)
    _one_of("privacy", config.privacy, PRIVACY)
    if config.timeout <= 0:
        raise ConfigError(f"timeout={config.timeout} is not above zero.", hint="Give seconds.")
    if config.max_retries < 0:
        raise ConfigError(
            f"max_retries={config.max_retries} is below zero.", hint="Give 0 or more."
        )
    if config.budget is not None and config.budget < 0:
        raise ConfigError(f"budget={config.budget} is below zero.", hint="Give US dollars.")


def _one_of(name: str, given: str, known: Collection[str]) -> None:
    if given not in known:
        raise ConfigError(
            f"There is no {name} {given!r}.", hint=f"Choose one of: {', '.join(known)}."
        )
