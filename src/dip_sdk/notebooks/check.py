"""Computes the answers of a notebook again from their plans and files, without a model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ..render.saved import saved
from ..types.errors import DataError, DipError
from ..types.plan import Plan
from ..types.saved import Origin, Saved
from .compare import Finding, State, compared
from .file import Kept, Notebook, answers

if TYPE_CHECKING:
    from ..client import Client, Session

Reading = dict[tuple[Origin, ...], "Session"]
"""The sessions that hold the files of an answer."""


def check(notebook: Notebook, folder: Path, client: Client) -> Iterator[Finding]:
    """What became of each answer; `folder` is where its files are looked for first."""
    sessions: Reading = {}
    for kept in answers(notebook):
        yield _checked(kept, folder, client, sessions)


def not_checked(kept: Kept) -> Finding | None:
    """Why an answer cannot be computed again in any way; None when it can."""
    if kept.saved is None:
        return _told(kept, "failed", kept.problem)
    if kept.saved.stripped:
        return _told(kept, "not checked", "its values were taken out by dip strip")
    if kept.saved.status != "answered":
        return _told(kept, "not checked", "it holds no answer")
    if kept.saved.plan is None:
        return _told(kept, "not checked", "its plan is too long to be kept")
    return None


def failed(kept: Kept, error: DipError) -> Finding:
    """An answer that could not be computed again."""
    return _told(kept, "failed", " ".join(filter(None, (error.message, error.hint))))


def _checked(kept: Kept, folder: Path, client: Client, sessions: Reading) -> Finding:
    found = not_checked(kept) or _in_kernel(kept)
    before = kept.saved
    if found or before is None or before.plan is None:
        return found or _told(kept, "failed", kept.problem)
    try:
        session = _session(before.origins, folder, client, sessions)
        result = session.run(before.plan, remember=False)
        after = saved(result.facts, session.datasets())
        return compared(kept.cell, before, after, _changed(before.plan, session))
    except DipError as error:
        return failed(kept, error)


def _in_kernel(kept: Kept) -> Finding | None:
    """Data that no file holds: a DataFrame, an earlier answer."""
    before: Saved | None = kept.saved
    plan = before.plan if before else None
    if not before or not plan:
        return None
    held = {name for origin in before.origins if origin.kind != "frame" for name in origin.tables}
    missing = sorted(set(plan.tables) - held)
    if not missing:
        return None
    return _told(
        kept, "not checked", f"{', '.join(missing)} lives in the kernel; use --execute"
    )  # fmt: skip


def _session(
    origins: tuple[Origin, ...], folder: Path, client: Client, sessions: Reading
) -> Session:
    """A session with these files read as they were; answers over the same files share it."""
    if origins not in sessions:
        session = client.session()
        for origin in origins:
            _read(session, origin, folder)
        sessions[origins] = session
    return sessions[origins]


def _read(session: Session, origin: Origin, folder: Path) -> None:
    given = origin.path if origin.kind == "address" else _found(origin, folder)
    options = origin.options.model_dump(exclude_defaults=True)
    (dataset, *_) = session.upload(given, **options)
    if len(dataset.tables) == len(origin.tables) == 1:
        (now,), (was,) = dataset.tables, origin.tables
        if now.name != was:
            session.rename(now.name, was)


def _found(origin: Origin, folder: Path) -> Path:
    for place in (folder, Path.cwd()):
        if (path := place / origin.path).is_file():
            return path
    raise DataError(
        f"The file {origin.path!r} is not there.",
        hint="Put it beside the notebook, or run dip check in the folder it was asked in.",
        file=origin.path,
    )


def _changed(plan: Plan, session: Session) -> tuple[str, ...]:
    now = {table.name: table.fingerprint for table in session.tables()}
    return tuple(name for name, was in sorted(plan.tables.items()) if now.get(name) != was)


def _told(kept: Kept, state: State, why: str) -> Finding:
    question = kept.saved.question if kept.saved else ""
    return Finding(cell=kept.cell, question=question, state=state, details=(why,))
