"""A chart as a file or an object: PNG, SVG, HTML, JSON and Altair, without a browser or network."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..types.errors import ConfigError, DipError
from .packing import packed

if TYPE_CHECKING:
    import altair

Spec = dict[str, Any]

_VERSION = "6.4"
PNG_SCALE = 2.0
"""Pixels of a PNG for each of the chart's: sharp on screens of high density."""


def save(spec: Spec, path: str | Path) -> Path:
    """Write the chart in the format its extension names, and give the path.

    Raises `ConfigError` for another extension, a folder that is not there or not writable, and
    when the package that draws is not installed.
    """
    target = Path(path).expanduser()
    extension = target.suffix.casefold()
    if extension not in _WRITERS:
        raise ConfigError(
            f"A chart cannot be written as {extension or 'a file without an extension'}.",
            hint=f"Use one of {', '.join(_WRITERS)}.",
        )
    content = _WRITERS[extension](spec)
    try:
        target.write_bytes(content)
    except OSError as error:
        raise ConfigError(
            f"The chart could not be written to {str(target)!r}: {error.strerror}.",
            hint="Check that the folder exists and that you may write in it.",
        ) from None
    return target


def png(spec: Spec, *, scale: float = PNG_SCALE) -> bytes:
    """The chart as a PNG image with a transparent background."""
    image: bytes = _converter().vegalite_to_png(spec, _VERSION, scale=scale, allowed_base_urls=[])
    return packed(image)


def svg(spec: Spec) -> str:
    """The chart as an SVG image with a transparent background."""
    image: str = _converter().vegalite_to_svg(spec, _VERSION, allowed_base_urls=[])
    return image


def page(spec: Spec) -> str:
    """The chart as one interactive HTML page that needs nothing from elsewhere."""
    empty = {"$schema": spec.get("$schema"), "description": "the specification stands here"}
    document: str = _converter().vegalite_to_html(empty, _VERSION, bundle=True)
    before, found, after = document.rpartition(json.dumps(empty, separators=(",", ":")))
    if not found:
        raise DipError("The page of a chart has another form than expected.", code="internal")
    return f"{before}{_in_script(spec)}{after}"


def _in_script(spec: Spec) -> str:
    """JSON for a script element, which the converter's own could end: no `<` stands in it."""
    return json.dumps(spec).replace("<", "\\u003c")


def to_altair(spec: Spec) -> altair.Chart | altair.LayerChart:
    """The chart as an Altair object, to change further."""
    import altair

    made: altair.Chart | altair.LayerChart = altair.Chart.from_dict(spec)
    return made


def _json(spec: Spec) -> bytes:
    return json.dumps(spec, indent=2, ensure_ascii=False).encode()


_WRITERS: dict[str, Callable[[Spec], bytes]] = {
    ".png": png,
    ".svg": lambda spec: svg(spec).encode(),
    ".html": lambda spec: page(spec).encode(),
    ".json": _json,
}


def _converter() -> Any:
    try:
        import vl_convert
    except ImportError:
        raise ConfigError(
            "Drawing a chart as an image needs the package vl-convert-python.",
            hint="Install it with: pip install vl-convert-python",
        ) from None
    return vl_convert
