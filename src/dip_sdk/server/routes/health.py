"""Whether the server lives, and whether it can work."""

from __future__ import annotations

from fastapi import APIRouter, Response

from ..._version import __version__
from ...types.base import Model
from ..deps import Database, Settings
from ..store import migrate

router = APIRouter(tags=["health"])
api = APIRouter(tags=["health"])


class Ready(Model):
    ready: bool
    missing: tuple[str, ...] = ()
    """What is not there, each a sentence."""


class Version(Model):
    version: str
    api: str = "v1"


class Limits(Model):
    upload_mb: int
    formats: tuple[str, ...] = ("csv", "excel", "json", "ndjson", "parquet")
    registration: str


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/readyz")
async def readyz(database: Database, response: Response) -> Ready:
    """The database is there and at this version's schema."""
    missing = []
    try:
        if not await migrate.is_current(database):
            missing.append("The database is not at this version's schema: run dip serve --migrate.")
    except Exception:  # noqa: BLE001 - whatever keeps it from answering, it is not ready
        missing.append("The database does not answer.")
    response.status_code = 503 if missing else 200
    return Ready(ready=not missing, missing=tuple(missing))


@api.get("/version")
async def version() -> Version:
    """Which version this is."""
    return Version(version=__version__)


@api.get("/limits")
async def limits(settings: Settings) -> Limits:
    """What a client may send."""
    return Limits(upload_mb=settings.upload_mb, registration=settings.registration)
