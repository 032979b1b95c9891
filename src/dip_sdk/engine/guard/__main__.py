"""The process of a trial: parses the text on stdin, and fails when that takes long."""

from __future__ import annotations

import contextlib
import sys
import time

from .parse import read, tokenize

MOMENT = 0.25
"""Seconds of processor time; what is refused otherwise is for the guard itself to say."""


def main() -> int:
    text = sys.stdin.buffer.read().decode("utf-8")
    started = time.process_time()
    with contextlib.suppress(Exception):
        read(text, tokenize(text))
    return int(time.process_time() - started > MOMENT)


if __name__ == "__main__":
    sys.exit(main())
