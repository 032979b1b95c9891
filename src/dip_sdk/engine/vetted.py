"""Questions that a planner offers, kept only where the data can bear them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from .names import words
from .planner.base import View

_NAME = re.compile(r"[\"`]([^\"`]+)[\"`]|\b(\w+_\w+)\b")
"""What a question gives as a name: `order date`, "Unit Price", unit_price."""


def vetted(
    offered: Sequence[str], asked: str, view: View, answerable: Callable[[str], bool]
) -> tuple[str, ...]:
    """Those that the rules can answer, or that speak of tables and columns that are there.

    A question that was asked before, this one (`asked`) among them, is not offered again.
    """
    seen = {words(past.question) for past in view.history} | {words(asked)}
    known = _Known(view)
    kept = []
    for text in offered:
        plain = words(text)
        if plain not in seen and (known.speaks_of(text) or answerable(text)):
            kept.append(text)
            seen.add(plain)
    return tuple(kept)


class _Known:
    """The words of the names of a view, and the names themselves."""

    def __init__(self, view: View) -> None:
        self._view = view
        names = list(_names(view))
        self._names = {words(name) for name in names}
        self._words = {word for parts in self._names for word in parts}

    def speaks_of(self, text: str) -> bool:
        """It has a word of a name, and every name that it marks as one is there."""
        marked = [one or other for one, other in _NAME.findall(text)]
        return bool(set(words(text)) & self._words) and all(map(self._exists, marked))

    def _exists(self, name: str) -> bool:
        return words(name) in self._names or any(
            name.casefold() == str(value).casefold() for value in self._values()
        )

    def _values(self) -> Iterator[object]:
        """The texts of the data: a question may quote one of them."""
        for table in self._view.tables:
            for column in (c for c in table.visible if c.type == "text"):
                found = self._view.distinct(table.name, column.name)
                yield from (value for value, _ in (found.values if found else ()))


def _names(view: View) -> Iterator[str]:
    for table in view.tables:
        yield table.name
        for column in table.visible:
            yield from filter(None, (column.name, column.label))
    for name, others in view.glossary.synonyms.items():
        yield from (name, *others)
    yield from view.glossary.metrics
