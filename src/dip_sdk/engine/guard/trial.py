"""A first parse in a process of its own, for texts that could keep the parser busy.

Nothing else stops it: it is compiled, holds the interpreter's lock and looks at no signal.
"""

from __future__ import annotations

import subprocess
import sys

from .shape import too_deep

SECONDS = 4.0
"""With the start of the process, which takes most of it."""


def check_time(sql: str) -> None:
    """Refuse a text that is not parsed in time, or that ends the parser. Raises `PlanRejected`."""
    command = [sys.executable, "-P", "-m", "dip_sdk.engine.guard"]
    try:
        ended = subprocess.run(  # noqa: S603 - our own module; the text goes in by stdin
            command,
            input=sql.encode("utf-8", "replace"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS,
            check=False,
            start_new_session=True,
        )
    except subprocess.TimeoutExpired:
        raise too_deep("takes too long to read") from None
    if ended.returncode != 0:  # it took long, or the parser crashed
        raise too_deep("takes too long to read")
