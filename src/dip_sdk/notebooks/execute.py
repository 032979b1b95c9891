"""Runs a copy of a notebook in a fresh kernel, each question with the plan that is kept of it."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from ..types.errors import ConfigError, QueryFailed
from ..types.plan import Plan
from .check import not_checked
from .compare import Finding, compared
from .file import Kept, Notebook, answers, asks, cells, source

_MAGIC = re.compile(r"(?<!%)%{1,2}ask\b")


def execute(notebook: Notebook, folder: Path, *, timeout: int = 600) -> Iterator[Finding]:
    """What became of each answer after all cells ran anew; the notebook itself stays as it is.

    `timeout` are the seconds a cell may take. Raises `QueryFailed` when a cell fails, and
    `ConfigError` without the package that runs notebooks.
    """
    with TemporaryDirectory() as plans:
        anew = _planned(notebook, Path(plans))
        _run(anew, folder, timeout)
    before, after = _by_cell(notebook), _by_cell(anew)
    for number, kept in before.items():
        yield from _compared(kept, after.get(number, []))


def _planned(notebook: Notebook, folder: Path) -> Notebook:
    """A copy in which every cell that asks names the file of its plan."""
    anew = copy.deepcopy(notebook)
    anew.get("metadata", {}).pop("widgets", None)
    kept = _by_cell(notebook)
    for number, cell in cells(anew):
        cell["outputs"] = []
        if asks(cell):
            cell["source"] = _with_plans(source(cell), kept.get(number, []), folder)
    return anew


def _with_plans(text: str, kept: list[Kept], folder: Path) -> str:
    plans = [answer.saved.plan if answer.saved else None for answer in kept]
    if len(_MAGIC.findall(text)) != len(plans):
        return text  # a loop, or an answer that was not shown: it is asked anew
    files = iter(plans)

    def named(magic: re.Match[str]) -> str:
        plan = next(files)
        if plan is None:
            return magic[0]
        path = folder / f"plan-{len(list(folder.iterdir()))}.json"
        path.write_text(plan.model_dump_json(), encoding="utf-8")
        return f"{magic[0]} --plan {path}"

    return _MAGIC.sub(named, text)


def _run(notebook: Notebook, folder: Path, timeout: int) -> None:
    try:
        import nbformat
        from nbclient import NotebookClient
        from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
    except ImportError:
        raise ConfigError(
            "Running a notebook needs the package nbclient.", hint="pip install nbclient ipykernel"
        ) from None
    node = nbformat.reads(json.dumps(notebook), as_version=4)  # type: ignore[no-untyped-call]
    runner = NotebookClient(
        node, timeout=timeout, store_widget_state=False,
        resources={"metadata": {"path": str(folder)}},
    )  # fmt: skip
    try:
        runner.execute()
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        name = getattr(error, "ename", "") or type(error).__name__
        raise QueryFailed(
            f"A cell of the notebook fails when it is run anew: {name}.",
            hint="Run all its cells in Jupyter to see where.",
        ) from None
    notebook["cells"] = node["cells"]


def _by_cell(notebook: Notebook) -> dict[int, list[Kept]]:
    found: dict[int, list[Kept]] = {}
    for kept in answers(notebook):
        found.setdefault(kept.cell, []).append(kept)
    return found


def _compared(before: list[Kept], after: list[Kept]) -> Iterator[Finding]:
    for place, kept in enumerate(before):
        found = not_checked(kept)
        if found or kept.saved is None:
            yield from [found] if found else []
            continue
        now = after[place].saved if place < len(after) else None
        if now is None:
            why = ("it gives no answer when it is run anew",)
            yield Finding(
                cell=kept.cell, question=kept.saved.question, state="changed", details=why
            )  # fmt: skip
        else:
            yield compared(kept.cell, kept.saved, now, _changed(kept, now.plan))


def _changed(kept: Kept, now: Plan | None) -> tuple[str, ...]:
    was = kept.saved.plan.tables if kept.saved and kept.saved.plan else {}
    tables = now.tables if now else {}
    return tuple(name for name in sorted(was) if tables.get(name) != was[name])
