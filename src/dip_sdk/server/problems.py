"""Errors over HTTP: `application/problem+json` (RFC 9457) with the code of our own tree.

Nothing of an unforeseen error goes out but the number of its request; the log has the rest.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from ..types.errors import (
    ApiError,
    BudgetExceeded,
    Cancelled,
    ConfigError,
    ConnectionFailed,
    DataError,
    DipError,
    PlanRejected,
    QueryFailed,
    WorkerLost,
    to_wire,
)
from .watch import guard

MEDIA_TYPE = "application/problem+json"
STATUSES: dict[type[DipError], int] = {
    DataError: 422,
    PlanRejected: 422,
    QueryFailed: 422,
    ConfigError: 422,
    Cancelled: 409,
    BudgetExceeded: 429,
    WorkerLost: 503,
    ConnectionFailed: 502,
}
"""Class of error -> HTTP status; the nearest parent counts."""


FAULTS = ("internal", "worker_fault")
"""Begins the code of an error that is ours, not the request's."""
NOT_THERE = {"unknown_table", "unknown_result"}


class Problem(ApiError):
    """An error of the API itself, told as it is."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        hint: str = "",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, hint=hint, code=code, status=status, retry_after=retry_after)


def install(app: FastAPI) -> None:
    """Answer every error of the app as a problem."""
    app.add_exception_handler(DipError, _ours)
    app.add_exception_handler(RequestValidationError, _not_valid)
    app.add_exception_handler(HTTPException, _plain)
    app.add_exception_handler(Exception, _unforeseen)


def unauthorised(message: str = "This needs somebody who is logged in.") -> Problem:
    return Problem(
        401, "unauthorised", message, hint="Log in, and send the access token as Bearer."
    )


def not_found(what: str, hint: str = "") -> Problem:
    """The same for what is not there and for what belongs to somebody else."""
    return Problem(404, "not_found", f"There is no such {what}.", hint=hint)


async def _ours(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, DipError)  # noqa: S101 - installed for that class
    status = getattr(error, "status", None) or _status(error)
    told = to_wire(error)
    return _problem(
        request,
        int(status),
        error.code,
        error.message,
        hint=error.hint,
        retry_after=getattr(error, "retry_after", None),
        error=told,
    )


def _status(error: DipError) -> int:
    """By its class; one of no class of its own is about what was asked, unless it says not."""
    if error.code in NOT_THERE and not isinstance(error, PlanRejected):
        return 404
    for kind in type(error).__mro__:
        if kind in STATUSES:
            return STATUSES[kind]
    return 500 if error.code.startswith(FAULTS) else 422


async def _not_valid(request: Request, error: Exception) -> JSONResponse:
    """Which field, and what is wrong with it; never the value that was sent."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 - installed for that class
    found = [
        {"field": ".".join(str(part) for part in one["loc"][1:]), "message": one["msg"]}
        for one in error.errors()
    ]
    first = found[0] if found else {"field": "", "message": "It cannot be read"}
    message = f"{first['field'] or 'The request'}: {first['message']}."
    return _problem(request, 422, "not_valid", message, errors=found)


async def _plain(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - installed for that class
    phrase = HTTPStatus(error.status_code).phrase
    code = phrase.lower().replace(" ", "_").replace("'", "")
    return _problem(request, error.status_code, code, f"{phrase}.")


async def _unforeseen(request: Request, error: Exception) -> JSONResponse:  # noqa: ARG001
    """It goes out past the layer that logged the error and guards all other answers."""
    answer = _problem(
        request, 500, "internal", "Something went wrong inside the server.",
        hint="Try again; if it stays so, tell its operator the number of this request.",
    )  # fmt: skip
    guard(answer.headers, request.state.request_id)
    return answer


def _problem(
    request: Request,
    status: int,
    code: str,
    detail: str,
    *,
    hint: str = "",
    retry_after: float | None = None,
    **more: Any,
) -> JSONResponse:
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": getattr(request.state, "request_id", ""),
        "code": code,
    }
    if hint:
        body["hint"] = hint
    headers = {}
    if retry_after is not None:
        body["retry_after"] = retry_after
        headers["Retry-After"] = str(max(1, round(retry_after)))
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse(body | more, status, headers=headers, media_type=MEDIA_TYPE)
