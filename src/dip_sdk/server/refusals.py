"""What the document of the API says of refusals: any route may answer with any of them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI

from ..types.base import Model
from .problems import MEDIA_TYPE

STATUSES = (400, 401, 403, 404, 409, 413, 415, 416, 422, 423, 429, 503)


class Refusal(Model):
    """A problem of RFC 9457, with a code that does not change and what to do about it."""

    type: str
    title: str
    status: int
    detail: str
    """What is wrong, in a sentence."""
    instance: str
    """The number of the request, as in the server's log."""
    code: str
    hint: str = ""
    """What to do next."""
    retry_after: float | None = None
    """Seconds after which the same may work."""
    error: dict[str, Any] | None = None
    """The error as a client of Python raises it."""
    errors: tuple[dict[str, str], ...] = ()
    """`field` and `message` of each part that is not valid."""


_SHOWN = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Refusal"}}}
RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {"description": HTTPStatus(status).phrase, "content": _SHOWN} for status in STATUSES
}
"""For the `responses` of a router."""


def document(app: FastAPI) -> None:
    """Name the model once in the document, where all responses refer to it."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        told = plain()
        told["components"]["schemas"].setdefault("Refusal", Refusal.model_json_schema())
        return told

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's own way to change it
