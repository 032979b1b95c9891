"""Run the example notebooks anew and keep their outputs.

    python tools/notebooks.py [NOTEBOOK ...]

Each runs from its own folder in a fresh kernel of this environment; what is written is what a
reader needs: cells and outputs, no widget state, no timings, no version of this machine's Python.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}


def main(names: list[str]) -> int:
    for path in [Path(name) for name in names] or sorted(NOTEBOOKS.glob("*.ipynb")):
        nbformat.write(executed(path), path)
        print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB")
    return 0


def executed(path: Path) -> nbformat.NotebookNode:
    """The notebook with the outputs of a run from first to last cell; raises where a cell fails."""
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata = nbformat.from_dict({"kernelspec": KERNEL})
    resources = {"metadata": {"path": str(path.resolve().parent)}}
    with tempfile.TemporaryDirectory() as workdir:
        client = NotebookClient(
            notebook,
            timeout=120,
            resources=resources,
            store_widget_state=False,
            record_timing=False,
        )
        client.execute(env=os.environ | {"DIP_WORKDIR": workdir, "DIP_PLANNER": "rules"})
    notebook.metadata = nbformat.from_dict({"kernelspec": KERNEL})
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number}"
    return notebook


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
