"""A wire that breaks: a TCP proxy whose connections a test can cut."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Wire:
    """Passes bytes between clients and one server."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._pairs: list[socket.socket] = []
        self.sent = 0
        """Bytes that clients sent so far."""
        self.cut_at: int | None = None
        """Cut everything once when clients have sent so many bytes."""
        self.loses = 0
        """So many answers are lost on their way: the server gave them, no client hears them."""
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    def cut(self) -> None:
        """Break every connection; new ones are let through."""
        pairs, self._pairs = self._pairs, []
        for end in pairs:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def close(self) -> None:
        """Break every connection, and refuse new ones."""
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)  # wakes who accepts
        self._listening.close()
        self.cut()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listening.accept()
                far = socket.create_connection(("127.0.0.1", self._target))
                self._pairs += [near, far]
                threading.Thread(target=self._pass, args=(near, far, True), daemon=True).start()
                threading.Thread(target=self._pass, args=(far, near, False), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, counted: bool) -> None:
        with suppress(OSError):
            while data := source.recv(1 << 16):
                if counted and self._is_cut(len(data)):
                    return
                if not counted and self.loses:
                    self.loses -= 1
                    break
                target.sendall(data)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _is_cut(self, count: int) -> bool:
        self.sent += count
        if self.cut_at is None or self.sent < self.cut_at:
            return False
        self.cut_at = None
        self.cut()
        return True


@contextmanager
def wire(url: str) -> Iterator[Wire]:
    """A wire to the server at a loopback address."""
    made = Wire(int(url.rsplit(":", 1)[1]))
    try:
        yield made
    finally:
        made.close()
