"""How an answer looks: light and dark, in a wide window and in a narrow one.

The pictures are kept beside the server's log, in the test's temporary folder, to be looked at.
"""

from __future__ import annotations

from pathlib import Path

from .conftest import Opens
from .test_lab_asks import LOAD

BY_MONTH = "%%ask --on flights.parquet\nnumber of flights by month"
BY_AIRLINE = "%%ask --on flights.parquet,carriers.xlsx\naverage arrival delay by airline"
TWO_READINGS = "%%ask --on flights.parquet\naverage delay by carrier"
NO_ANSWER = "%%ask --on flights.parquet\naverage ticket price by carrier"
WRONG = "%%ask --chrt bar\nnumber of flights by month"

CONTRAST = """node => {
    const lightness = colour => {
        const [red, green, blue] = colour.match(/[\\d.]+/g).map(Number).map(
            part => part / 255 <= 0.03928 ? part / 3294.6 : ((part / 255 + 0.055) / 1.055) ** 2.4)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue
    }
    let below = node
    while (/rgba\\(.*, 0\\)|transparent/.test(getComputedStyle(below).backgroundColor)) {
        below = below.parentElement
    }
    const both = [getComputedStyle(node).color, getComputedStyle(below).backgroundColor]
    const [less, more] = both.map(lightness).sort((one, other) => one - other)
    return (more + 0.05) / (less + 0.05)
}"""
"""The contrast ratio of a text and what is behind it, as WCAG 2.2 defines it."""
READABLE = 4.5

OVERFLOW = "node => node.scrollWidth - node.clientWidth"


def test_an_answer_can_be_read_in_either_theme(open_notebook: Opens, tmp_path: Path) -> None:
    notebook = open_notebook(LOAD, BY_MONTH, BY_AIRLINE, TWO_READINGS, NO_ANSWER, WRONG)
    notebook.run(0, 1, 2, 3, 4, 5)
    assert "--chart" in notebook.output(5).inner_text()
    for theme in ("Dark", "Light"):
        notebook.theme(theme)
        for cell in range(1, 6):
            output = notebook.output(cell)
            output.scroll_into_view_if_needed()
            output.screenshot(path=tmp_path / f"{theme}-{cell}.png")
            for words in (*output.locator("p").all()[:3], *output.locator("td").all()[:3]):
                assert words.evaluate(CONTRAST) > READABLE, words.inner_text()


def test_an_answer_fits_the_window(open_notebook: Opens, tmp_path: Path) -> None:
    notebook = open_notebook(LOAD, BY_AIRLINE)
    notebook.run(0, 1)
    for width in (700, 1900):
        notebook.page.set_viewport_size({"width": width, "height": 900})
        output = notebook.output(1)
        output.screenshot(path=tmp_path / f"{width}.png")
        for part in output.locator(".jp-RenderedHTMLCommon").all():
            assert part.evaluate(OVERFLOW) <= 1
