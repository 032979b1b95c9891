"""Measure every figure, or those named: `python -m benchmarks imports paging`."""

from __future__ import annotations

import argparse
import importlib
import os
import platform
import sys
import tempfile
import time
from pathlib import Path

NAMES = (
    "imports", "guard", "ingest", "profile", "question", "paging", "frames", "export", "stop",
    "growth", "spill", "sessions", "events", "notebook", "remote", "panel",
)  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *NAMES], help=", ".join(NAMES))
    parser.add_argument("--small", action="store_true", help="a tenth of the rows: a quick look")
    given = parser.parse_args()
    print(f"{platform.platform()}, Python {platform.python_version()}, {os.cpu_count()} processors")
    over = 0
    with tempfile.TemporaryDirectory(prefix="dip-bench-") as folder:
        for name in given.names or NAMES:
            started = time.perf_counter()
            figures = importlib.import_module(f"benchmarks.{name}").figures
            for figure in figures(Path(folder), 0.1 if given.small else 1.0):
                print(figure, flush=True)
                over += not figure.reached
            print(f"     {name}: {time.perf_counter() - started:.0f} s", file=sys.stderr)
    print(f"{over} over their aim" if over else "all within their aims")
    return 0


if __name__ == "__main__":
    sys.exit(main())
