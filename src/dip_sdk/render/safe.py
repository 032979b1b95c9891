"""Makes any text harmless for the place it is printed in: a terminal, HTML, Markdown.

Cells, headers, file names and a model's words are hostile until they have passed here.
"""

from __future__ import annotations

import html
import re
import unicodedata

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

_BREAKS = "\t\n\v\f\r\x85\u2028\u2029"
_SIGNS = {"\x7f": "\N{SYMBOL FOR DELETE}"} | {chr(n): chr(0x2400 + n) for n in range(32)}
_JOINERS = "\u200b\u200c\u200d"
"""Invisible, but needed by scripts and emoji, and unable to reorder text."""

_SILENT = "\u00ad\u061c\u200e\u200f\u2060\ufeff"
"""Invisible hints that change nothing when they are gone."""

_MARKUP = re.compile(r"[\\`*\[\]<>&|~$#{}]|(?<![^\W_])_|_(?![^\W_])")
_LINE_START = re.compile(r"^\s*([-+=]|\d+[.)])")
_LINK = re.compile(r"(?<=:)(?=//)|(?<=@)(?=\S)|(?<=\bwww)(?=\.)", re.IGNORECASE)
_WORD_JOINER = "\N{WORD JOINER}"


def plain(text: str, *, lines: bool = False) -> str:
    """The text without control characters, escape sequences and direction overrides.

    They become visible signs. A line break or tab becomes a space; with `lines` it stays.
    """
    if text.isascii() and text.isprintable():
        return text
    if lines:
        text = text.replace("\r\n", "\n").expandtabs(4)
    return "".join(_visible(character, lines) for character in text)


def cut(text: str, limit: int) -> str:
    """At most `limit` characters, the last an ellipsis when something was left out."""
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"


def in_html(text: str, *, lines: bool = False) -> str:
    """The text for an HTML element or a quoted attribute."""
    return html.escape(plain(text, lines=lines), quote=True)


def in_markdown(text: str) -> str:
    """The text for a line or a table cell of Markdown, where it is neither markup nor a link.

    Character references are used, not backslashes: those would make `\\(` a formula in Jupyter.
    A word joiner keeps addresses from becoming links by themselves.
    """
    joined = _LINK.sub(_WORD_JOINER, plain(text).strip())
    escaped = _MARKUP.sub(lambda match: f"&#{ord(match[0])};", joined)
    return _LINE_START.sub(_escape_start, escaped)


def _escape_start(match: re.Match[str]) -> str:
    return f"{match[0][:-1]}&#{ord(match[0][-1])};"


def _visible(character: str, lines: bool) -> str:
    if character in _BREAKS:
        return "\n" if lines and character == "\n" else " "
    if character in _SIGNS:
        return _SIGNS[character]
    if character in _JOINERS:
        return character
    if character in _SILENT:
        return ""
    category = unicodedata.category(character)
    return REPLACEMENT if category in ("Cc", "Cf", "Cs") else character
