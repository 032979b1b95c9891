"""1a, 1b: what an import costs, and the first answer of a fresh process, in CPU seconds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from .measure import Figure, paired, process

FIRST = """
import sys
from dip_sdk.cli import main
sys.exit(main(["ask", sys.argv[1], "total sales by region"]))
"""
PLAIN = """
import sys, duckdb, pyarrow
print(duckdb.sql(f"select region, sum(sales) from '{sys.argv[1]}' group by 1").fetchall())
"""


def figures(folder: Path, scale: float) -> Iterator[Figure]:  # noqa: ARG001 - one shape for all
    _, _, ratio = paired(
        lambda: process("import dip_sdk").cpu, lambda: process("import pydantic").cpu, rounds=7
    )
    yield Figure("1a", "import dip_sdk, CPU", ratio, "x", 1.2, "import pydantic")

    small = folder / "small.csv"
    small.write_text("region,sales\nNorth,10\nSouth,20\nNorth,5\n")
    ours, base, ratio = paired(
        lambda: process(FIRST, str(small)).cpu, lambda: process(PLAIN, str(small)).cpu, rounds=5
    )
    note = f"{ours:.2f} s against {base:.2f} s"
    what = "first answer in a fresh process, CPU with workers"
    yield Figure("1b", what, ratio, "x", 3.0, "import duckdb, pyarrow and the query", note)
