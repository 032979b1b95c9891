"""What can go wrong on the line, as errors of our tree, and whether to try again."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from ....types.errors import (
    ApiError,
    ConfigError,
    ConnectionFailed,
    DipError,
    QueryFailed,
    StreamBroken,
    TimedOut,
)
from ..settings import ModelSettings

if TYPE_CHECKING:
    import anthropic

log = logging.getLogger("dip_sdk")

_LATER = "Try again later, choose another model, or ask with planner='rules'."


class Failure(Exception):
    """An attempt failed. `wait`: seconds until the next (0: soon), None: never."""

    def __init__(self, error: DipError, wait: float | None = None, unsent: bool = False) -> None:
        super().__init__(error.message)
        self.error = error
        self.wait = wait
        self.unsent = unsent
        """Nobody took the request: it never left."""


def failure(error: Exception, settings: ModelSettings) -> Failure:
    """The failure that an error of the library stands for."""
    import anthropic
    import httpx2

    if isinstance(error, Failure):
        return error
    if isinstance(error, (anthropic.APITimeoutError, TimeoutError, httpx2.TimeoutException)):
        unsent = isinstance(error.__cause__, httpx2.ConnectTimeout)
        return Failure(_timed_out(settings), unsent=unsent)
    if isinstance(error, anthropic.APIConnectionError):
        return Failure(_unreachable(), 0, isinstance(error.__cause__, httpx2.ConnectError))
    if isinstance(error, anthropic.APIStatusError):
        return _refused(error, settings)
    log.debug("A reply of the model broke off", exc_info=error)
    return Failure(_broken(), 0)


def unusable(stop: str | None) -> Failure | None:
    """Why a reply that ended so cannot be used, or None when it can."""
    match stop:
        case None:
            return Failure(_broken(), 0)
        case "refusal":
            return Failure(
                QueryFailed(
                    "The model declined to work on this question.",
                    hint="Ask in other words, or with planner='rules'.",
                    code="model_refused",
                )
            )
        case "model_context_window_exceeded":
            return Failure(
                QueryFailed(
                    "The question outgrew what the model can read at once.",
                    hint="Ask of fewer tables (on=...), or in smaller steps.",
                    code="model_context",
                )
            )
    return None


def no_key() -> ConfigError:
    return ConfigError(
        "There is no key for the model.",
        hint="Set ANTHROPIC_API_KEY, or ANTHROPIC_BASE_URL for a server of your own; "
        "planner='rules' needs neither.",
        code="no_model_key",
    )


def _refused(error: anthropic.APIStatusError, settings: ModelSettings) -> Failure:
    status, kind = error.status_code, error.type or ""
    if status in {401, 403}:
        return Failure(
            ConfigError(
                "The model's server did not accept the key.",
                hint="Check ANTHROPIC_API_KEY, and that it may use this model.",
                code="model_key_refused",
            )
        )
    if status == 404:
        return Failure(
            ConfigError(
                f"There is no model {settings.model!r} on this server.",
                hint="Choose another: model=..., or DIP_MODEL.",
                code="unknown_model",
            )
        )
    wait = _wait(error)
    facts = {"status": status, "request_id": error.request_id, "retry_after": wait or None}
    if status == 429 or kind == "rate_limit_error":
        hint = f"Try again in {wait:.0f} seconds." if wait else _LATER
        limited = ApiError(
            "The model's server takes no more now.", hint=hint, code="rate_limited", **facts
        )
        return Failure(limited, wait)
    if status >= 500 or status in {408, 409} or kind in {"overloaded_error", "api_error"}:
        crowded = ApiError(
            "The model's server is overloaded or failing.",
            hint=_LATER,
            code="model_overloaded",
            **facts,
        )
        return Failure(crowded, wait)
    refused = ApiError(
        f"The model's server refused the request (status {status}).",
        hint="Ask of fewer tables (on=...), choose another model, or ask with planner='rules'.",
        code="model_request_refused",
        **facts,
    )
    return Failure(refused)


def _wait(error: anthropic.APIStatusError) -> float:
    """The seconds that the server asks for; 0 where it says nothing."""
    try:
        return max(0.0, float(error.response.headers.get("retry-after", 0)))
    except ValueError:
        return 0.0


def _timed_out(settings: ModelSettings) -> TimedOut:
    return TimedOut(
        f"The model was silent for more than {settings.timeout:g} seconds.",
        hint="Try again, or give it longer: timeout=...",
        code="model_timed_out",
    )


def _unreachable() -> ConnectionFailed:
    return ConnectionFailed(
        "The model's server cannot be reached.",
        hint="Check the network and ANTHROPIC_BASE_URL, or ask with planner='rules'.",
        code="model_unreachable",
    )


def _broken() -> StreamBroken:
    return StreamBroken("The model's reply broke off.", hint=_LATER, code="model_stream_broken")
