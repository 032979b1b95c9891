"""The engine of one client: opens sessions, knows the planner, and ends what it started."""

from __future__ import annotations

import atexit
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

from ..types.errors import ConfigError
from ..types.session import Limits
from .cache import Plans
from .folders import UNNAMED, Folders, Lock
from .planner.auto import planner_named
from .planner.base import Planner
from .planner.settings import ModelSettings
from .session import Session


class Engine:
    """Everything runs in this process and in the sandboxed workers it starts."""

    def __init__(
        self,
        *,
        workdir: Path | None = None,
        limits: Limits = Limits(),
        planner: str | Planner = "auto",
        model: ModelSettings = ModelSettings(),
        on_change: Callable[[str], None] | None = None,
    ) -> None:
        """`on_change` hears the name of a session after each change of its folder, in the thread of
        the change, which is over when it returns.
        """
        self._folders = Folders(workdir)
        self._limits = limits
        self._named = partial(planner_named, settings=model, plans=Plans(self._folders.plans))
        self._planner = self._named(planner)
        self._on_change = on_change
        self._open: dict[str, Session] = {}
        self._lock = threading.Lock()
        atexit.register(self.close)

    def open(self, name: str | None = None, *, read_only: bool = False) -> Session:
        """A session: the named one as it was left, or a fresh one that ends with this engine.

        Raises `ConfigError` when another process holds it and `read_only` is not asked for.
        """
        with self._lock:
            if name is not None and name in self._open:
                return self._open[name]
            folder = self._folders.unnamed() if name is None else self._folders.named(name)
            session = Session(
                folder,
                name=name,
                limits=self._limits,
                planner=self._planner,
                named=self._named,
                read_only=read_only,
                on_close=self._forget,
                on_change=partial(self._on_change, name) if self._on_change and name else None,
            )
            self._open[name or session.id] = session
            return session

    def sessions(self) -> tuple[str, ...]:
        """Names of the sessions that are kept."""
        return self._folders.names()

    def delete(self, name: str) -> None:
        """Delete a named session with all its files; one in use elsewhere is refused."""
        if name in self._open:
            self._open[name].close()
        folder = self._folders.named(name)
        if not folder.path.is_dir():
            raise ConfigError(
                f"There is no session {name!r}.",
                hint=f"Sessions: {', '.join(self.sessions()) or 'none'}.",
                code="unknown_session",
            )
        lock = Lock(folder)
        lock.acquire()
        lock.release()
        folder.delete()

    def close(self) -> None:
        """Close every session; those without a name are deleted. Idempotent."""
        for session in tuple(self._open.values()):
            session.close()
        atexit.unregister(self.close)

    def _forget(self, session: Session) -> None:
        self._open.pop(session.name or session.id, None)

    def left_over(self) -> tuple[Path, ...]:
        """Folders of unnamed sessions whose process is gone."""
        return tuple(
            folder.path
            for folder in self._folders
            if folder.id.startswith(UNNAMED) and Lock(folder).free()
        )
