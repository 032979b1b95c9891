"""A JupyterLab server of its own: nothing of the machine's settings, news or notebooks is seen."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import dip_sdk

STARTS_WITHIN = 90.0
"""Seconds; it takes about four where nothing else runs."""

PANEL = Path(dip_sdk.__file__).parent / "jupyter" / "labextension"
"""The sidebar as `make panel` built it; a wheel puts it where every JupyterLab finds it."""
NO_NEWS = {"fetchNews": "false", "checkForUpdates": False, "doNotDisturbMode": True}
NOTICES = Path("@jupyterlab", "apputils-extension", "notification.jupyterlab-settings")


@dataclass(frozen=True)
class LabServer:
    """Where a running server answers, and the folder it shows."""

    url: str
    root: Path
    environment: dict[str, str]
    """That of the server's process: another one with it knows the same notebooks."""


@contextmanager
def running_lab(folder: Path, **more: str) -> Iterator[LabServer]:
    """A server on the loopback interface, which ends with the block; `folder` is all it writes.

    `more` is what its environment has besides.
    """
    root = folder / "notebooks"
    root.mkdir()
    port = _free_port()
    environment = _environment(folder) | more
    log = folder / "server.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            _command(port, root),
            cwd=root,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    server = LabServer(f"http://127.0.0.1:{port}", root, environment)
    try:
        _wait_until_ready(server, process, log)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:  # it waits for a kernel that is gone: not what is tested
            process.kill()
            process.wait(timeout=20)


def _command(port: int, root: Path) -> list[str]:
    options = {
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.port": port,
        "ServerApp.port_retries": 0,
        "ServerApp.root_dir": root,
        "ServerApp.open_browser": False,
        "ServerApp.allow_root": True,
        "IdentityProvider.token": "",
        "LabApp.expose_app_in_browser": True,
        "LabApp.extension_manager": "readonly",
    }
    flags = [f"--{name}={value}" for name, value in options.items()]
    return [sys.executable, "-m", "jupyterlab", *flags]


def _environment(folder: Path) -> dict[str, str]:
    """That of a user who has just installed it."""
    settings = folder / "settings"
    (settings / NOTICES).parent.mkdir(parents=True)
    (settings / NOTICES).write_text(json.dumps(NO_NEWS), encoding="utf-8")
    own = {
        "JUPYTERLAB_SETTINGS_DIR": settings,
        "JUPYTERLAB_WORKSPACES_DIR": folder / "workspaces",
        "JUPYTER_CONFIG_DIR": folder / "config",
        "JUPYTER_DATA_DIR": folder / "data",
        "JUPYTER_RUNTIME_DIR": folder / "runtime",
        "IPYTHONDIR": folder / "ipython",
        "DIP_WORKDIR": folder / "dip",
    }
    (folder / "data" / "labextensions" / "@dip").mkdir(parents=True)
    (folder / "data" / "labextensions" / "@dip" / "lab").symlink_to(PANEL)
    foreign = ("JUPYTER", "IPYTHON", "DIP_", "ANTHROPIC_", "PYTEST_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return kept | {name: str(path) for name, path in own.items()}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_ready(server: LabServer, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    while not _answers(f"{server.url}/api/status"):
        if process.poll() is not None or time.monotonic() > deadline:
            raise AssertionError(f"JupyterLab did not start:\n{log.read_text(errors='replace')}")
        time.sleep(0.1)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as reply:
            return bool(reply.status == 200)
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        return False
