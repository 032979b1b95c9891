"""How nbval compares a run with what is kept: sentences, tables, details; no pictures or times."""

from __future__ import annotations

import pytest
from nbval.plugin import IPyNbFile

NOT_COMPARED = ("application/vnd.dip.result+json",)
"""It holds what `dip check` compares, by values; nbval would compare the times in it too."""


def pytest_collectstart(collector: pytest.Collector) -> None:
    if isinstance(collector, IPyNbFile):
        collector.skip_compare += NOT_COMPARED
