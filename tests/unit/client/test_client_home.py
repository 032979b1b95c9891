"""A client is used where it is at home, and loads nothing before it must."""

from __future__ import annotations

import asyncio
import subprocess
import sys

import pytest

from dip_sdk.client.home import AsyncHome, Home
from dip_sdk.types.errors import ConfigError


def test_a_closed_client_says_so():
    home = Home()
    home.enter()
    home.closed = True
    with pytest.raises(ConfigError, match="closed"):
        home.enter()


def test_an_async_client_belongs_to_one_loop():
    home = AsyncHome()

    async def use():
        home.enter()
        home.enter()

    asyncio.run(use())
    with pytest.raises(ConfigError, match="another event loop") as error:
        asyncio.run(use())
    assert "asyncio.run" in error.value.hint


def test_making_a_client_loads_nothing_heavy():
    script = """
import sys, dip_sdk
assert "dip_sdk.client" not in sys.modules
dip_sdk.Client(), dip_sdk.AsyncClient()
heavy = {"pandas", "pyarrow", "sqlglot", "duckdb", "numpy", "polars", "anthropic", "altair",
         "scipy", "obstore"}
print(sorted(heavy & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
