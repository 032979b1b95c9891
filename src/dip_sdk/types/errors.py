"""Everything that can go wrong, as one tree: the same classes locally and remotely.

DipError(code, message, hint)
├─ ConfigError                        a setting, an option or the environment
├─ DataError(file, line, column)      a file or frame that cannot be read, and where
├─ PlanRejected(sql, rule)            the guard said no
├─ QueryFailed(sql, detail)           the engine could not run a step
├─ WorkerLost                         the process that touches data died
├─ Cancelled                          somebody asked to stop
├─ BudgetExceeded                     the limit of tokens, calls, money or time is used up
├─ ConnectionFailed                   a backend or a model cannot be reached
│  ├─ TimedOut
│  └─ StreamBroken
└─ ApiError(status, request_id, retry_after)   a backend or a model answered with an error
"""

from __future__ import annotations

from typing import Any, ClassVar


class DipError(Exception):
    """Base of all errors of DIP.

    `code` is a short stable name for programs, `message` says what happened, and `hint` says
    what to do next, in the user's words ("" when there is nothing to add).
    """

    default_code: ClassVar[str] = "failed"
    facts: ClassVar[tuple[str, ...]] = ()
    """Names of the further attributes a class carries, in the order they are told."""

    def __init__(self, message: str, *, hint: str = "", code: str = "", **facts: Any) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.code = code or self.default_code
        unknown = set(facts) - set(self.facts)
        if unknown:
            raise TypeError(f"{type(self).__name__} has no {', '.join(sorted(unknown))}")
        for name in self.facts:
            setattr(self, name, facts.get(name))

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message

    def __reduce__(self) -> tuple[Any, ...]:
        return from_wire, (to_wire(self),)


class ConfigError(DipError):
    """A setting, an option or the environment is not usable."""

    default_code = "config"


class DataError(DipError):
    """A file or frame cannot be read. `file`, `line` (from 1) and `column` say where, if known."""

    default_code = "data"
    facts = ("file", "line", "column")
    file: str | None
    line: int | None
    column: str | None


class PlanRejected(DipError):
    """The guard refused a step. `sql` is the text, `rule` the name of the rule that refused."""

    default_code = "plan_rejected"
    facts = ("sql", "rule")
    sql: str | None
    rule: str | None


class QueryFailed(DipError):
    """A step could not be run. `sql` is what ran, `detail` the engine's own words, scrubbed."""

    default_code = "query_failed"
    facts = ("sql", "detail")
    sql: str | None
    detail: str | None


class WorkerLost(DipError):
    """The process that touches data died; the session's tables are unharmed."""

    default_code = "worker_lost"


class Cancelled(DipError):
    """The question, or the work, was stopped on request."""

    default_code = "cancelled"


class BudgetExceeded(DipError):
    """A limit of tokens, calls, money or time is used up."""

    default_code = "budget_exceeded"


class ConnectionFailed(DipError):
    """A backend, a store or a model cannot be reached."""

    default_code = "connection_failed"


class TimedOut(ConnectionFailed):
    """No answer came in time."""

    default_code = "timed_out"


class StreamBroken(ConnectionFailed):
    """A stream ended before its last event and could not be resumed."""

    default_code = "stream_broken"


class ApiError(DipError):
    """A backend or a model answered with an error.

    `status` is the HTTP status, `request_id` what the other side calls the request, `retry_after`
    the seconds it asks to wait.
    """

    default_code = "api_error"
    facts = ("status", "request_id", "retry_after")
    status: int | None
    request_id: str | None
    retry_after: float | None


CLASSES: dict[str, type[DipError]] = {
    cls.__name__: cls
    for cls in (
        DipError, ConfigError, DataError, PlanRejected, QueryFailed, WorkerLost, Cancelled,
        BudgetExceeded, ConnectionFailed, TimedOut, StreamBroken,
        ApiError,
    )
}  # fmt: skip


def to_wire(error: DipError) -> dict[str, Any]:
    """The error as JSON: class, code, message, hint and the facts of its class."""
    facts = {name: getattr(error, name) for name in error.facts}
    name = next(cls.__name__ for cls in type(error).__mro__ if cls.__name__ in CLASSES)
    head = {"error": name, "code": error.code, "message": error.message, "hint": error.hint}
    return head | facts


def from_wire(data: dict[str, Any]) -> DipError:
    """The error that `to_wire` wrote; a class this version does not know becomes DipError."""
    cls = CLASSES.get(data.get("error", ""), DipError)
    facts = {name: data.get(name) for name in cls.facts}
    return cls(data["message"], hint=data.get("hint", ""), code=data.get("code", ""), **facts)
