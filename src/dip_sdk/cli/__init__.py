"""The `dip` command: one file a subcommand, each loading what it needs when it runs."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence

from ..types.errors import Cancelled, DipError
from .console import complain
from .exits import CANCELLED, CLOSED_PIPE, FAILED, USAGE
from .parser import parse


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a `dip` command and give its exit code; `arguments` default to the process's own."""
    began = time.monotonic()
    options = parse(arguments)
    try:
        code: int = options.run(options)
        sys.stdout.flush()
    except BrokenPipeError:
        _forget_stdout()
        return CLOSED_PIPE
    except (KeyboardInterrupt, Cancelled):
        complain(f"cancelled after {time.monotonic() - began:.1f} s")
        return CANCELLED
    except Exception as error:  # noqa: BLE001 - the outermost door shows no traceback
        return _failed(error, debug=options.debug)
    return code


def _failed(error: Exception, *, debug: bool) -> int:
    if debug:
        import traceback

        traceback.print_exception(error)
    if isinstance(error, DipError):
        complain(error.message, error.hint)
        return USAGE if error.code == "usage" else FAILED
    complain(f"{type(error).__name__}: {error}", "" if debug else "--debug shows where.")
    return FAILED


def _forget_stdout() -> None:
    """The reader is gone: what is still buffered goes nowhere, without a complaint at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
