"""4a to 4c: an upload, a question and a page of a backend over loopback."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dip_sdk
from dip_sdk.client.core.uploads import Moved, upload

from . import data
from .measure import Figure, paired, seconds

UPLOAD_MB = 500


def figures(folder: Path, scale: float) -> Iterator[Figure]:
    path = data.parquet(folder, int(1_000_000 * scale))
    with _serving(folder / "server") as url:
        token = dip_sdk.login(url, "ada@example.com", "testpass", register=True)
        with (
            dip_sdk.Client(planner="rules", workdir=folder / "here") as here,
            dip_sdk.Client(url, token=token, planner="rules", timeout=600) as there,
        ):
            for client in (here, there):
                client.upload(path, name="orders")
            yield _upload(there, folder, int(UPLOAD_MB * scale))
            yield _question(here, there)
            yield _page(there)


def _upload(there: dip_sdk.Client, folder: Path, mb: int) -> Figure:
    """Bytes that nothing compresses, to the moment the backend has them all on its disk."""
    path = folder / "large.parquet"
    path.write_bytes(os.urandom(1 << 20) * mb)

    def sent() -> float:
        with there.session() as session:
            begun = time.perf_counter()
            for event in session.room().upload(upload([path], None, {})):
                if isinstance(event, Moved) and event.message.startswith("Reading"):
                    break
            return time.perf_counter() - begun

    ours, plain, ratio = paired(sent, lambda: _plain_copy(path))
    note = f"{ours:.2f} s against {plain:.2f} s"
    return Figure("4a", f"{mb} MB upload by the SDK", ratio, "x", 1.7, "socket copy", note)


def _question(here: dip_sdk.Client, there: dip_sdk.Client) -> Figure:
    """A new question each round, A B A B."""
    numbers = iter(range(10_000))

    def asked(client: dip_sdk.Client) -> float:
        question = f"total amount by region where quantity is above {next(numbers) % 50}"
        return seconds(lambda: client.query(question))

    remote, local, _ = paired(lambda: asked(there), lambda: asked(here), 15)
    note = f"{1000 * remote:.1f} ms against {1000 * local:.1f} ms"
    return Figure("4b", "remote question", 1000 * (remote - local), " ms", 25, "local", note)


def _page(there: dip_sdk.Client) -> Figure:
    result = there.query("list all orders")
    numbers = iter(range(2, 10_000))

    def missed() -> float:
        number = next(numbers)
        return seconds(lambda: result.page(number))

    result.page(1)
    hit, miss, ratio = paired(lambda: seconds(lambda: result.page(1)), missed, 15)
    note = f"{1000 * hit:.1f} ms against {1000 * miss:.1f} ms"
    return Figure("4c", "page that was asked for before", ratio, "x", 0.3, "a new one", note)


def _plain_copy(path: Path) -> float:
    """Seconds in which another thread has the file on its disk, from a socket, fsynced."""
    server = socket.create_server(("127.0.0.1", 0))
    target = path.with_suffix(".copy")

    def take() -> None:
        taken, _ = server.accept()
        with target.open("wb") as file:
            while data := taken.recv(1 << 20):
                file.write(data)
            os.fsync(file.fileno())

    taker = threading.Thread(target=take)
    taker.start()
    begun = time.perf_counter()
    with socket.create_connection(server.getsockname()) as sender, path.open("rb") as file:
        sender.sendfile(file)
    taker.join()
    spent = time.perf_counter() - begun
    target.unlink()
    return spent


@contextmanager
def _serving(folder: Path) -> Iterator[str]:
    import httpx2

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "dip_sdk", "serve", "--port", str(port)],
        env=os.environ | {"DIP_SERVER_FOLDER": str(folder), "DIP_UPLOAD_MB": "600"},
        stdout=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        while process.poll() is None:
            try:
                if httpx2.get(f"{url}/readyz").status_code == 200:
                    break
            except httpx2.TransportError:
                time.sleep(0.1)
        yield url
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()
