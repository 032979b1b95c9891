"""The panel of JupyterLab's sidebar: a comm of the kernel's, opened by the front end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextvars import copy_context
from typing import TYPE_CHECKING, Any

from ...types.errors import ConfigError
from ..desk import Seat, desk_of
from ..options import Asked
from .requests import Bytes, Line, Requests
from .verbs import Verbs

if TYPE_CHECKING:
    from comm.base_comm import BaseComm
    from IPython.core.interactiveshell import InteractiveShell

TARGET = "dip.sdk"


def shell_of_kernel() -> InteractiveShell:
    """The shell of this kernel; raises `ConfigError` where there is none."""
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    if shell is None or getattr(shell, "kernel", None) is None:
        raise ConfigError(
            "The panel needs a notebook.",
            hint="In a terminal, ask with: dip ask FILE QUESTION",
            code="no_notebook",
        )
    return shell


def serve_comms() -> None:
    """Answer the comms that a front end opens."""
    from comm import get_comm_manager

    shell = shell_of_kernel()

    def opened(comm: BaseComm, message: dict[str, Any]) -> None:
        given = message["content"].get("data") or {}
        attach(shell, comm, backend=given.get("backend"))

    get_comm_manager().register_target(TARGET, opened)


def attach(shell: InteractiveShell, comm: BaseComm, *, backend: str | None = None) -> None:
    """Answer what comes over a comm, until its front end goes."""
    line = KernelLine(lambda message, buffers: comm.send(message, buffers=buffers))
    requests, unheard = answering(shell, line, Asked(backend=backend))

    def heard(message: dict[str, Any]) -> None:
        line.heard()
        requests.take(message["content"].get("data"), message.get("buffers", ()))

    def ended(_message: dict[str, Any]) -> None:
        requests.close()
        unheard()

    comm.on_msg(heard)
    comm.on_close(ended)


def answering(
    shell: InteractiveShell, line: Line, using: Asked
) -> tuple[Requests, Callable[[], None]]:
    """What answers a front end, which also hears of its sessions until the second is called."""
    desk = desk_of(shell)
    verbs = Verbs(desk, shell.user_ns, using=using)
    unheard = desk.listen(lambda seat: line.send({"event": updated(seat)}))
    return Requests(verbs, line), unheard


def updated(seat: Seat) -> dict[str, Any]:
    """The event that says that a session is not as it was."""
    session = seat.session
    return {
        "type": "session_updated", "session_id": session.id, "updates": {"name": session.name}
    }  # fmt: skip


class KernelLine:
    """Sends from any thread, always as if in answer to the last message that came.

    ipykernel hands what comes next over a comm to the thread of the message that was answered
    last. Sent from a thread of ours, an answer would pass for one to the cell that runs, and what
    comes next would wait for the cell's end.
    """

    def __init__(self, send: Callable[[dict[str, Any], list[Any]], object]) -> None:
        self._send = send
        self._context = copy_context()

    def heard(self) -> None:
        """A message has come; called where it is handled."""
        self._context = copy_context()

    def send(self, message: dict[str, Any], buffers: Sequence[Bytes] = ()) -> None:
        self._context.copy().run(self._send, message, list(buffers))
