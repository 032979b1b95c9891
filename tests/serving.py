"""A server as its operator starts it: a process of its own, over real sockets."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx2

PATIENCE = 30


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serving(folder: Path, port: int = 0, **settings: str) -> Iterator[str]:
    """The address of a server over the folder, until the block ends; it may complain of nothing."""
    environment = _without_clients(os.environ) | settings
    with serving_with([sys.executable, "-m", "dip_sdk"], folder, environment, port) as url:
        yield url


@contextmanager
def serving_with(
    dip: Sequence[str | Path], folder: Path, environment: Mapping[str, str], port: int = 0
) -> Iterator[str]:
    """The same of a server that is started by these words, in just this environment."""
    port = port or free_port()
    process = subprocess.Popen(
        [*dip, "serve", "--port", str(port)],
        env={**environment, "DIP_SERVER_FOLDER": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait(url, process)
        yield url
    finally:
        process.send_signal(signal.SIGTERM)
        told, complained = process.communicate(timeout=PATIENCE)
    assert url in told
    assert complained == "", complained


def _without_clients(environment: Mapping[str, str]) -> dict[str, str]:
    """What a client would be told is not the server's business."""
    return {key: value for key, value in environment.items() if key not in ("DIP_URL", "DIP_TOKEN")}


def _wait(url: str, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx2.get(f"{url}/readyz").status_code == 200:
                return
        except httpx2.TransportError:
            time.sleep(0.1)
    raise AssertionError(process.communicate())
