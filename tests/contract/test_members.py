"""The contract leaves nothing out: it uses every public member, in both colours and places."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from dip_sdk import client
from dip_sdk.client._async.chart import AsyncChart
from dip_sdk.client._async.result import AsyncEdit
from dip_sdk.client._sync.chart import Chart
from dip_sdk.client._sync.result import Edit

NOT_FOR_USERS = {"room"}
"""What the classes of the client say to each other."""
SYNC = (client.Client, client.Session, client.Result, client.QueryStream, Chart, Edit)
ASYNC = (
    client.AsyncClient,
    client.AsyncSession,
    client.AsyncResult,
    client.AsyncQueryStream,
    AsyncChart,
    AsyncEdit,
)


@pytest.mark.parametrize("kind", SYNC + ASYNC, ids=lambda kind: kind.__name__)
def test_every_public_member_is_used(kind: type) -> None:
    colour = "async" if kind in ASYNC else "sync"
    told = Path(__file__).with_name(f"test_{colour}_client.py").read_text("utf-8")
    used = set(re.findall(r"\.(\w+)", told))
    members = {name for name, _ in inspect.getmembers(kind) if not name.startswith("_")}
    assert members - NOT_FOR_USERS <= used
