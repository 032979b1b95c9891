"""Hostile words in every form of an answer, opened in a real browser: nothing runs or is fetched.

All texts of a form stand in one page; every request that leaves the page is counted and refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import nbformat
import pytest
from nbconvert import HTMLExporter, MarkdownExporter
from playwright.sync_api import Browser, sync_playwright

from dip_sdk.render.chart import spec
from dip_sdk.render.files import page as chart_page
from dip_sdk.render.mime import bundle, displays
from dip_sdk.render.report import report
from dip_sdk.types.plan import ChartStep
from dip_sdk.types.values import Column

from .test_hostile_output import HOSTILE, STATUSES, answer, table

pytestmark = pytest.mark.slow

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
OWN_LIBRARIES = re.compile(r"https://cdnjs\.cloudflare\.com/ajax/libs/(require|mathjax|jquery)\S*|"
                           r"https://cdn\.jsdelivr\.net/npm/(mathjax|mermaid)\S*")  # fmt: skip
"""What nbconvert's own template asks for; an answer needs none of it."""


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


def opened(browser: Browser, markup: str, *, javascript: bool = True) -> tuple[str, list[str]]:
    """The page's visible words, and what happened that must not: dialogs, requests, windows."""
    context = browser.new_context(java_script_enabled=javascript)
    happened: list[str] = []

    def refused(route):
        if not route.request.url.startswith("data:"):
            happened.append(route.request.url)
        route.abort()

    context.route("**/*", refused)
    page = context.new_page()
    page.on(
        "dialog", lambda dialog: (happened.append(f"dialog {dialog.message}"), dialog.dismiss())
    )
    page.on("popup", lambda popup: happened.append(f"window {popup.url}"))
    page.set_content(markup, wait_until="load")
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    page.mouse.move(200, 200)
    words = page.inner_text("body")
    assert page.locator("script[src^='//evil'], iframe, object, embed, base").count() == 0
    context.close()
    return words, happened


def notebook(outputs):
    cell = nbformat.v4.new_code_cell("r", outputs=outputs)
    return nbformat.v4.new_notebook(cells=[cell])


def shown(evil, status="answered"):
    return [
        nbformat.v4.new_output("display_data", data=display.data, metadata=display.metadata)
        for display in displays(answer(evil, status))
    ]


HOSTILE_TEXTS = [evil.encode("utf-8", "replace").decode() for evil in HOSTILE]


def test_html_runs_and_fetches_nothing(browser):
    parts = [
        str(bundle(answer(evil, status))["text/html"])
        for evil in HOSTILE_TEXTS
        for status in STATUSES
    ]
    words, happened = opened(browser, "".join(parts))
    assert happened == []
    assert "<script>alert(1)</script>" in words


def test_a_report_runs_and_fetches_nothing(browser):
    answers = [(answer(evil), f"<svg><script>{evil}</script></svg>") for evil in HOSTILE_TEXTS]
    markup = report("t", answers, [table(evil) for evil in HOSTILE_TEXTS])
    assert opened(browser, markup)[1] == []


def test_a_converted_notebook_fetches_only_what_its_template_asks_for(browser):
    book = notebook([output for evil in HOSTILE_TEXTS for output in shown(evil)])
    markup, _ = HTMLExporter().from_notebook_node(book)
    words, happened = opened(browser, markup)
    assert [url for url in happened if not OWN_LIBRARIES.fullmatch(url)] == []
    assert "How it was computed" in words


def test_markdown_turned_into_html_is_harmless(browser):
    outputs = [output for evil in HOSTILE_TEXTS for output in shown(evil)]
    for output in outputs:
        output["data"].pop("text/html", None)
    markup, _ = HTMLExporter().from_notebook_node(notebook(outputs))
    _, happened = opened(browser, markup)
    assert [url for url in happened if not OWN_LIBRARIES.fullmatch(url)] == []


def test_a_chart_drawn_by_vega_runs_and_fetches_nothing(browser):
    for mark in ("bar", "grouped"):
        rows = [(evil, float(n), "s", 1, 1) for n, evil in enumerate(HOSTILE_TEXTS)]
        evil = HOSTILE_TEXTS[0]
        step = ChartStep(
            table="t", mark=mark, x="a", y="b", series="c" if mark == "grouped" else None,
            title=evil, x_title=evil, y_title=evil,
        )  # fmt: skip
        columns = [Column(name="a", type="text"), Column(name="b", type="double")]
        _, happened = opened(browser, chart_page(spec(step, columns, rows)))
        assert happened == []


def test_an_answer_is_readable_as_markdown():
    book = notebook(shown("plain words"))
    assert "plain words" in MarkdownExporter().from_notebook_node(book)[0]


def test_what_is_saved_of_hostile_words_is_plain_json():
    for evil in HOSTILE_TEXTS:
        json.dumps(bundle(answer(evil)), ensure_ascii=False).encode("utf-8")
