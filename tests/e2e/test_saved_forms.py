"""A saved answer where people read it: converted, printed, sanitised; without network."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import bleach
import nbformat
import pytest
from nbconvert import HTMLExporter, MarkdownExporter
from nbformat import NotebookNode
from playwright.sync_api import Browser, Page, sync_playwright

import dip_sdk as dip
from dip_sdk.client.view import picture
from dip_sdk.render.mime import displays

pytestmark = pytest.mark.slow

DATA = Path(dip.__file__).parent / "data"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
QUESTION = "average body mass by species"
SENTENCE = "Average body mass g by species"
GITHUB = {
    "a", "b", "blockquote", "br", "code", "details", "div", "em", "h1", "h2", "h3", "hr", "i",
    "img", "li", "ol", "p", "pre", "span", "strong", "summary", "table", "tbody", "td", "th",
    "thead", "tr", "ul",
}  # fmt: skip
"""What is left of HTML on a site that takes styles and classes away."""


@pytest.fixture(scope="module")
def outputs() -> list[NotebookNode]:
    """The displays of a real answer, as a cell keeps them."""
    with dip.Client() as client:
        session = client.session()
        session.upload(DATA / "penguins.csv")
        result = session.query(QUESTION)
        shown = displays(result.facts, chart_png=picture(result.facts), datasets=session.datasets())
    return [
        nbformat.v4.new_output("display_data", data=one.data, metadata=one.metadata)
        for one in shown
    ]


@pytest.fixture(scope="module")
def notebook(outputs: list[NotebookNode]) -> NotebookNode:
    cell = nbformat.v4.new_code_cell(f"%%ask\n{QUESTION}", outputs=outputs)
    return nbformat.v4.new_notebook(cells=[cell])


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page without network and without scripts."""
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": 1200, "height": 900}
    )
    context.route(re.compile(r"^https?:"), lambda route: route.abort())
    yield context.new_page()
    context.close()


def has_everything(page: Page) -> None:
    """The sentence, the rows, the picture, and the statement behind its fold."""
    words = page.inner_text("body")
    assert words.index(SENTENCE) < words.index("Adelie") < words.index("How it was computed")
    picture = page.locator("img").first
    assert picture.bounding_box() is not None
    assert picture.bounding_box()["width"] > 200  # type: ignore[index]
    page.locator("summary", has_text="How it was computed").click()
    assert "GROUP BY" in page.locator("pre", has_text="GROUP BY").last.inner_text()


def html_of(outputs: list[NotebookNode]) -> str:
    """The forms a front end that shows HTML and pictures would choose, one below the other."""
    parts = []
    for output in outputs:
        data = output["data"]
        image = data.get("image/png")
        parts.append(f'<img src="data:image/png;base64,{image}">' if image else data["text/html"])
    return "".join(parts)


def test_converted_to_html_it_is_whole(page: Page, notebook: NotebookNode) -> None:
    page.set_content(HTMLExporter().from_notebook_node(notebook)[0], wait_until="load")
    has_everything(page)


def test_printed_it_is_whole(page: Page, notebook: NotebookNode) -> None:
    page.set_content(HTMLExporter().from_notebook_node(notebook)[0], wait_until="load")
    page.emulate_media(media="print")
    words = page.inner_text("body")
    assert SENTENCE in words
    assert "Chinstrap" in words
    printed = page.pdf()
    assert printed.startswith(b"%PDF")
    assert b"/Subtype /Image" in printed


def test_converted_to_markdown_it_is_whole(notebook: NotebookNode) -> None:
    text, resources = MarkdownExporter().from_notebook_node(notebook)
    assert SENTENCE in text
    assert "Adelie" in text
    assert "GROUP BY" in text
    (image,) = resources["outputs"]
    assert f"]({image})" in text


def test_where_styles_are_taken_away_it_is_readable(
    page: Page, outputs: list[NotebookNode]
) -> None:
    bare = re.sub(r"<style>.*?</style>", "", html_of(outputs), flags=re.DOTALL)
    kept = bleach.clean(
        bare, tags=GITHUB, attributes={"*": ["align", "alt"], "img": ["src", "width"]},
        protocols=["data", "https"], strip=True,
    )  # fmt: skip
    assert "class=" not in kept
    page.set_content(kept)
    has_everything(page)
    number = page.locator("td", has_text="3,7").first
    assert number.get_attribute("align") == "right"


@pytest.mark.parametrize(("ground", "ink"), [("#ffffff", "#1f1f1f"), ("#1f1f1f", "#cccccc")])
def test_in_a_bare_page_it_takes_the_colours_of_the_page(
    browser: Browser, outputs: list[NotebookNode], ground: str, ink: str
) -> None:
    page = browser.new_page()
    page.set_content(f'<body style="background:{ground};color:{ink}">{html_of(outputs)}</body>')
    has_everything(page)
    wanted = page.evaluate("getComputedStyle(document.body).color")
    for part in (".dip-sentence", "td", "pre"):
        said = page.locator(part).first.evaluate("e => getComputedStyle(e).color")
        assert said == wanted
    page.close()


def test_in_a_narrow_window_only_the_table_scrolls(
    browser: Browser, outputs: list[NotebookNode]
) -> None:
    page = browser.new_page(viewport={"width": 320, "height": 800})
    answer = outputs[0]["data"]["text/html"]
    page.set_content(f'<meta name="viewport" content="width=device-width">{answer}')
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.close()
