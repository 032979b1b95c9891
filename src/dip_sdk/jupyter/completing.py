"""The Tab key within `%ask`: options, their values, tables, columns, variables."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from IPython.core.completer import (
    CompletionContext,
    SimpleCompletion,
    SimpleMatcherResult,
    context_matcher,
)

from ..types.errors import DipError
from .options import FLAGS, split

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from .desk import Desk

_ASK = re.compile(r"^\s*(?:\w+\s*=\s*)?%%?ask(?=\s)")
_PIECE = re.compile(r"[^\s,{]*$")


class Completing:
    """What can be typed next in a question. Starts nothing: it knows what is open already."""

    def __init__(self, shell: InteractiveShell, desk: Callable[[], Desk | None]) -> None:
        self._shell = shell
        self._desk = desk

    @context_matcher(identifier="dip.ask", priority=100)  # type: ignore[untyped-decorator]
    def matcher(self, context: CompletionContext) -> SimpleMatcherResult:
        """What IPython's completer asks; nothing outside of `%ask`."""
        typed = _typed(context)
        if typed is None:
            return SimpleMatcherResult(completions=[], suppress=False)
        piece, found = self.offered(*typed)
        return SimpleMatcherResult(
            completions=[SimpleCompletion(text=text, type="dip") for text in found],
            matched_fragment=piece,
            suppress=bool(found),
            ordered=True,
        )

    def offered(self, options: str | None, text: str) -> tuple[str, list[str]]:
        """The piece before the cursor, and what can take its place.

        `options` is the option line up to the cursor, None below it; `text` all of the line.
        """
        match = _PIECE.search(text)
        piece = match[0] if match else ""
        if options is not None:
            words, question = split(options)
            before = words[-1] if words and not options.endswith(words[-1]) else ""
            earlier = words[-2] if len(words) > 1 else ""
            flag = before if options[-1:].isspace() else earlier
            if not question and flag in FLAGS and FLAGS[flag].value:
                return piece, _starting(piece, self._values(flag))
            if piece.startswith("-") and not question:
                return piece, _starting(piece, FLAGS)
        braced = text[: len(text) - len(piece)].endswith("{")
        return piece, _starting(piece, self._bindable() if braced else self._words())

    def _values(self, flag: str) -> Iterable[str]:
        """The values of an option."""
        from .data import files
        from .namespace import answers, frames

        variables = self._shell.user_ns
        choices = FLAGS[flag].choices
        if choices:
            return choices()
        match FLAGS[flag].name:
            case "on":
                return [*frames(variables), *answers(variables), *self._tables(), *files()]
            case "session":
                desk = self._desk()
                return desk.sessions() if desk else ()
            case "out" | "statement":
                return answers(variables)
            case "plan":
                return sorted(path.name for path in Path().glob("*.json"))
        return ()

    def _words(self) -> Iterable[str]:
        """Words of a question: tables, columns, variables that hold tables."""
        from .data import columns
        from .namespace import answers, frames

        variables = self._shell.user_ns
        return [
            *frames(variables),
            *answers(variables),
            *self._tables(),
            *self._columns(),
            *columns(variables),
        ]

    def _bindable(self) -> Iterable[str]:
        from .namespace import is_frame

        plain = (str, int, float, list, tuple)
        return [
            name
            for name, value in list(self._shell.user_ns.items())
            if not name.startswith("_")
            and (isinstance(value, plain) or hasattr(value, "isoformat"))
            and not is_frame(value)
        ]

    def _tables(self) -> list[str]:
        return [table.name for table in self._known()]

    def _columns(self) -> list[str]:
        return [column.name for table in self._known() for column in table.visible]

    def _known(self) -> tuple[Any, ...]:
        desk = self._desk()
        seat = desk.open(None) if desk else None
        try:
            return seat.session.tables() if seat else ()
        except DipError:
            return ()


def _typed(context: CompletionContext) -> tuple[str | None, str] | None:
    """(options up to the cursor or None, the line up to the cursor) within `%ask`; None outside."""
    text = context.text_until_cursor
    if asked := _ASK.match(text):
        return text[asked.end() :], text
    lines = context.full_text.split("\n")
    first = next((line for line in lines if line.strip()), "")
    inside = first.lstrip().startswith("%%") and _ASK.match(f"{first} ")
    return (None, text) if inside and context.cursor_line > lines.index(first) else None


def _starting(piece: str, names: Iterable[str]) -> list[str]:
    """Those that begin as typed, once each, case ignored."""
    wanted = piece.casefold()
    return [name for name in dict.fromkeys(names) if name.casefold().startswith(wanted)]
