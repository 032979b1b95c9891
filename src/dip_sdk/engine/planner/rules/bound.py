"""Values bound to `{name}` in a question, as the rules read them: texts quoted, numbers plain.

They become words of the question, never of a statement: what the rules take from it as a
value reaches SQL as a parameter.
"""

from __future__ import annotations

import re

from ....types.values import Wire
from ..base import Question

_NAME = re.compile(r"\{\s*(\w+)\s*\}")


def worded(question: Question) -> str:
    """The question with its bound values in their places; a name without a value stays."""
    return _NAME.sub(lambda found: _written(found, question), question.text)


def _written(found: re.Match[str], question: Question) -> str:
    name = found[1]
    if name not in question.params:
        return found[0]
    value = question.params[name]
    return _quoted(value) if isinstance(value, str) else _plain(value)


def _quoted(value: str) -> str:
    """A text in the quotes that it does not hold."""
    opening, closing = ("\u201c", "\u201d") if '"' in value else ('"', '"')
    return f"{opening}{value.replace(closing, ' ')}{closing}"


def _plain(value: Wire) -> str:
    if isinstance(value, list):
        return " or ".join(_quoted(v) if isinstance(v, str) else _plain(v) for v in value)
    return str(value)
