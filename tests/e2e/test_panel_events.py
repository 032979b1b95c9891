"""The event logs that the front end is tested with still look like what runs tell."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def recording() -> ModuleType:
    spec = importlib.util.spec_from_file_location("recording", ROOT / "tools/panel_events.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def shape(value: Any) -> Any:
    """The keys of objects, at any depth; which values they have does not matter."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()}
    return shape(value[0]) if isinstance(value, list) and value else ""


def test_recorded_events_are_like_those_of_today(recording: ModuleType) -> None:
    now = dict(recording.recorded())
    kept = {path.stem: json.loads(path.read_text()) for path in recording.TARGET.glob("*.json")}
    assert set(now) == set(kept)
    for name in set(now) - {"cancelled"}:  # how far that one comes is chance
        again = "record them anew: python tools/panel_events.py"
        assert [event["type"] for event in kept[name]] == [e["type"] for e in now[name]], again
        assert shape(dict(enumerate(kept[name]))) == shape(dict(enumerate(now[name]))), again
    assert shape(kept["cancelled"][-1]) == shape(now["cancelled"][-1])
