"""`%ask` and `%%ask` as IPython knows them. Loads nothing until the first question."""

from __future__ import annotations

import atexit
import re
from typing import TYPE_CHECKING

from IPython.core.magic import Magics, line_cell_magic, magics_class, no_var_expand

from .completing import Completing
from .options import usage

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from .asking import Asking
    from .desk import Desk


@magics_class
class AskMagics(Magics):
    """The magic, and what belongs to it."""

    def __init__(self, shell: InteractiveShell) -> None:
        super().__init__(shell=shell)
        self._shell = shell
        self._asking: Asking | None = None
        self.completing = Completing(shell, self._desk)

    @no_var_expand  # `{name}` is bound, never spliced
    @line_cell_magic
    def ask(self, line: str, cell: str | None = None) -> None:
        if self._asking is None:
            from .asking import Asking

            self._asking = Asking(self._shell)
        self._asking.ask(line, cell)

    ask.__doc__ = usage()

    def _desk(self) -> Desk | None:
        return self._asking.desk if self._asking else None

    def close(self) -> None:
        """End the sessions."""
        if self._asking is not None:
            self._asking.desk.close()


_loaded: dict[InteractiveShell, AskMagics] = {}
"""A process may hold several shells."""

_LINE = re.compile(r"^(\s*)(?:(\w+)\s*=\s*)?%ask[ \t]+(.*?)[\s?]*$", re.DOTALL)


def lines(given: list[str]) -> list[str]:
    """A cell's lines with those of `%ask` made plain.

    A question may end with `?`, which IPython would take as a call for help on its last word; and
    `top = %ask ...` binds the answer.
    """
    return [_line(text) if "%ask" in text else text for text in given]


def _line(text: str) -> str:
    found = _LINE.match(text)
    if not found:
        return text
    indent, name, rest = found.groups()
    bind = f"-o {name} --force " if name else ""
    end = "\n" if text.endswith("\n") else ""
    return f"{indent}%ask {bind}{rest}{end}"


def register(shell: InteractiveShell) -> None:
    """Loading twice is loading once."""
    if shell in _loaded:
        return
    magics = _loaded[shell] = AskMagics(shell)
    shell.register_magics(magics)
    shell.input_transformers_cleanup.append(lines)
    if shell.Completer is not None:
        shell.Completer.custom_matchers.insert(0, magics.completing.matcher)
    atexit.register(magics.close)


def unregister(shell: InteractiveShell) -> None:
    magics = _loaded.pop(shell, None)
    if magics is None:
        return
    for kind in ("line", "cell"):
        shell.magics_manager.magics[kind].pop("ask", None)
    shell.input_transformers_cleanup.remove(lines)
    if shell.Completer is not None:
        shell.Completer.custom_matchers.remove(magics.completing.matcher)
    atexit.unregister(magics.close)
    magics.close()
