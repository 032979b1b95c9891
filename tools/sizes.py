"""What an installation takes: megabytes and packages, for each extra in an environment of its own.

    python tools/sizes.py [EXTRA ...]

Builds the wheel, then makes a fresh environment for each set of extras and asks pip for the wheel.
The environment's own size (pip and links) is taken off.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
SETS = ("", "notebook", "server", "mcp", "notebook,ml,polars", "lab,ml,polars,server,mcp,tracing")


def main(sets: tuple[str, ...]) -> None:
    print("| `pip install` | MB | packages | s |\n| --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        wheel = built(Path(folder))
        for extras in sets:
            megabytes, packages, seconds = measured(wheel, extras)
            name = f"dip-sdk[{extras}]" if extras else "dip-sdk"
            print(f"| `{name}` | {megabytes:.0f} | {packages} | {seconds:.0f} |", flush=True)


def built(folder: Path) -> Path:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def measured(wheel: Path, extras: str) -> tuple[float, int, float]:
    """(megabytes, packages, seconds) of one installation."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        python, before, began = Path(folder) / "bin/python", taken(folder), time.monotonic()
        wanted = f"dip-sdk[{extras}] @ {wheel.as_uri()}" if extras else str(wheel)
        subprocess.run([python, "-m", "pip", "install", "--quiet", wanted], check=True, stderr=-3)
        seconds = time.monotonic() - began
        listed = subprocess.run(
            [python, "-m", "pip", "list", "--format", "json"], check=True, capture_output=True
        )
        packages = [item for item in json.loads(listed.stdout) if item["name"] not in OURS]
        return (taken(folder) - before) / 1e6, len(packages), seconds


OURS = ("pip", "setuptools")


def taken(folder: str) -> int:
    """Bytes of all files; links count once."""
    return sum(path.lstat().st_size for path in Path(folder).rglob("*") if not path.is_dir())


if __name__ == "__main__":
    main(tuple(sys.argv[1:]) or SETS)
