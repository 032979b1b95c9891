"""The clients and sessions of one kernel: made on first use, kept, closed at the end."""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias
from weakref import WeakKeyDictionary

from ..client import Client, Session
from .options import Asked

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

With: TypeAlias = tuple[str | None, str | None, str | None]
"""Backend, model and privacy: what a client is made with."""
Listener: TypeAlias = Callable[["Seat"], object]


@dataclass(eq=False)
class Seat:
    """One session of the kernel, and what was put into it from here."""

    session: Session
    remote: bool = False
    """The data leaves this machine: DataFrames need consent."""
    consented: bool = False
    files: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Path -> (time of change, size) of the files as they were read."""
    derived: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Variable of an earlier answer -> (the answer's id, the table made of it)."""


class Desk:
    """One client per backend, model and privacy; one session each, and the named ones.

    Cells and panels share it: what one of them does, the others are told.
    """

    def __init__(self) -> None:
        self._clients: dict[With, Client] = {}
        self._seats: dict[tuple[With, str | None], Seat] = {}
        self._lock = threading.Lock()
        self._listeners: list[Listener] = []

    def seat(self, asked: Asked) -> Seat:
        """The session a question is for; raises `ConfigError` where a setting cannot be used."""
        using = (asked.backend, asked.model, asked.privacy)
        with self._lock:
            found = self._seats.get((using, asked.session))
            if found is None:
                self._free(asked.session)
                session = self._client(using).session(asked.session)
                found = Seat(session, remote=bool(asked.backend or os.environ.get("DIP_URL")))
                self._seats[using, asked.session] = found
        found.consented |= asked.upload
        return found

    def renew(self, asked: Asked) -> Seat:
        """A fresh session in place of one without a name, which ends."""
        with self._lock:
            before = self._seats.pop(((asked.backend, asked.model, asked.privacy), None), None)
        if before is not None:
            before.session.close()
        return self.seat(asked)

    def open(self, name: str | None) -> Seat | None:
        """A session that is open already; completion starts nothing."""
        return next((s for (_, named), s in list(self._seats.items()) if named == name), None)

    def client(self, asked: Asked) -> Client:
        """The client that such a question goes to."""
        with self._lock:
            return self._client((asked.backend, asked.model, asked.privacy))

    def sessions(self) -> tuple[str, ...]:
        """Names of the sessions that last, of the clients that were made."""
        return tuple(name for client in list(self._clients.values()) for name in client.sessions())

    def delete(self, asked: Asked) -> None:
        """Delete a named session with all its files."""
        client = self.client(asked)
        with self._lock:
            self._free(asked.session)
        client.delete(str(asked.session))

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Be told of every session that something happened in; gives what ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def tell(self, seat: Seat) -> None:
        """Something happened in a session: an answer, other tables."""
        for listener in list(self._listeners):
            listener(seat)

    def close(self) -> None:
        """End everything; a question afterwards begins anew."""
        with self._lock:
            clients, self._clients = self._clients, {}
            self._seats = {}
        for client in clients.values():
            client.close()

    def _client(self, using: With) -> Client:
        if using not in self._clients:
            backend, model, privacy = using
            self._clients[using] = Client(backend, model=model, privacy=privacy or "results")
        return self._clients[using]

    def _free(self, name: str | None) -> None:
        """A named session is held once: asked with another model, it changes hands."""
        if name is None:
            return
        for key in [key for key in self._seats if key[1] == name]:
            self._seats.pop(key).session.close()


_desks: WeakKeyDictionary[InteractiveShell, Desk] = WeakKeyDictionary()


def desk_of(shell: InteractiveShell) -> Desk:
    """The desk of a shell, which its cells and panels share."""
    if shell not in _desks:
        _desks[shell] = desk = Desk()
        atexit.register(desk.close)
    return _desks[shell]
