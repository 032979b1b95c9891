"""A worker process: `python -P -m dip_sdk.worker query|ingest`. It serves one folder, shut in."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from . import sandbox
from .messages import IngestRequest, Layers
from .protocol import GREETING, Setup, Writer, read
from .service import Tell, Verb, serve

MOST_THREADS = 2
"""Of linear algebra and of fits."""


def main(mode: str) -> None:
    """Wait for the setup, shut the process in, and only then load what touches data."""
    source, sink = _pipes()
    message = read(source)
    if message is None:
        return
    setup = Setup.model_validate(message)
    folder = Path(setup.folder)
    layers = sandbox.apply(
        folder,
        setup.limits,
        readable=[Path(path) for path in setup.readable],
        file_mb=setup.limits.disk_mb if mode == "ingest" else 0,
    )
    os.environ["TMPDIR"] = str(folder / "scratch")
    _bound_threads(setup.limits.threads)
    writer = Writer(sink)
    writer.write({"id": GREETING, "answer": layers})
    verbs = _ingest_verbs() if mode == "ingest" else _query_verbs(folder, setup, layers)
    serve(verbs, source, writer)


def _bound_threads(asked: int) -> None:
    """Let linear algebra start few threads: each takes address space, whatever it computes."""
    threads = str(min(asked or os.cpu_count() or 1, MOST_THREADS))
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = threads


def _pipes() -> tuple[IO[bytes], IO[bytes]]:
    """The caller's pipes, for our frames alone: what a library prints goes to stderr."""
    source, sink = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return os.fdopen(source, "rb"), os.fdopen(sink, "wb")


def _ingest_verbs() -> Mapping[str, Verb]:
    from .ingest import ingest

    def read_file(request: IngestRequest, on_progress: Tell) -> object:
        return ingest(request, on_progress)

    return {"ingest": read_file}


def _query_verbs(folder: Path, setup: Setup, layers: Layers) -> Mapping[str, Verb]:
    from .duckdb import DuckDBRunner

    runner = DuckDBRunner(folder, setup.limits, in_place=layers.landlock > 0)
    return {name: getattr(runner, name) for name in VERBS}


VERBS = (
    "use", "step", "operate", "look", "keep", "drop", "page", "arrow", "export", "forget",
    "distinct", "profile", "cancel", "close", "restore", "finish",
)  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1])
