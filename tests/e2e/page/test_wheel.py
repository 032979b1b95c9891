"""The wheel has the built panel: who installs it needs no Node."""

from __future__ import annotations

import gzip
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[3]
PARTS = (
    "dip_sdk/jupyter/static/panel.js",
    "dip_sdk/jupyter/static/panel.css",
    "dip_sdk/server/static/index.html",
    "data/share/jupyter/labextensions/@dip/lab/package.json",
)


def test_the_wheel_has_the_panel_for_all_three_hosts(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=120)
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    missing = [part for part in PARTS if not any(name.endswith(part) for name in names)]
    assert not missing, "build it with: make panel"
    assert not [name for name in names if "node_modules" in name]


def test_a_widget_comes_to_the_browser_at_once() -> None:
    """Its script travels with every panel that is shown: 180 kB, packed, are the most."""
    script = (ROOT / "src/dip_sdk/jupyter/static/panel.js").read_bytes()
    assert len(gzip.compress(script)) <= 180_000
