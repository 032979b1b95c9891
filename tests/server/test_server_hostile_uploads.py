"""Files made to hurt their reader, sent over HTTP: refused in words, and the server is unharmed."""

from __future__ import annotations

import sys
import time

import pytest
from fastapi.testclient import TestClient

from ..security import test_hostile_files as hostile
from .test_server_threats import API, SALES, memory_mb, refused, uploaded

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="reads memory from /proc"),
    pytest.mark.parametrize("environment", ["embedded"], indirect=True),
]

LONGEST = 2 + hostile.START
"""Seconds for a refusal, with what starting the reader may take."""
BOMBS = [
    ("x.xlsx", hostile.far_cell), ("x.xlsx", hostile.swollen_sheet), ("x.xlsx", hostile.entities),
    ("x.xlsx", hostile.external_entity_in_utf16), ("x.csv.gz", hostile.gzip_bomb),
    ("x.csv.zst", hostile.zstd_bomb), ("x.zip", hostile.zip_bomb),
    ("x.parquet", hostile.footer_that_is_longer_than_the_file), ("x.json", hostile.deep_json),
]  # fmt: skip


def test_bombs_are_refused_and_the_server_stays_small(ada: TestClient) -> None:
    session = uploaded(ada)
    place = f"{API}/files/upload"
    for name, make in BOMBS:
        content = make()
        before, begun = memory_mb(), time.monotonic()
        answer = ada.post(place, files={"files": (name, content)}, data={"session_id": session})
        took, grown = time.monotonic() - begun, memory_mb() - before
        refused(answer, 422)
        assert answer.json()["error"]["error"] == "DataError"
        assert answer.json()["hint"], make.__name__
        assert took < LONGEST, make.__name__
        assert grown < 64, make.__name__
    (file,) = ada.get(f"{API}/sessions/{session}/files").json()
    assert file["size"] == len(SALES)
    body = {"session_id": session, "query": "total sales"}
    assert ada.post(f"{API}/query/process", json=body).json()["status"] == "answered"
