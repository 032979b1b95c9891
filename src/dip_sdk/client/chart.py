"""The chart of a result: a Vega-Lite specification with its data inside."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from ..types.result import ResultFacts

MIME = "application/vnd.vegalite.v6+json"


class ChartView:
    """Shows itself in a notebook, and saves itself as a picture."""

    def __init__(self, facts: ResultFacts) -> None:
        self._facts = facts

    @property
    def spec(self) -> dict[str, Any]:
        """The Vega-Lite specification, with its data."""
        return self._facts.chart or {}

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the chart as .png, .svg, .html or .json; raises `ConfigError` when it cannot."""
        from ..render.files import save

        return save(self.spec, Path(path))

    def __repr__(self) -> str:
        mark = self.spec.get("mark")
        kind = mark.get("type") if isinstance(mark, dict) else mark
        return f"<{kind or 'layered'} chart of {self._facts.question!r}>"

    def _repr_mimebundle_(self, **_filters: object) -> dict[str, Any]:
        """The specification, and a picture where a front end knows no Vega-Lite."""
        import base64

        from ..render.files import png

        image = base64.b64encode(png(self.spec)).decode("ascii")
        return {MIME: self.spec, "image/png": image, "text/plain": repr(self)}
