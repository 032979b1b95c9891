"""A result in every static form a notebook may choose from."""

from __future__ import annotations

from ..types.result import ResultFacts
from .html import html
from .markdown import markdown
from .text import text


def bundle(facts: ResultFacts, *, chart_png: bytes | None = None) -> dict[str, str]:
    """The answer by MIME type: `text/plain`, `text/markdown` and `text/html`."""
    return {
        "text/plain": text(facts),
        "text/markdown": markdown(facts),
        "text/html": html(facts, chart_png=chart_png),
    }
