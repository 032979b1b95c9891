"""Several processes on one port: uvicorn's supervisor, with figures that are those of all."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import uvicorn
from uvicorn.supervisors.multiprocess import Multiprocess

FIGURES = "PROMETHEUS_MULTIPROC_DIR"
"""Where the processes write their figures; the library reads it when it is loaded."""
ENDS = {signal.SIGTERM, signal.SIGINT}
PAUSE = 0.1


def several(config: uvicorn.Config) -> None:
    """Serve by as many processes as the config says, until a signal."""
    with shared_figures():
        _Processes(config, sockets=[config.bind_socket()]).run()


@contextmanager
def shared_figures() -> Iterator[None]:
    """A folder for the figures while the block lasts, unless the operator has named one."""
    if os.environ.get(FIGURES):
        yield
        return
    with tempfile.TemporaryDirectory(prefix="dip-figures-") as folder:
        os.environ[FIGURES] = folder
        try:
            yield
        finally:
            del os.environ[FIGURES]


class _Processes(Multiprocess):
    """A signal that comes while they end is passed on: it means at once."""

    def join_all(self) -> None:
        for process in self.processes:
            while process.process.is_alive():
                process.process.join(PAUSE)
                self._pass_on()

    def _pass_on(self) -> None:
        told, self.signal_queue = self.signal_queue, []
        if not ENDS.intersection(told):
            return
        for process in self.processes:
            if process.pid is not None and process.process.is_alive():
                with suppress(ProcessLookupError):
                    os.kill(process.pid, signal.SIGTERM)
