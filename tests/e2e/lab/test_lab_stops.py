"""A question that takes long: one sees how far it is, stops it, and works on."""

from __future__ import annotations

import time

from .conftest import Opens
from .page import PATIENCE
from .test_lab_asks import LOAD

FLIGHTS = "%%ask -o flights_counted -q --on flights.parquet\nhow many flights are there"
EVERY_PAIR = """%%ask --statement flights_counted
SELECT sum(abs(a.distance - b.distance) % 7) AS flights FROM flights AS a, flights AS b"""
"""Eleven thousand million pairs: more than half a minute of work."""

AT_ONCE = 3.0
"""Seconds from the stop button until the kernel is free."""


def test_a_long_question_shows_how_far_it_is_and_stops_at_once(open_notebook: Opens) -> None:
    notebook = open_notebook(LOAD, FLIGHTS, EVERY_PAIR, "6 * 7", FLIGHTS)
    notebook.run(0, 1)
    notebook.start(2)
    progress = notebook.output(2).locator("em")
    progress.wait_for(timeout=PATIENCE)
    assert "s)" in progress.inner_text()

    clicked = time.monotonic()
    notebook.page.locator('[data-command="notebook:interrupt-kernel"]').first.click()
    notebook.wait_idle()
    assert time.monotonic() - clicked < AT_ONCE

    said = notebook.output(2).inner_text()
    assert "Cancelled after " in said
    assert "Traceback" not in said
    notebook.run(3, 4)
    assert notebook.output(3).inner_text().endswith("42")
    assert "104,662" in notebook.output(4).inner_text()
