"""A real PostgreSQL and a real Redis for tests: on free ports, over temporary data, then gone."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest

PATIENCE = 30.0
NOBODY = "nobody"
"""Who runs PostgreSQL where the tests run as root: it refuses to."""
APT = "apt-get install -y --no-install-recommends postgresql redis-server"


class Service:
    """A program that listens on a port of this machine. It can be killed, and started again."""

    def __init__(self, command: list[str], port: int, log: Path, stop: int = signal.SIGTERM):
        self.port = port
        self._command = command
        self._log = log
        self._stop = stop
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it listens."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        deadline = time.monotonic() + PATIENCE
        while not listening(self.port):
            if time.monotonic() > deadline or self._process.poll() is not None:
                raise AssertionError(self._log.read_text(errors="replace")[-2000:])
            time.sleep(0.02)

    def stop(self, how: int | None = None) -> None:
        """Stop it, or kill it, and wait for its end."""
        if self._process is not None:
            self._process.send_signal(how or self._stop)
            self._process.wait(PATIENCE)
            self._process = None

    def kill(self) -> None:
        self.stop(signal.SIGKILL)


S = TypeVar("S", bound=Service)


class Postgres(Service):
    """A cluster of its own. Speed comes before safety from a loss of power, not from a kill."""

    def __init__(self, folder: Path) -> None:
        programs = postgres_programs()
        port = free_port()
        if os.geteuid() == 0:
            shutil.chown(folder, NOBODY, "nogroup")
        data = folder / "data"
        options = ["-A", "trust", "-U", "dip", "-E", "UTF8", "--locale=C", "--no-sync"]
        subprocess.run(
            [*_lowered(), str(programs / "initdb"), *options, "-D", str(data)],
            check=True, capture_output=True, cwd=folder,
        )  # fmt: skip
        settings = {
            "port": port, "listen_addresses": "127.0.0.1", "unix_socket_directories": "",
            "max_connections": 200, "fsync": "off", "shared_buffers": "32MB",
        }  # fmt: skip
        told = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        command = [*_lowered(), str(programs / "postgres"), "-D", str(data), *told]
        super().__init__(command, port, folder / "log", stop=signal.SIGINT)
        self._programs = programs
        self._made = 0

    def start(self) -> None:
        """Start it, and wait until it takes connections."""
        super().start()
        ready = [str(self._programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        deadline = time.monotonic() + PATIENCE
        while subprocess.run(ready, check=False).returncode != 0:
            assert time.monotonic() < deadline, "PostgreSQL takes no connections"
            time.sleep(0.02)

    def database(self, name: str = "") -> str:
        """The URL of a fresh database."""
        self._made += 1
        name = name or f"dip_{self._made}"
        self.run(f"CREATE DATABASE {name} STRATEGY file_copy")
        return self.url(name)

    def url(self, name: str) -> str:
        return f"postgresql+asyncpg://dip@127.0.0.1:{self.port}/{name}"

    def run(self, statement: str, database: str = "postgres") -> str:
        """What a statement of the operator says."""
        place = ["-h", "127.0.0.1", "-p", str(self.port), "-U", "dip", "-d", database]
        command = [str(self._programs / "psql"), "-X", "-q", "-A", "-t", *place, "-c", statement]
        told = subprocess.run(command, capture_output=True, text=True, check=False)
        assert told.returncode == 0, told.stderr
        return told.stdout.strip()


class Redis(Service):
    """A Redis that keeps nothing when it ends."""

    def __init__(self, folder: Path) -> None:
        port = free_port()
        command = [
            _program("redis-server"), "--port", str(port), "--bind", "127.0.0.1",
            "--save", "", "--appendonly", "no", "--dir", str(folder), "--databases", "512",
        ]  # fmt: skip
        super().__init__(command, port, folder / "log")

    def url(self, number: int = 0) -> str:
        return f"redis://127.0.0.1:{self.port}/{number}"


@contextmanager
def running(kind: type[S]) -> Iterator[S]:
    """A service over a folder of its own, until the block ends.

    Not a folder of pytest: each pytest that starts takes the way to those from everybody else.
    """
    folder = Path(tempfile.mkdtemp(prefix="dip-service-"))
    try:
        service = kind(folder)
        try:
            service.start()
            yield service
        finally:
            service.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def listening(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def postgres_programs() -> Path:
    """The folder of PostgreSQL's programs: that of PATH, else the newest that Debian installed."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version)
    found = shutil.which("initdb") or next(iter(installed[::-1]), None)
    return Path(found).resolve().parent if found else _absent("initdb")


def _version(program: Path) -> float:
    return float(program.parents[1].name)


def _program(name: str) -> str:
    return shutil.which(name) or str(_absent(name))


def _absent(name: str) -> Path:
    """What is not there is skipped, with what brings it; in CI that fails."""
    message = f"{name} is not installed: {APT}"
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


def _lowered() -> list[str]:
    """What goes before a command that root may not run."""
    if os.geteuid() != 0:
        return []
    return ["setpriv", f"--reuid={NOBODY}", "--regid=nogroup", "--clear-groups"]
