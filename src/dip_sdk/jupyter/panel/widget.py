"""The panel below a cell: a widget, whose messages are those of the sidebar."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from ...types.errors import ConfigError
from ..options import Asked
from .comm import KernelLine, answering, shell_of_kernel
from .requests import Bytes

STATIC = Path(__file__).parent.parent / "static"
"""Where the built front end lies; it is made from `jupyter_ext`, and part of the wheel."""
SAID = "The panel of DIP: run the cell in a live notebook to use it."


WIDGET = "application/vnd.jupyter.widget-view+json"


class PanelWidget(anywidget.AnyWidget):
    """A panel over one session; or with `result` the table of that answer alone.

    Shown twice, it is the same session seen twice.
    """

    session = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    backend = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    result = traitlets.Unicode(None, allow_none=True).tag(sync=True)

    def __init__(self, using: Asked, *, result: str | None = None) -> None:
        shell = shell_of_kernel()
        script, style = _built()
        super().__init__(
            session=using.session, backend=using.backend, result=result, _esm=script, _css=style
        )
        self._line = KernelLine(lambda message, buffers: self.send(message, buffers=buffers))
        self._requests, self._unheard = answering(shell, self._line, using)
        self.on_msg(self._heard)

    def _heard(self, _widget: object, content: object, buffers: Sequence[Bytes]) -> None:
        self._line.heard()
        self._requests.take(content, buffers)

    def view(self) -> dict[str, Any]:
        """What a front end needs to show it."""
        bundle = super()._repr_mimebundle_()
        data: dict[str, Any] = (bundle[0] if isinstance(bundle, tuple) else bundle) or {}
        view: dict[str, Any] = data[WIDGET]
        return view

    def close(self) -> None:
        """Take the panel away; its session goes on."""
        self._requests.close()
        self._unheard()
        super().close()

    def _repr_mimebundle_(self, **options: Any) -> Any:
        """The widget, and one line for where there is no kernel."""
        bundle = super()._repr_mimebundle_(**options)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle or {}, {})
        return {**data, "text/plain": SAID, "text/html": f"<p>{SAID}</p>"}, metadata


_panels: dict[tuple[str | None, str | None], PanelWidget] = {}


def panel(session: str | None, backend: str | None) -> PanelWidget:
    """The panel over a session; it is made once, so that its script is sent once."""
    found = _panels.get((session, backend))
    if found is None or found.comm is None:
        found = _panels[session, backend] = PanelWidget(Asked(session=session, backend=backend))
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
