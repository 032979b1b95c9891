"""`/metrics`: the figures of the server, for whoever operates it."""

from __future__ import annotations

import hmac
import ipaddress
from typing import Annotated

from fastapi import APIRouter, Header, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST

from .. import metrics
from ..deps import Settings, TheParts
from ..problems import not_found
from ..settings import ServerSettings

router = APIRouter()
PASSED_ON = ("forwarded", "x-forwarded-for", "x-real-ip", "via")
"""Headers of a proxy: what comes through it comes from elsewhere."""


@router.get("/metrics", include_in_schema=False)
async def scrape(
    request: Request,
    settings: Settings,
    parts: TheParts,
    authorization: Annotated[str, Header()] = "",
) -> Response:
    """The figures; nothing at all for who may not see them."""
    if not (_of_this_machine(request) or _has_token(settings, authorization)):
        raise not_found("page")
    text = metrics.scrape(parts.pool.open, redis_away=parts.wake.away)
    return Response(text, media_type=CONTENT_TYPE_LATEST)


def _of_this_machine(request: Request) -> bool:
    if request.client is None or any(name in request.headers for name in PASSED_ON):
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False


def _has_token(settings: ServerSettings, authorization: str) -> bool:
    if settings.metrics_token is None:
        return False
    expected = f"Bearer {settings.metrics_token.get_secret_value()}"
    return hmac.compare_digest(authorization.encode(), expected.encode())
