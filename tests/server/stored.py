"""An S3 for tests, and server processes that share nothing else but a database and a Redis."""

from __future__ import annotations

import os
import signal
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from dip_sdk.server.objects import Objects, opened

from .services import free_port
from .together import Server

BUCKET = "dip"


@contextmanager
def s3() -> Iterator[str]:
    """The URL of a place in a bucket, for this process and those that it starts."""
    from moto.server import ThreadedMotoServer

    address = f"http://127.0.0.1:{free_port()}"
    server = ThreadedMotoServer("127.0.0.1", int(address.rpartition(":")[2]), verbose=False)
    environment = {
        "AWS_ENDPOINT_URL": address,
        "AWS_ALLOW_HTTP": "true",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "us-east-1",
    }
    server.start()
    try:
        make = urllib.request.Request(f"{address}/{BUCKET}", method="PUT")
        urllib.request.urlopen(make, timeout=30).close()
        with patch.dict(os.environ, environment):
            yield f"s3://{BUCKET}/team"
    finally:
        server.stop()


@contextmanager
def apart(environment: Mapping[str, str], folder: Path, count: int = 2) -> Iterator[list[Server]]:
    """So many processes of one server, each with a folder of its own, until the block ends."""
    servers = [
        Server(environment | {"DIP_SERVER_FOLDER": str(folder / f"{n}")}, folder / f"{n}.log")
        for n in range(count)
    ]
    try:
        for server in servers:
            server.start()
        for server in servers:
            server.wait()
        yield servers
    finally:
        for server in servers:
            server.send(signal.SIGTERM)
        for server in servers:
            server.stop()


def names(url: str, prefix: str = "sessions") -> list[str]:
    """What is in the store."""
    store: Objects = opened(url)
    return sorted(entry.name for entry in store.entries(prefix))
