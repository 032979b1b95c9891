"""Sizes of files and memory in words."""

from __future__ import annotations

STEP = 1024
UNITS = ("B", "KB", "MB", "GB")


def size(count: float) -> str:
    """Bytes as people say them: `512 B`, `1.4 MB`."""
    for unit in UNITS[:-1]:
        if count < STEP:
            return f"{count:.0f} B" if unit == "B" else f"{count:.1f} {unit}"
        count /= STEP
    return f"{count:.1f} {UNITS[-1]}"
