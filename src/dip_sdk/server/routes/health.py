"""Whether the server lives, and whether it can work."""

from __future__ import annotations

from fastapi import APIRouter, Response

from ..._version import __version__
from ...types.base import Model
from ..deps import Database, Settings, TheEnd, TheParts
from ..store import migrate, processes

router = APIRouter(tags=["health"])
api = APIRouter(tags=["health"])


class Ready(Model):
    ready: bool
    stopping: bool = False
    """It takes no new questions, and ends when those that run are over."""
    missing: tuple[str, ...] = ()
    """What keeps it from working, each a sentence."""
    degraded: tuple[str, ...] = ()
    """What makes it slower, each a sentence."""
    processes: int = 1
    """Of this server, that live."""
    workers: int = 0
    """Of this process, each with one session."""


class Version(Model):
    version: str
    api: str = "v1"


class Limits(Model):
    upload_mb: int
    quota_mb: int
    """Of all files of one user."""
    queries_per_user: int
    """At once; more wait for a place."""
    formats: tuple[str, ...] = ("csv", "excel", "json", "ndjson", "parquet")
    registration: str


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/readyz")
async def readyz(
    database: Database, parts: TheParts, stopping: TheEnd, response: Response
) -> Ready:
    """The database is there and at this version's schema; Redis may be away for a while."""
    missing, living = [], 0
    if stopping.begun:
        missing.append("This process is being stopped: ask another one.")
    try:
        if not await migrate.is_current(database):
            missing.append("The database is not at this version's schema: dip serve --migrate.")
        async with database.transaction() as session:
            living = await processes.living(session)
    except Exception:  # noqa: BLE001 - whatever keeps it from answering, it is not ready
        missing.append("The database does not answer.")
    slow = []
    if parts.wake.away:
        slow.append("Redis does not answer: events come up to a second late.")
    if parts.objects is not None and parts.objects.away:
        slow.append("The object store does not answer: sessions can be neither opened nor changed.")
    response.status_code = 503 if missing else 200
    return Ready(
        ready=not missing,
        stopping=stopping.begun,
        missing=tuple(missing),
        degraded=tuple(slow),
        processes=max(1, living),
        workers=parts.pool.open,
    )


@api.get("/version")
async def version() -> Version:
    """Which version this is."""
    return Version(version=__version__)


@api.get("/limits")
async def limits(settings: Settings) -> Limits:
    """What a client may send."""
    return Limits(
        upload_mb=settings.upload_mb,
        quota_mb=settings.quota_mb,
        queries_per_user=settings.queries_per_user,
        registration=settings.registration,
    )
