"""How a server begins: what it needs is checked, then uvicorn serves it."""

from __future__ import annotations

import asyncio
import signal
import tempfile
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from fastapi import FastAPI
from sqlalchemy.exc import ArgumentError

from ..engine.bridge import acall
from ..types.errors import ConfigError, DipError
from ..worker.process import Worker
from .app import application
from .reachable import unreachable
from .settings import ServerSettings, settings
from .store import migrate
from .store.base import Store
from .wake import connection, must_answer

if TYPE_CHECKING:
    import uvicorn

ENDING = 5
"""Seconds that requests get to end after the questions have."""
FACTORY = "dip_sdk.server.start:from_environment"


def from_environment() -> FastAPI:
    """The application over the settings that the environment gives."""
    return application(settings())


def serve(chosen: ServerSettings, host: str, port: int, workers: int = 1) -> None:
    """Serve until somebody stops it. Raises `ConfigError` for what cannot be served so."""
    import uvicorn

    _may_share(chosen, workers)
    if away := asyncio.run(_away(chosen)):
        raise ConfigError(
            away[0], hint="Start it, or correct the setting: dip serve --check.", code="away"
        )
    config = uvicorn.Config(
        FACTORY,
        factory=True,
        host=host,
        port=port,
        workers=workers,
        log_level="warning",
        access_log=False,
        server_header=False,
        ws="websockets-sansio",
        timeout_graceful_shutdown=ENDING,
    )
    signal.signal(signal.SIGTERM, _told_to_end)
    if workers > 1:
        from .several import several

        several(config)
    else:
        _alone(config)


def bring_up(chosen: ServerSettings) -> None:
    """Bring the database to the schema of this version; raises `ConfigError` where it cannot be."""
    if away := asyncio.run(_no_database(chosen, migrated=True)):
        raise ConfigError(away[0], hint="Start it, or correct the setting.", code="away")
    asyncio.run(_migrated(chosen))


async def missing(chosen: ServerSettings) -> tuple[str, ...]:
    """What keeps a server with these settings from working well, each a sentence."""
    return (*_unconfined(), *(await _away(chosen)))


def _may_share(chosen: ServerSettings, workers: int) -> None:
    """Several processes need what they can share."""
    if workers > 1 and chosen.embedded:
        raise ConfigError(
            f"{workers} processes cannot share a SQLite database.",
            hint="Set DIP_DATABASE_URL=postgresql+asyncpg://..., DIP_REDIS_URL=redis://... and "
            "DIP_SECRET, or leave out --workers.",
            code="embedded_workers",
        )
    if workers > 1 and not chosen.redis_url:
        raise ConfigError(
            f"{workers} processes would hear of each other's events late.",
            hint="Set DIP_REDIS_URL=redis://..., or leave out --workers.",
            code="no_redis",
        )


def _unconfined() -> tuple[str, ...]:
    """Where workers are not shut in, users share more than a machine."""
    with tempfile.TemporaryDirectory(prefix="dip-serve-") as folder:
        worker = Worker(Path(folder))
        try:
            return worker.layers.missing
        except DipError as error:
            return (f"No worker starts: {error.message}",)
        finally:
            worker.close()


def _alone(config: uvicorn.Config) -> None:
    """In this process; Ctrl+C has been told to the server, which ended in order."""
    import uvicorn

    server = uvicorn.Server(config)
    with suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        raise ConfigError("The server did not start.", hint="Its log says why.", code="no_start")


def _told_to_end(_number: int, _frame: FrameType | None) -> None:
    """Before the server hears of the signal, or after its end: either way it is an end in order."""
    raise SystemExit(0)


async def _away(chosen: ServerSettings) -> tuple[str, ...]:
    """What does not answer, each a sentence that names its setting."""
    return (
        *(await _no_database(chosen)),
        *(await _no_redis(chosen)),
        *(await acall(_no_objects, chosen)),
    )


async def _migrated(chosen: ServerSettings) -> None:
    store = Store(chosen.database)
    try:
        await migrate.upgrade(store)
    finally:
        await store.close()


async def _no_database(chosen: ServerSettings, *, migrated: bool = False) -> tuple[str, ...]:
    """Why the database cannot be used; `migrated`: it is about to get its schema."""
    chosen.folder.mkdir(parents=True, exist_ok=True)
    try:
        store = Store(chosen.database)
    except (ArgumentError, ImportError):
        return (
            "DIP_DATABASE_URL cannot be used: set it like postgresql+asyncpg://user@host/name.",
        )
    try:
        current = await migrate.is_current(store)
    except Exception as error:  # noqa: BLE001 - whatever keeps it from answering is what is missing
        return (
            f"The database does not answer ({type(error).__name__}): look at DIP_DATABASE_URL.",
        )
    finally:
        await store.close()
    if current or migrated or chosen.migrate == "on":
        return ()
    return ("The database is not at this version's schema: run dip serve --migrate.",)


async def _no_redis(chosen: ServerSettings) -> tuple[str, ...]:
    if not chosen.redis_url:
        return ()
    try:
        redis = connection(chosen.redis_url)
        async with redis:
            await must_answer(redis)
    except ConfigError as error:
        return (f"{error.message} Look at DIP_REDIS_URL.",)
    return ()


def _no_objects(chosen: ServerSettings) -> tuple[str, ...]:
    return unreachable(chosen.objects) if chosen.objects else ()
