"""The panel of JupyterLab's sidebar: a comm of the kernel's, opened by the front end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from ...types.errors import ConfigError
from ..desk import Seat, desk_of
from .requests import Bytes, Requests
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


def has_subshells(shell: InteractiveShell) -> bool:
    """Whether the kernel answers messages while a cell runs."""
    return bool(getattr(getattr(shell, "kernel", None), "_supports_kernel_subshells", False))


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
    answers = Verbs(desk_of(shell), shell.user_ns, backend=backend, subshells=has_subshells(shell))
    line = CommLine(comm)
    requests = Requests(answers, line)
    unheard = desk_of(shell).listen(lambda seat: line.send({"event": updated(seat)}))
    comm.on_msg(lambda m: requests.take(m["content"].get("data"), m.get("buffers", ())))
    comm.on_close(lambda _: _ended(requests, unheard))


def updated(seat: Seat) -> dict[str, Any]:
    """The event that says that a session is not as it was."""
    session = seat.session
    return {
        "type": "session_updated", "session_id": session.id, "updates": {"name": session.name}
    }  # fmt: skip


class CommLine:
    """Sends over a comm."""

    def __init__(self, comm: BaseComm) -> None:
        self._comm = comm

    def send(self, message: dict[str, Any], buffers: Sequence[Bytes] = ()) -> None:
        self._comm.send(message, buffers=list(buffers))  # type: ignore[arg-type]


def _ended(requests: Requests, unheard: Callable[[], None]) -> None:
    requests.close()
    unheard()
