"""Results as HTML, Markdown, a MIME bundle and a page."""

from __future__ import annotations

import re

import pytest

from dip_sdk.render.html import html
from dip_sdk.render.markdown import markdown
from dip_sdk.render.mime import bundle
from dip_sdk.render.report import report
from dip_sdk.types.saved import SAVED

PNG = b"\x89PNG\r\n\x1a\n" + bytes(8) + (800).to_bytes(4, "big") + bytes(12)
SVG = '<svg xmlns="http://www.w3.org/2000/svg"/>'
PARTS = (
    "North leads with $1,204.50.",
    "Answered by rules",
    "$98.00",
    "3 of 1,204 rows",
    "Note: 7 rows without an amount are left out.",
    "How it was computed",
    "Total by region",
    "Nothing left this machine.",
    "total by month",
)


def words(markup):
    """The text of HTML, as a reader without style sheets has it."""
    without = re.sub(r"<style>.*?</style>", "", markup, flags=re.DOTALL)
    return re.sub(r"<[^>]+>", "", without).replace("&#x27;", "'")


def test_html_tells_everything_in_order_without_its_style_sheet(facts):
    shown = words(html(facts))
    places = [shown.index(part) for part in PARTS]
    assert places == sorted(places)


def test_markdown_tells_everything_in_order(facts):
    shown = markdown(facts).replace("&#36;", "$")
    places = [shown.index(part) for part in PARTS]
    assert places == sorted(places)
    assert "| region | total |\n| :--- | ---: |\n| North | &#36;1,204.50 |" in markdown(facts)


def test_details_are_folded_and_numbers_stand_right_without_styles(facts):
    shown = html(facts)
    assert "<details><summary>How it was computed</summary>" in shown
    assert '<td class="dip-number" align="right">$1,204.50</td>' in shown


def test_a_chart_stands_in_the_html_at_its_true_size(facts):
    shown = html(facts, chart_png=PNG)
    assert re.search(r'<img src="data:image/png;base64,\S+" width="400" alt="Chart: ', shown)
    assert "<img" not in html(facts)


def test_a_title_of_two_lines_is_told_as_one(facts):
    chart = {"title": {"text": ["Number of penguins by", "species"]}}
    shown = html(facts.model_copy(update={"chart": chart}), chart_png=PNG)
    assert 'alt="Chart: Number of penguins by species"' in shown


def test_html_sets_no_ground_and_no_ink_of_its_own(facts):
    sheet = re.search(r"<style>(.*?)</style>", html(facts), re.DOTALL)[1]
    assert not re.search(
        r"background: *#|(?<!-)color: *#|prefers-color-scheme|@import|url\(", sheet
    )


@pytest.mark.parametrize("render", [html, markdown])
def test_readings_and_a_reasoned_no_are_told(render, asked, declined):
    assert "Customer is Smith" in render(asked)
    assert "1,204.50" in render(asked)
    assert "Not found in the data: planet." in render(declined)


def test_a_bundle_holds_the_three_static_forms_and_what_is_kept(facts):
    assert list(bundle(facts)) == ["text/plain", "text/markdown", "text/html", SAVED]
    assert "data:image/png" in bundle(facts, chart_png=PNG)["text/html"]


def test_code_with_backticks_stays_inside_its_fence(facts):
    run = facts.steps[0].model_copy(update={"sql": "SELECT '```' -- ````"})
    shown = markdown(facts.model_copy(update={"steps": (run,)}))
    assert "`````sql\nSELECT '```' -- ````\n`````" in shown


def test_a_report_is_one_page_with_questions_charts_and_tables(facts, declined, table):
    page = report("Sales & more", [(facts, SVG), (declined, None)], [table])
    assert page.startswith("<!doctype html>")
    assert "<h1>Sales &amp; more</h1>" in page
    assert page.count("<section>") == 3
    assert "2 questions asked of 1 table" in page
    assert 'src="data:image/svg+xml;base64,' in page
    assert "sales from sales.csv: 1,204 rows, 2 columns" in page


def test_a_report_forbids_itself_scripts_and_requests(facts):
    page = report("Sales", [(facts, SVG)], [])
    assert "default-src 'none'" in page
    assert not re.search(r"<script|https?://(?!www\.w3\.org)|src=\"(?!data:)", page)
