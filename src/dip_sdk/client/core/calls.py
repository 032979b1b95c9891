"""Calls to a backend and what its answers mean: no sockets, no clock."""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

from pydantic import TypeAdapter

from ...types.errors import (
    CLASSES,
    ApiError,
    ConfigError,
    ConnectionFailed,
    DipError,
    TimedOut,
    from_wire,
)
from ...types.result import Condition, Page, ResultFacts
from ...types.values import Column

T = TypeVar("T")
API = "/api/v1"
AGAIN = (429, 502, 503, 504)
"""Statuses of a server that may answer the next time."""
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 8.0
LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Call:
    """One request."""

    method: str
    path: str
    params: Sequence[tuple[str, str]] = ()
    json: object = None
    content: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    again: bool = True
    """Sending it twice does what sending it once does."""
    seconds: float | None = None
    """How long the answer may take, where that is longer than usual."""


@dataclass(frozen=True)
class Reply:
    """What came back, whole."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    def json(self) -> Any:
        """The answer's data; raises `ConnectionFailed` when that is no backend of ours."""
        try:
            return json.loads(self.content)
        except ValueError:
            raise not_ours() from None


def once(call: Call, key: str | None = None) -> Call:
    """The call under a key, by which the backend knows it when it is sent again."""
    headers = {**call.headers, "Idempotency-Key": key or str(uuid.uuid4())}
    return replace(call, headers=headers, again=True)


def path(*parts: str) -> str:
    """The path of a route, each part quoted."""
    return "/".join((API, *(quote(part, safe="") for part in parts)))


def base(url: str, *, insecure: bool = False) -> str:
    """The address of a backend, without a slash at its end; raises `ConfigError`."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigError(
            f"{url!r} is no address of a backend.", hint="Write it as https://dip.example.com."
        )
    if parts.scheme == "http" and parts.hostname not in LOOPBACK and not insecure:
        raise ConfigError(
            f"{url!r} would send the token in the clear.",
            hint="Use https://, or set DIP_INSECURE=1 inside a network you trust.",
            code="insecure_url",
        )
    return url.rstrip("/")


def pause(failures: int, told: float | None = None) -> float:
    """Seconds to wait after so many failures in a row: doubled each time, spread by chance."""
    if told is not None:
        return min(told, LONGEST_PAUSE)
    longest = min(FIRST_PAUSE * 2.0 ** (failures - 1), LONGEST_PAUSE)
    return float(longest) * (0.5 + random.random() / 2)  # noqa: S311 - spreads clients, keeps no secret


def refused(reply: Reply) -> DipError | None:
    """The error that an answer stands for: the same class as in this process; None for success."""
    if reply.status < 400:
        return None
    try:
        problem = json.loads(reply.content)
        told = {**problem, **problem.get("error", {})}
    except (ValueError, AttributeError, TypeError):
        return _plain(reply)
    if told.get("error") in CLASSES and told["error"] != "ApiError":
        return from_wire(told)
    if "code" not in told:
        return _plain(reply)
    return ApiError(
        str(told.get("detail", "")),
        hint=str(told.get("hint", "")) or _hint(reply.status),
        code=str(told["code"]),
        status=reply.status,
        request_id=told.get("instance"),
        retry_after=told.get("retry_after"),
    )


def _plain(reply: Reply) -> ApiError:
    """An error that no backend of ours told: a proxy's page, say. Its text is not repeated."""
    return ApiError(
        f"The backend answered with status {reply.status}.",
        hint=_hint(reply.status),
        status=reply.status,
        request_id=reply.headers.get("x-request-id"),
    )


def _hint(status: int) -> str:
    if status == 401:
        return "Give token=..., or set DIP_TOKEN; dip_sdk.login(url, email, password) makes one."
    return "Try again later." if status in AGAIN else "Look at the address of the backend."


def unreachable(url: str) -> ConnectionFailed:
    host = urlsplit(url).netloc
    return ConnectionFailed(
        f"The backend at {host} cannot be reached.",
        hint="Look at the address and the network, or leave the url away to work here.",
    )


def silent(url: str, seconds: float) -> TimedOut:
    return TimedOut(
        f"The backend at {urlsplit(url).netloc} was silent for {seconds:g} s.",
        hint="Ask again, or make the client with a longer timeout=.",
    )


def not_ours() -> ConnectionFailed:
    return ConnectionFailed(
        "What answered is no backend of DIP.", hint="Look at the address of the backend."
    )


def read(kind: type[T], told: object) -> T:
    """What a backend told, as what it is; what a later version adds to it is passed over."""
    known: Any = kind
    value: T = _adapter(known).validate_python(told, extra="ignore")
    return value


@lru_cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def sorting(sort: Sequence[str], where: Sequence[Condition]) -> list[tuple[str, str]]:
    """Order and filter as parameters of `/query/{id}/results`."""
    params = []
    for key in sort:
        params.append(("sort_column", key.removeprefix("-")))
        params.append(("sort_direction", "desc" if key.startswith("-") else "asc"))
    if where:
        params.append(("filter", json.dumps([condition.model_dump() for condition in where])))
    return params


def page(told: Mapping[str, Any]) -> Page:
    """The rows of a page by position, as they are in this process."""
    columns = tuple(read(Column, column) for column in told["columns"])
    return Page(
        columns=columns,
        rows=_rows(columns, told["items"]),
        offset=told["offset"],
        total=told["total_count"],
    )


def facts(told: Mapping[str, Any]) -> ResultFacts:
    """The facts of an answer; raises the error of a run that has none."""
    if told["error"]:
        raise from_wire(told["error"])
    if told["status"] not in ("answered", "clarify", "cannot_answer"):
        raise DipError(
            f"This answer is {told['status']}.", hint="Ask again later.", code="no_result"
        )
    result = told["result"] or {"columns": (), "data": ()}
    columns = tuple(read(Column, column) for column in result["columns"])
    same = {name: told[name] for name in ResultFacts.model_fields if name in told}
    return read(
        ResultFacts,
        same
        | {
            "id": told["query_id"],
            "question": told["query"],
            "columns": columns,
            "preview": _rows(columns, result["data"]),
            "seconds": told["execution_time"],
            "at": told["timestamp"],
        },
    )


def _rows(columns: Sequence[Column], items: Sequence[Mapping[str, Any]]) -> tuple[Any, ...]:
    return tuple(tuple(item[column.name] for column in columns) for item in items)
