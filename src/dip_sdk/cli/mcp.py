"""`dip mcp`: the data of some files for an assistant, by the Model Context Protocol."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from argparse import Namespace
from importlib.util import find_spec
from pathlib import Path

from ..types.errors import ConfigError
from .exits import ANSWERED
from .reading import read_options


def run(options: Namespace) -> int:
    if find_spec("mcp") is None:
        raise ConfigError(
            "The packages for assistants are not installed.",
            hint="pip install 'dip-sdk[mcp]'",
            code="no_mcp",
        )
    logging.basicConfig(stream=sys.stderr, format="dip: %(message)s")
    logging.getLogger("dip_sdk.mcp").setLevel(logging.INFO)
    asyncio.run(_serve(options))
    return ANSWERED


async def _serve(options: Namespace) -> None:
    from ..client import AsyncClient
    from ..mcp.http import door, over_http
    from ..mcp.room import Room
    from ..mcp.stdio import over_stdio

    at = options.http and door(
        options.http, os.environ.get("DIP_MCP_TOKEN", ""), options.allow_host
    )
    client = AsyncClient(
        planner=options.planner,
        model=options.model,
        privacy=options.privacy,
        budget=options.budget,
        cache=options.cache,
    )
    exports = _folder(options.export_to)
    room = Room(client, options.words, read_options(options), exports=exports)
    if at:
        await over_http(room, options.privacy, at, _say)
    else:
        await over_stdio(room, options.privacy)


def _folder(given: str | None) -> Path | None:
    if given is None:
        return None
    folder = Path(given).expanduser().resolve()
    if not folder.is_dir():
        raise ConfigError(
            f"There is no folder {given!r}.", hint="Make it, or choose another.", code="usage"
        )
    return folder


def _say(address: str) -> None:
    """On stderr: where there is no HTTP, stdout is the protocol's own."""
    sys.stderr.write(f"DIP answers assistants at {address}; Ctrl+C ends it.\n")
    sys.stderr.flush()
