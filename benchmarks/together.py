"""Several processes of one server: events under cuts, and faults under load.

    python -m benchmarks.together [--clients 200] [--events 100] [--faults 10]

Starts PostgreSQL, Redis and two servers of its own. Prints what was lost, twice, out of order or
stuck (all must be 0), and how long an event takes from its commit to a client.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from tests.server.services import Postgres, Redis, running
from tests.server.together import API, Follower, Server, User, together

from dip_sdk.server.live import Hub
from dip_sdk.server.store.base import Store
from dip_sdk.server.wake import RedisWake
from dip_sdk.types.events import Status

NAME = "bench"
SESSIONS = 8


class Place(NamedTuple):
    """Everything that was started."""

    postgres: Postgres
    redis: Redis
    servers: list[Server]
    user: User
    environment: dict[str, str]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.together", description=__doc__)
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--events", type=int, default=100)
    parser.add_argument("--faults", type=int, default=10, help="of each kind")
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="dip-bench-") as folder,
        running(Postgres) as postgres,
        running(Redis) as redis,
    ):
        environment = {
            "DIP_DATABASE_URL": postgres.database(NAME),
            "DIP_REDIS_URL": redis.url(),
            "DIP_SECRET": "k" * 64,
            "DIP_REGISTRATION": "open",
            "DIP_SERVER_FOLDER": f"{folder}/server",
            "DIP_LEASE_SECONDS": "3",
        }
        with together(environment, Path(folder)) as servers:
            place = Place(postgres, redis, servers, User(servers[0]), environment)
            wrong = asyncio.run(events(place, given.clients, given.events, drops=0.0))
            wrong += asyncio.run(events(place, given.clients, given.events, drops=0.05))
            wrong += asyncio.run(faults(place, given.faults))
    print("nothing lost, twice, out of order or stuck" if not wrong else f"{wrong} wrong")
    return min(wrong, 1)


async def events(place: Place, clients: int, count: int, drops: float) -> int:
    """How many clients saw anything but every event, once, in order."""
    sessions = [created(place) for _ in range(SESSIONS)]
    crowd = [
        Follower(place.servers, place.user, sessions[n % SESSIONS], drops) for n in range(clients)
    ]
    following = [asyncio.create_task(client.follow(count)) for client in crowd]
    await asyncio.sleep(3)
    store, wake = Store(place.environment["DIP_DATABASE_URL"]), RedisWake(place.redis.url())
    await wake.start()
    hub, committed = Hub(store, wake), dict[tuple[str, int], float]()

    async def write(session: str, number: int) -> None:
        told = Status(session_id=session, at=datetime.now(UTC), message=str(number))
        await hub.write(uuid.UUID(session), [told])
        committed[session, number] = time.time()

    started = time.perf_counter()
    for number in range(1, count + 1):
        await asyncio.gather(*(write(session, number) for session in sessions))
        await asyncio.sleep(0.1)
    await asyncio.wait_for(asyncio.gather(*following), 300)
    seconds = time.perf_counter() - started
    await wake.close()
    await store.close()
    late = sorted(
        1000 * (client.arrived[number] - committed[sessions[n % SESSIONS], number])
        for n, client in enumerate(crowd)
        for number in range(1, count + 1)
    )
    wrong = sum(client.seen != list(range(1, count + 1)) for client in crowd)
    cuts = sum(client.cuts - 1 for client in crowd)
    typical, worst = late[len(late) // 2], late[len(late) * 99 // 100]
    print(
        f"{clients} clients x {count} events, {cuts} cuts: {wrong} clients wrong; "
        f"commit to client p50 {typical:.0f} ms, p99 {worst:.0f} ms; "
        f"{clients * count / seconds:.0f} events a second"
    )
    return wrong


async def faults(place: Place, each: int) -> int:
    """Kill servers, Redis and the database while questions are asked; count what went missing."""
    sessions = [place.user.upload(place.servers[n % 2]) for n in range(4)]
    told: list[str] = []
    until = asyncio.Event()
    load = [asyncio.create_task(_asking(place, session, told, until)) for session in sessions]
    kinds: tuple[Callable[[Place], None], ...] = (_kill_server, _kill_redis, _kill_database)
    for number in range(each * len(kinds)):
        await asyncio.sleep(random.uniform(0.5, 1.5))
        await asyncio.to_thread(kinds[number % len(kinds)], place)
    until.set()
    await asyncio.gather(*load)
    await asyncio.sleep(12)
    kept = place.postgres.run("SELECT id FROM queries", NAME).split()
    lost = sorted(set(told) - set(kept))
    stuck = int(place.postgres.run("SELECT count(*) FROM queries WHERE state='running'", NAME))
    unsaid = int(place.postgres.run(UNSAID, NAME))
    holes = int(place.postgres.run(HOLES, NAME))
    print(
        f"{each} kills each of a server, Redis, the database under {len(told)} acknowledged "
        f"questions: {len(lost)} lost, {stuck} stuck, {unsaid} whose end was not said once, "
        f"{holes} sessions whose log has holes"
    )
    return len(lost) + stuck + unsaid + holes


UNSAID = """SELECT count(*) FROM queries q WHERE (SELECT count(*) FROM events e WHERE
 e.query_id = q.id::text AND e.frame::json->>'type' IN ('query_result', 'error', 'cancelled')) <> 1
"""
HOLES = """SELECT count(*) FROM sessions s WHERE s.seq <> (SELECT count(*) FROM events e
 WHERE e.session_id = s.id)"""


async def _asking(place: Place, session: str, told: list[str], until: asyncio.Event) -> None:
    while not until.is_set():
        server = random.choice(place.servers)
        try:
            answer = await asyncio.to_thread(place.user.ask, server, session)
        except Exception:  # noqa: BLE001 - a server that is killed says nothing
            await asyncio.sleep(0.1)
            continue
        if answer.status_code in {200, 202}:
            told.append(answer.json()["query_id"])
        else:
            await asyncio.sleep(0.2)


def created(place: Place) -> str:
    with place.user.at(place.servers[0]) as http:
        session: str = http.post(f"{API}/sessions", json={}).json()["id"]
        return session


def _kill_server(place: Place) -> None:
    server = random.choice(place.servers)
    server.kill()
    server.start()
    server.wait()


def _kill_redis(place: Place) -> None:
    place.redis.kill()
    time.sleep(1)
    place.redis.start()


def _kill_database(place: Place) -> None:
    place.postgres.kill()
    time.sleep(0.5)
    place.postgres.start()


if __name__ == "__main__":
    sys.exit(main())
