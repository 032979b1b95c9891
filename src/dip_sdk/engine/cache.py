"""Plans of answered questions, kept so that the same question on the same data needs no model.

Only plans are kept, never rows: a kept plan is guarded, run and checked like any other.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from .._version import __version__
from ..types.glossary import same_words
from ..types.plan import PLAN_VERSION, Plan

if TYPE_CHECKING:
    from .planner.base import Question, View

MOST = 1_000
"""Plans that are kept; the oldest go."""


class Plans:
    """A folder of plans by key; without a folder nothing is kept. What fails to be read is gone."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder

    def get(self, name: str) -> Plan | None:
        if self._folder is None:
            return None
        try:
            return Plan.model_validate_json(self._path(name).read_bytes())
        except (OSError, ValidationError):
            return None

    def keep(self, name: str, plan: Plan) -> None:
        """Keep a plan; a folder that cannot be written in keeps none."""
        if self._folder is None:
            return
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            part = self._path(name).with_suffix(".part")
            part.write_text(plan.model_dump_json(), encoding="utf-8")
            part.replace(self._path(name))
            self._trim(self._folder)

    def _path(self, name: str) -> Path:
        return (self._folder or Path()) / f"{name}.json"

    def _trim(self, folder: Path) -> None:
        kept = list(folder.glob("*.json"))
        if len(kept) <= MOST:
            return
        kept.sort(key=lambda path: path.stat().st_mtime)
        for path in kept[: len(kept) - MOST]:
            path.unlink(missing_ok=True)


def key(question: Question, view: View, model: str, privacy: str) -> str:
    """What decides a plan: the question, the data, the settings, the turns before, the model.

    Turns that asked the same are left out: asking twice in a row is asking the same.
    """
    before = [p for p in view.history if same_words(p.question) != same_words(question.text)]
    told = {
        "question": question.text,
        "params": dict(question.params),
        "tables": [(table.name, table.fingerprint) for table in view.tables],
        "links": [link.model_dump() for link in view.links],
        "settings": view.settings.model_dump(mode="json"),
        "glossary": view.glossary.model_dump(mode="json"),
        "today": view.today.isoformat(),
        "before": [(p.question, [s.sql for s in p.plan.sql_steps]) for p in before],
        "model": model,
        "privacy": privacy,
        "versions": [__version__, PLAN_VERSION],
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
