"""`dip strip`: a notebook without the values of its answers, for sharing."""

from __future__ import annotations

import json
from argparse import Namespace
from pathlib import Path

from ..render.numbers import plural
from ..types.errors import ConfigError
from .console import complain, say
from .exits import ANSWERED


def run(options: Namespace) -> int:
    from ..notebooks.file import read
    from ..notebooks.strip import strip

    path = Path(options.notebook)
    if options.in_place and options.output:
        raise ConfigError(
            "--in-place and -o exclude each other.", hint="Give one of them.", code="usage"
        )
    shared, changed = strip(read(path))
    text = json.dumps(shared, indent=1, ensure_ascii=False)
    target = path if options.in_place else options.output
    if target:
        _write(Path(target), f"{text}\n")
    else:
        say(text)
    complain(
        f"the values of {plural(len(changed), 'cell')} taken out.",
        "Outputs of other cells (print, DataFrames) are as they were: look through them.",
    )
    return ANSWERED


def _write(target: Path, text: str) -> None:
    """The file is there whole or not at all."""
    beside = target.with_name(f".{target.name}.part")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(target)
    except OSError as error:
        raise ConfigError(
            f"The notebook could not be written to {str(target)!r}: {error.strerror}.",
            hint="Check that the folder exists and that you may write in it.",
        ) from None
