"""How a server begins: what it needs is checked, then uvicorn serves it."""

from __future__ import annotations

import tempfile
from pathlib import Path

from fastapi import FastAPI

from ..types.errors import ConfigError, DipError
from ..worker.process import Worker
from .app import application
from .settings import ServerSettings, settings
from .store import migrate
from .store.base import Store

FACTORY = "dip_sdk.server.start:from_environment"


def from_environment() -> FastAPI:
    """The application over the settings that the environment gives."""
    return application(settings())


def serve(chosen: ServerSettings, host: str, port: int, workers: int = 1) -> None:
    """Serve until somebody stops it. Raises `ConfigError` for what cannot be served so."""
    import uvicorn

    if workers > 1 and chosen.embedded:
        raise ConfigError(
            f"{workers} processes cannot share a SQLite database.",
            hint="Set DIP_DATABASE_URL=postgresql+asyncpg://..., or leave out --workers.",
            code="embedded_workers",
        )
    uvicorn.run(
        FACTORY,
        factory=True,
        host=host,
        port=port,
        workers=workers,
        log_level="warning",
        access_log=False,
        server_header=False,
        ws="websockets-sansio",
    )


async def missing(chosen: ServerSettings) -> tuple[str, ...]:
    """What keeps a server with these settings from working well, each a sentence."""
    return (*_unconfined(), *(await _no_database(chosen)))


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


async def _no_database(chosen: ServerSettings) -> tuple[str, ...]:
    chosen.folder.mkdir(parents=True, exist_ok=True)
    store = Store(chosen.database)
    try:
        if not await migrate.is_current(store) and not chosen.embedded:
            return ("The database is older than this version: it is brought up at the next start.",)
    except Exception:  # noqa: BLE001 - whatever keeps it from answering is what is missing
        return ("The database does not answer: look at DIP_DATABASE_URL.",)
    finally:
        await store.close()
    return ()
