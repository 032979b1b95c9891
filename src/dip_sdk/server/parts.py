"""What a server is made of, put together for its profile, and taken apart in order."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from ..engine.bridge import acall
from .asking import Questions
from .exports import Exports
from .leases import Leases
from .live import Hub
from .mirror import Mirror
from .objects import Objects, opened
from .pieces import InStore, OnDisk
from .pool import Pool
from .pulse import Pulse
from .purse import Purse
from .queueing import Places
from .settings import ServerSettings
from .store import migrate
from .store.base import Store
from .sweep import Sweep
from .uploads import Uploads
from .wake import Alone, RedisWake, Wake


@dataclass(frozen=True)
class Parts:
    """The working parts of one process."""

    store: Store
    wake: Wake
    hub: Hub
    pool: Pool
    runs: Questions
    exports: Exports
    uploads: Uploads
    sweep: Sweep
    objects: Objects | None = None


@asynccontextmanager
async def working(settings: ServerSettings) -> AsyncIterator[Parts]:
    """The parts at work, until the block ends: the database brought up, the others told."""
    settings.folder.mkdir(parents=True, exist_ok=True)
    async with AsyncExitStack() as stack:
        store = Store(settings.database)
        stack.push_async_callback(store.close)
        if settings.migrate == "on":
            await migrate.upgrade(store)
        wake: Wake = RedisWake(settings.redis_url) if settings.redis_url else Alone()
        stack.push_async_callback(wake.close)
        await wake.start()
        leases = None if settings.embedded else Leases(store, wake)
        objects = opened(settings.objects) if settings.objects else None
        mirror = None
        if objects is not None:
            mirror = Mirror(objects, settings.folder, settings.cache_mb)
            stack.push_async_callback(acall, mirror.close)
        hub, pool = Hub(store, wake), Pool(settings.folder, leases, mirror)
        places = Places(settings.queries, settings.queries_per_user)
        purse = Purse(settings.money_per_user_day)
        runs = Questions(store, pool, hub, wake, places, purse)
        if leases is None:
            await runs.recover()  # nobody else runs anything over this database
        else:
            pulse = Pulse(store, hub, pool, runs, leases, settings.lease_s)
            stack.push_async_callback(pulse.close)
            await pulse.start(wake)
        stack.push_async_callback(pool.close)
        stack.push_async_callback(runs.close)
        exports = Exports(store, settings.folder / "exports", objects)
        arriving = settings.folder / "uploads"
        pieces = InStore(objects) if objects else OnDisk(arriving)
        uploads = Uploads(store, arriving, settings.upload_mb, pieces)
        sweep = Sweep(store, pool, runs, exports, uploads)
        stack.push_async_callback(sweep.close)
        sweep.start()
        yield Parts(store, wake, hub, pool, runs, exports, uploads, sweep, objects)
