"""Whether every extra can be resolved: alone and all together, newest and lowest versions.

    python tools/bounds.py        (needs uv: pip install uv)

Nothing is installed. With `lowest-direct` each requirement of ours is taken at its lower bound, and
what these need in turn at its newest.
"""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
PYTHONS = ("3.11", "3.13")
RESOLUTIONS = ("highest", "lowest-direct")


def main() -> int:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [name for name in project["optional-dependencies"] if name != "dev"]
    failed = 0
    for python in PYTHONS:
        for resolution in RESOLUTIONS:
            for chosen in ((), *((name,) for name in extras), tuple(extras)):
                failed += not resolves(chosen, resolution, python)
    print(f"{failed} of them cannot be resolved" if failed else "all resolve")
    return min(failed, 1)


def resolves(extras: tuple[str, ...], resolution: str, python: str) -> bool:
    command = [
        sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--no-header",
        "--python-version", python, "--resolution", resolution,
        *(word for name in extras for word in ("--extra", name)), "pyproject.toml",
    ]  # fmt: skip
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    said = f"{len(done.stdout.splitlines())} lines" if done.returncode == 0 else done.stderr.strip()
    name = ",".join(extras) or "no extra"
    print(f"{python} {resolution:14} {name[:40]:42} {said}", flush=True)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
