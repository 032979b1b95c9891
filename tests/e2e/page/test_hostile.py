"""Whatever names, cells and questions hold is text on the page: nothing runs or loads."""

from __future__ import annotations

import csv
import io

from playwright.sync_api import Page, expect

from tests.security.test_hostile_output import BASES, HOSTILE

from .panel import Panel

WATCHED = """() => {
    window.ran = []
    window.alert = words => window.ran.push(words)
    window.confirm = window.prompt = window.alert
}"""
LIVE = """() => [...document.querySelectorAll('#root *')].filter(node =>
    ['SCRIPT', 'IFRAME', 'OBJECT', 'EMBED', 'BASE', 'FORM[action]'].includes(node.tagName)
    || [...node.attributes].some(one => /^on/i.test(one.name)
        || /^\\s*(javascript|vbscript):/i.test(one.value))
    || (node.tagName === 'IMG' && !/^(data|blob):/.test(node.src))
    || (node.tagName === 'A' && !/^(blob:|http:\\/\\/127\\.0\\.0\\.1)/.test(node.href))
).map(node => node.outerHTML.slice(0, 200))"""
FEW = 30
"""Texts that are asked as questions; each takes its turn."""


def _table(texts: tuple[str, ...], columns: int) -> bytes:
    """A CSV file whose headers and cells are the texts, and a number to count with."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([*texts[:columns], "amount"])
    for at, text in enumerate(texts):
        writer.writerow([text] * columns + [at])
    return out.getvalue().encode("utf-8", "replace")


def _nothing_ran(page: Page) -> None:
    assert page.evaluate("window.ran") == []
    assert page.evaluate(LIVE) == []


def test_names_and_cells_are_text_on_every_surface(panel: Panel) -> None:
    page = panel.page
    page.evaluate(WATCHED)
    texts = tuple(text.replace("\0", "") for text in HOSTILE)
    assert len(texts) >= 200
    for name in ("<img src=x onerror=alert(1)>.csv", "evil.csv"):
        content = {"name": name, "mimeType": "text/csv", "buffer": _table(texts, 8)}
        panel.part("file-input").set_input_files(files=[content])  # type: ignore[list-item]
        expect(panel.part("upload-success").last).to_contain_text(name)
    page.get_by_role("region", name="Tables").get_by_role("button").first.click()
    page.get_by_role("img", name="Distribution of the values").first.wait_for()
    answer = panel.ask("show all evil")
    grid = answer.get_by_role("grid")
    expect(grid).to_contain_text("<script>alert(1)</script>")
    grid.focus()
    for _ in range(20):
        page.keyboard.press("PageDown")
    answer.get_by_test_id("how-computed").locator("summary").first.click()
    panel.ask("total amount by " + texts[0])
    _nothing_ran(page)


def test_questions_and_names_of_sessions_are_text(panel: Panel) -> None:
    page = panel.page
    page.evaluate(WATCHED)
    content = {"name": "a.csv", "mimeType": "text/csv", "buffer": b"a,b\n1,2\n"}
    panel.part("file-input").set_input_files(files=[content])  # type: ignore[list-item]
    panel.part("upload-success").wait_for()
    ended = panel.part("query-result").or_(page.get_by_role("alert"))
    for number, text in enumerate(BASES[:FEW], 1):
        panel.part("chat-input").fill(text)
        panel.part("chat-input").press("Enter")
        expect(ended).to_have_count(number)
    _nothing_ran(page)
