"""2a-2c: loading the magics in a running kernel, the first question of a frame, and the next."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import start_new_kernel

from .measure import Figure, median

LOAD = """import time
before = time.process_time()
%load_ext dip_sdk
print(time.process_time() - before)"""
FRAME = """import pandas as pd
sales = pd.DataFrame({"region": ["North", "South", "West"] * 400, "amount": range(1200)})"""
AFTER = ("average amount by region", "highest amount by region", "lowest amount by region",
         "number of sales by region", "median amount by region")  # fmt: skip


def figures(folder: Path, scale: float) -> Iterator[Figure]:  # noqa: ARG001 - one shape for all
    os.environ |= {"DIP_WORKDIR": str(folder / "notebook"), "DIP_PLANNER": "rules"}
    loads, firsts, nexts = [], [], []
    for _ in range(3):
        with kernel() as client:
            loads.append(float(run(client, LOAD)[0]))
            run(client, FRAME)
            firsts.append(asked(client, "total amount by region"))
            nexts += [asked(client, question) for question in AFTER]
    small = "a frame of 1,200 rows, chart included"
    yield Figure(
        "2a",
        "%load_ext dip_sdk, CPU",
        median(iter(loads).__next__, 3),
        " s",
        0.05,
        "a running kernel",
    )
    yield Figure("2b", "the first %%ask", median(iter(firsts).__next__, 3), " s", 1.5, small)
    yield Figure("2c", "the next %%ask", median(iter(nexts).__next__, len(nexts)), " s", 0.2, small)


@contextmanager
def kernel() -> Iterator[BlockingKernelClient]:
    manager, client = start_new_kernel()
    try:
        yield client
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def asked(client: BlockingKernelClient, question: str) -> float:
    """Wall seconds from sending the cell to its end."""
    started = time.perf_counter()
    run(client, f"%%ask\n{question}")
    return time.perf_counter() - started


def run(client: BlockingKernelClient, code: str) -> list[str]:
    """What a cell printed; a cell that fails is raised."""
    printed: list[str] = []

    def heard(message: dict) -> None:
        if message["msg_type"] == "stream":
            printed.append(message["content"]["text"])

    reply = client.execute_interactive(code, output_hook=heard, timeout=60)
    if reply["content"]["status"] != "ok":
        raise RuntimeError(f"a measured cell failed: {reply['content']}")
    return printed
