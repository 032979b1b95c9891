"""The panel below a cell: a widget, whose messages are those of the sidebar."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from ...types.errors import ConfigError
from ..desk import desk_of
from .comm import has_subshells, shell_of_kernel, updated
from .requests import Bytes, Requests
from .verbs import Verbs

STATIC = Path(__file__).parent.parent / "static"
"""Where the built front end lies; it is made from `jupyter_ext`, and part of the wheel."""
SAID = "The panel of DIP: run the cell in a live notebook to use it."


class PanelWidget(anywidget.AnyWidget):
    """A panel over one session. Shown twice, it is the same session seen twice."""

    session = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    backend = traitlets.Unicode(None, allow_none=True).tag(sync=True)

    def __init__(self, session: str | None, backend: str | None) -> None:
        shell = shell_of_kernel()
        script, style = _built()
        super().__init__(session=session, backend=backend, _esm=script, _css=style)
        desk = desk_of(shell)
        verbs = Verbs(desk, shell.user_ns, backend=backend, subshells=has_subshells(shell))
        self._requests = Requests(verbs, _Line(self))
        self.on_msg(lambda _, content, buffers: self._requests.take(content, buffers))
        desk.listen(lambda seat: self.send({"event": updated(seat)}))

    def _repr_mimebundle_(self, **options: Any) -> Any:
        """The widget, and one line for where there is no kernel."""
        bundle = super()._repr_mimebundle_(**options)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle or {}, {})
        return {**data, "text/plain": SAID, "text/html": f"<p>{SAID}</p>"}, metadata


class _Line:
    def __init__(self, widget: PanelWidget) -> None:
        self._widget = widget

    def send(self, message: dict[str, Any], buffers: Sequence[Bytes] = ()) -> None:
        self._widget.send(message, buffers=list(buffers))


_panels: dict[tuple[str | None, str | None], PanelWidget] = {}


def panel(session: str | None, backend: str | None) -> PanelWidget:
    """The panel over a session; it is made once, so that its script is sent once."""
    found = _panels.get((session, backend))
    if found is None or found.comm is None:
        found = _panels[session, backend] = PanelWidget(session, backend)
    return found


def _built() -> tuple[str, str]:
    script, style = STATIC / "panel.js", STATIC / "panel.css"
    if not script.is_file():
        raise ConfigError(
            "The panel's files are not in this installation.",
            hint="In a clone, make them with: make panel. %%ask works without them.",
            code="no_panel",
        )
    return script.read_text(encoding="utf-8"), style.read_text(encoding="utf-8")
