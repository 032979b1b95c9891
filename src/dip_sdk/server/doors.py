"""Addresses of a database or a Redis that let anybody in who reaches them."""

from __future__ import annotations

import logging
from urllib.parse import urlsplit

from .settings import ServerSettings

log = logging.getLogger("dip_sdk.server")
HERE = ("", "localhost", "127.0.0.1", "::1")


def open_doors(settings: ServerSettings) -> tuple[str, ...]:
    """Each a sentence about a setting whose address is of another machine and has no password."""
    given = {"DIP_DATABASE_URL": settings.database_url, "DIP_REDIS_URL": settings.redis_url}
    return tuple(
        f"{name} names another machine without a password: whoever reaches it there is let in, "
        "unless it asks for a certificate."
        for name, url in given.items()
        if _is_open(url)
    )


def warn(settings: ServerSettings) -> None:
    """Say so in the log; a server may have its reasons, such as certificates."""
    for sentence in open_doors(settings):
        log.warning(sentence)


def _is_open(url: str) -> bool:
    parts = urlsplit(url)
    return (parts.hostname or "") not in HERE and not parts.password
