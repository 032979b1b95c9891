"""`dip serve`: the backend, for one person on this machine or for a team."""

from __future__ import annotations

import asyncio
import socket
from argparse import Namespace
from importlib.util import find_spec

from ..types.errors import ConfigError
from .console import say
from .exits import ANSWERED, FAILED


def run(options: Namespace) -> int:
    if find_spec("fastapi") is None:
        raise ConfigError(
            "The server's packages are not installed.",
            hint="pip install 'dip-sdk[server]'",
            code="no_server",
        )
    from ..server.settings import settings

    chosen = settings()
    if options.check:
        from ..server.start import missing

        lines = asyncio.run(missing(chosen))
        for line in lines or ("Nothing is missing.",):
            say(line)
        return FAILED if lines else ANSWERED
    if options.migrate:
        from ..server.start import bring_up

        bring_up(chosen)
        say("The database is at the schema of this version.")
        return ANSWERED
    _must_be_free(options.host, options.port)
    say(f"DIP listens on http://{options.host}:{options.port}; Ctrl+C ends it.")
    say(f"It keeps everything in {chosen.folder}." if chosen.embedded else "It uses your database.")
    if chosen.registration == "open":
        say("Open that address in a browser and register; or in Python:")
        say(
            f'  dip_sdk.login("http://{options.host}:{options.port}", "you@example.com", '
            '"a password", register=True)'
        )
    from ..server.start import serve

    serve(chosen, options.host, options.port, options.workers)
    return ANSWERED


def _must_be_free(host: str, port: int) -> None:
    """Say it before the server starts, in words."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            raise ConfigError(
                f"{host}:{port} cannot be listened on.",
                hint="Something else may listen there: try --port 8766.",
                code="port_taken",
            ) from None
