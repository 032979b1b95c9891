"""`dip check`: whether the answers saved in a notebook, or written in a file, still hold."""

from __future__ import annotations

import json
from argparse import Namespace
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..render.safe import cut, plain
from .console import Progress, say
from .exits import ANSWERED, FAILED

if TYPE_CHECKING:
    from ..notebooks.compare import Finding

BAD = ("changed", "failed")


def run(options: Namespace) -> int:
    path = Path(options.file)
    if path.suffix in (".yml", ".yaml"):
        return _questions(path, options)
    from ..notebooks.file import read

    notebook = read(path)
    with Progress() as progress:
        progress.tell("Computing the answers again")
        found = _findings(notebook, path.resolve().parent, execute=options.execute)
    if options.json:
        say(json.dumps([finding.model_dump() for finding in found], indent=2, ensure_ascii=False))
    else:
        say(_told(found))
    return FAILED if any(finding.state in BAD for finding in found) else ANSWERED


def _questions(path: Path, options: Namespace) -> int:
    from ..client import Client
    from .questions import check

    with Client(planner=options.planner) as client, Progress() as progress:
        progress.tell("Asking the questions")
        found = list(check(path, client))
    if options.json:
        say(json.dumps([finding.model_dump() for finding in found], indent=2, ensure_ascii=False))
    for finding in () if options.json else found:
        say(f"{'same' if finding.same else 'changed':8} {plain(cut(finding.question, 70))}")
        if finding.told:
            say(f"{'':8} {plain(finding.told)}")
    return ANSWERED if all(finding.same for finding in found) else FAILED


def _findings(notebook: dict[str, object], folder: Path, *, execute: bool) -> list[Finding]:
    if execute:
        from ..notebooks.execute import execute as anew

        return list(anew(notebook, folder))
    from ..client import Client
    from ..notebooks.check import check

    with Client(planner="rules") as client:
        return list(check(notebook, folder, client))


def _told(found: Sequence[Finding]) -> str:
    if not found:
        return "There is no answer of dip in this notebook."
    lines = [line for finding in found for line in _lines(finding)]
    counts = Counter(finding.state for finding in found)
    return "\n".join([*lines, ", ".join(f"{n} {state}" for state, n in counts.items())])


def _lines(finding: Finding) -> list[str]:
    question = plain(cut(finding.question, 70))
    head = f"cell {finding.cell}: {finding.state}" + (f" ({question})" if question else "")
    return [head, *(f"  {plain(detail)}" for detail in finding.details)]
