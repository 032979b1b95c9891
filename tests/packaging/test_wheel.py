"""What a stranger gets: the wheel in a fresh environment, without Node, without the sources."""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import httpx2
import pytest

from ..serving import serving_with

ROOT = Path(__file__).parents[2]
PARTS = (
    "dip_sdk/jupyter/static/panel.js",
    "dip_sdk/jupyter/static/panel.css",
    "dip_sdk/server/static/index.html",
    "dip_sdk/data/flights.parquet",
    "dip_sdk/py.typed",
    "data/share/jupyter/labextensions/@dip/lab/package.json",
)
NOTEBOOK = """
import json, sys, nbformat
from nbclient import NotebookClient
cells = json.loads(sys.argv[1])
notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
print(json.dumps([output for cell in notebook.cells for output in cell.outputs]))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=120)
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of a fresh environment that has the wheel and what it asks for."""
    folder = tmp_path_factory.mktemp("fresh")
    subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
    python = folder / "venv/bin/python"
    wanted = f"dip-sdk[notebook,server,mcp] @ {wheel.as_uri()}"
    command = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wanted]
    subprocess.run(command, check=True, capture_output=True, timeout=600)
    return python


@pytest.fixture
def alone(python: Path, tmp_path: Path) -> dict[str, str]:
    """An environment in which neither Node nor this clone is found."""
    return {
        "PATH": os.pathsep.join((str(python.parent), "/bin")),
        "HOME": str(tmp_path),
        "DIP_WORKDIR": str(tmp_path / "sessions"),
        "DIP_PLANNER": "rules",
        "IPYTHONDIR": str(tmp_path / "ipython"),
    }


def said(command: list[str | Path], place: Path, environment: dict[str, str]) -> str:
    done = subprocess.run(
        command,
        cwd=place,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_wheel_has_the_panel_for_all_three_hosts(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    missing = [part for part in PARTS if not any(name.endswith(part) for name in names)]
    assert not missing, "build it with: make panel"
    assert not [name for name in names if "node_modules" in name or name.startswith("tests")]


def test_a_widget_comes_to_the_browser_at_once() -> None:
    """Its script travels with every panel that is shown: 180 kB, packed, are the most."""
    script = (ROOT / "src/dip_sdk/jupyter/static/panel.js").read_bytes()
    assert len(gzip.compress(script)) <= 180_000


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.xdist_group("wheel")
def test_the_installed_demo_answers_six_questions(
    python: Path, alone: dict[str, str], tmp_path: Path
) -> None:
    told = said([python.parent / "dip", "demo"], tmp_path, alone)
    assert "Frontier" in told
    assert (tmp_path / "dip-report.html").stat().st_size > 10_000


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.xdist_group("wheel")
def test_the_installed_cell_magic_and_panel_work(
    python: Path, alone: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "sales.csv").write_text("region,sales\nNorth,10\nSouth,20\nNorth,5\n")
    cells = ["%load_ext dip_sdk", "%ask total sales by region", "import dip_sdk\ndip_sdk.chat()"]
    told = said([python, "-c", NOTEBOOK, json.dumps(cells)], tmp_path, alone)
    assert "South (20) and North (15)" in told
    assert "application/vnd.jupyter.widget-view+json" in told
    assert "Traceback" not in told


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.xdist_group("wheel")
def test_the_installed_server_shows_its_page(
    python: Path, alone: dict[str, str], tmp_path: Path
) -> None:
    with serving_with([python, "-m", "dip_sdk"], tmp_path, alone) as url:
        page = httpx2.get(f"{url}/")
        (script,) = re.findall(r'src="(/assets/[^"]+\.js)"', page.text)
        assert httpx2.get(f"{url}{script}").status_code == 200


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.xdist_group("wheel")
def test_what_is_installed_runs_from_there(
    python: Path, alone: dict[str, str], tmp_path: Path
) -> None:
    where = said([python, "-c", "import dip_sdk; print(dip_sdk.__file__)"], tmp_path, alone)
    assert "site-packages" in where
    assert said([python, "-m", "pip", "check"], tmp_path, alone).startswith("No broken")
    listed = said([python.parent / "jupyter", "--paths"], tmp_path, alone)
    assert str(python.parents[1]) in listed
