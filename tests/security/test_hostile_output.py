"""Cells, headers, file names and words of others are text in every output, never anything live."""

from __future__ import annotations

import base64
import json
import re
import xml.etree.ElementTree as ET
from datetime import UTC, datetime
from html.parser import HTMLParser
from itertools import product

import pytest

from dip_sdk.render.chart import spec
from dip_sdk.render.files import svg
from dip_sdk.render.html import html
from dip_sdk.render.markdown import markdown
from dip_sdk.render.report import report
from dip_sdk.render.text import tables, text
from dip_sdk.types.dataset import BadLine, Parsed, Problem, Table, TableColumn
from dip_sdk.types.plan import AnswerStep, ChartStep, OutputColumn, Plan
from dip_sdk.types.profile import ColumnProfile
from dip_sdk.types.result import (
    Check,
    Clarification,
    Missing,
    Option,
    ResultFacts,
    Sent,
    StepRun,
)
from dip_sdk.types.values import Column

BASES = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><animate onbegin=alert(1)>",
    "<a href=javascript:alert(1)>x</a>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<math><mi xlink:href='data:x,<script>alert(1)</script>'>",
    "<style>@import url(//evil.example)</style>",
    "<base href=//evil.example><form action=//evil.example><input autofocus onfocus=alert(1)>",
    "<!--[if IE]><script>alert(1)</script><![endif]-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>",
    "</td></tr></table></div></details><script>alert(1)</script>",
    "</title></style></textarea></pre></code><script>alert(1)</script>",
    '" onmouseover="alert(1)" x="',
    "' onmouseover='alert(1)' x='",
    "`onmouseover=alert(1)`",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#x3c;script&#x3e;alert(1)",
    "&#60;img src=x onerror=alert(1)&#62;",
    "![x](https://evil.example/leak.png)",
    "[click](javascript:alert(1))",
    "[click]: https://evil.example 'x'",
    "![][click]",
    "<https://evil.example>",
    "https://evil.example/?q=secret www.evil.example mail@evil.example",
    "| a | b |\n| --- | --- |\n| **c** | d |",
    "```\n<script>alert(1)</script>\n```",
    "`` ` `` ~~~ **bold** __bold__ *it* _it_ ~~gone~~",
    "# heading\n> quote\n- list\n1. list\n---\n===",
    "$$\\href{javascript:alert(1)}{x}$$ \\(x\\) \\[y\\] $z$",
    "\x1b[31mred\x1b[0m \x1b]8;;https://evil.example\x07link\x1b]8;;\x07",
    "\x1b[2J\x1b[H\x9b31m\x9d0;title\x07",
    "\x00\x01\x02\x07\x08\x0b\x0c\x7f\x80\x85\x9f",
    "over\rwritten\r\nline\nbreak\u2028line\u2029paragraph\ttab",
    "\u202egnp.exe\u202c \u2066x\u2069 \u202alr\u202b \u200e\u200f\u061c",
    "\ufeff\u2060\u00ad\U000e0041\U000e0001\ufff9",
    "lone \ud800 surrogate \udfff",
    "{{constructor.constructor('alert(1)')()}} ${alert(1)} <%= 7*7 %> {% x %}",
    '=HYPERLINK("https://evil.example")',
    "A" * 5000,
)
WRAPS = ("{}", "x{}y", "  {}", "{0}{0}", "0. {}")
HOSTILE = [wrap.replace("{}", base).replace("{0}", base) for base, wrap in product(BASES, WRAPS)]

TAGS = {
    "div", "style", "p", "table", "thead", "tbody", "tr", "th", "td", "details", "summary", "ol",
    "ul", "li", "pre", "code", "strong", "img", "html", "head", "body", "meta", "title", "main",
    "section", "footer", "h1", "h2", "h3",
}  # fmt: skip
ATTRIBUTES = {"class", "align", "src", "alt", "width", "lang", "charset", "name", "content"}
ATTRIBUTES |= {"http-equiv"}
STYLE = ("style", "text-align:left")
"""The one style beside the sheet."""
CONTROLS = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e0fff]"
)


class Reader(HTMLParser):
    """Refuses what we never write, and collects the words."""

    VOID = ("img", "meta")

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.words = [], []

    def handle_starttag(self, tag, attributes):
        assert tag in TAGS, tag
        for name, value in attributes:
            assert name in ATTRIBUTES or (name, value) == STYLE, (tag, name)
            assert name != "src" or value.startswith("data:image/"), value
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)

    def handle_comment(self, data):
        raise AssertionError(f"a comment: {data}")

    def handle_pi(self, data):
        raise AssertionError(f"an instruction: {data}")


def read(markup):
    reader = Reader()
    reader.feed(markup)
    reader.close()
    assert reader.open == []
    return "".join(reader.words)


def answer(evil, status="answered"):
    """An answer in which every text is hostile."""
    plan = Plan(
        question=evil,
        planner=evil,
        steps=(
            AnswerStep(table=evil, columns=(OutputColumn(column=evil, label=evil, unit=evil),)),
        ),
        tables={evil: evil},
    )
    return ResultFacts(
        id="r",
        session_id="s",
        question=evil,
        status=status,
        planner=evil,
        columns=(Column(name=evil, type="text"), Column(name="n " + evil, type="integer")),
        row_count=2,
        preview=((evil, evil), (None, 3)),
        explanation=evil,
        checks=(Check(code="x", message=evil), Check(code="y", level="info", message=evil)),
        suggestions=(evil,),
        chart={"title": {"text": evil}},
        plan=plan,
        steps=(StepRun(name=evil, title=evil, sql=f"SELECT '{evil}'", rows=1, seconds=0.1),),
        clarification=Clarification(
            question=evil, options=(Option(label=evil, value=plan, preview=evil),)
        ),
        missing=Missing(message="no " + evil, understood=(evil,), unknown=(evil,)),
        sent=(Sent(at=datetime(2024, 1, 1, tzinfo=UTC), to=evil, body=evil),),
        at=datetime(2024, 1, 1, tzinfo=UTC),
    )


def table(evil):
    return Table(
        name=evil,
        dataset_id="d",
        source=f"{evil}.csv",
        rows=1,
        columns=(TableColumn(name=evil, type=evil, label="as " + evil, unit=evil),),
        parsed=Parsed(format="csv", notes=(evil,)),
        problems=(
            Problem(code="x", message=evil, examples=(BadLine(line=1, reason=evil, text=evil),)),
        ),
        fingerprint="f",
        path="p",
        inner="i",
        profile=(
            ColumnProfile(
                name=evil, type="text", rows=1, nulls=0, distinct=1, frequent=((evil, 1),)
            ),
        ),
    )


def cases():
    return pytest.mark.parametrize("evil", HOSTILE, ids=range(len(HOSTILE)))


STATUSES = ("answered", "clarify", "cannot_answer")


def test_there_are_two_hundred_hostile_texts():
    assert len(set(HOSTILE)) == 200


@cases()
def test_html_holds_only_our_own_tags(evil):
    for status in STATUSES:
        words = read(html(answer(evil, status), chart_png=bytes(32)))
        assert not CONTROLS.search(words)


@cases()
def test_a_report_holds_only_our_own_tags(evil):
    page = report(evil, [(answer(evil), f"<svg><script>{evil}</script></svg>")], [table(evil)])
    words = read(page.removeprefix("<!doctype html>"))
    assert not CONTROLS.search(words.replace("\n", ""))


def test_a_hostile_text_can_still_be_read():
    assert "<script>alert(1)</script>" in read(html(answer(BASES[0])))
    assert "&lt;script&gt;" in read(html(answer(BASES[16])))


LIVE = re.compile(r"[<\[\]`*|~$\\]|://|\bwww\.|\w@\w|(?<!\w)_|_(?!\w)", re.IGNORECASE)
FENCED = re.compile(r"^(`{3,})sql\n.*?\n\1$", re.DOTALL | re.MULTILINE)
TITLES = ("**How it was computed**", "**Ask next**", "| :--- | ---: |")


@cases()
def test_markdown_holds_no_live_link_image_or_html(evil):
    for status in STATUSES:
        document = FENCED.sub("", markdown(answer(evil, status)))
        for line in document.splitlines():
            found = LIVE.search(own_markup(line))
            assert not found, (line, found)
            assert not CONTROLS.search(line)


def own_markup(line):
    """The line without the marks that only we write."""
    if line in TITLES:
        return ""
    if line.startswith("| ") and line.endswith(" |"):
        return line[2:-2].replace(" | ", "  ")
    line = re.sub(r"^\*(.*)\*$", r"\1", line)
    line = re.sub(r": \*\*(.*)\*\*$", r": \1", line)
    return re.sub(r"^(> |- |\d+\. )", "", line)


@cases()
def test_a_fence_is_never_closed_from_inside(evil):
    lines = markdown(answer(evil)).splitlines()
    opened = next(i for i, line in enumerate(lines) if re.fullmatch("`{3,}sql", line))
    fence = lines[opened].removesuffix("sql")
    closing = [i for i, line in enumerate(lines) if i > opened and line.strip() == fence]
    assert lines[closing[0] + 1 :][1].startswith("Read: ")


@cases()
def test_text_holds_no_control_character(evil):
    for status in STATUSES:
        shown = text(answer(evil, status), width=80)
        assert not CONTROLS.search(shown)
        shown.encode("utf-8")
    assert not CONTROLS.search(tables([table(evil)]))


@cases()
def test_colour_comes_only_from_us(evil):
    coloured = text(answer(evil), color=True, width=80)
    assert re.sub(r"\x1b\[[012]m", "", coloured) == text(answer(evil), width=80)


@cases()
def test_very_long_texts_do_not_flood_a_table(evil):
    shown = text(answer(evil), width=80).splitlines()
    count = next(i for i, line in enumerate(shown) if line.startswith("2 rows"))
    assert all(len(line) <= 80 for line in shown[count - 3 : count])
    assert max(map(len, re.findall(r"<td[^>]*>([^<]*)", html(answer("A" * 100_000))))) <= 400


@pytest.mark.parametrize("evil", BASES, ids=range(len(BASES)))
@pytest.mark.parametrize("mark", ["grouped", "line", "scatter", "pie"])
def test_a_chart_draws_hostile_words_as_words(evil, mark):
    step = ChartStep(
        table="t", mark=mark, x=evil, y="n " + evil,
        series=evil if mark in ("grouped", "scatter", "heatmap") else None,
        title=evil, x_title=evil, y_title=evil,
    )  # fmt: skip
    columns = [Column(name=evil, type="text"), Column(name="n " + evil, type="double")]
    x = 1.5 if mark == "scatter" else evil
    row = {
        "pie": (x, 2.0, 1),
        "box": (x, None, 1.0, 2.0, 3.0, 4.0, 5.0, 1),
    }.get(mark, (x, 2.0, evil, 1, 1))
    chart = spec(step, columns, [row])
    assert not live_keys(chart)
    drawn = svg(chart)
    names = {element.tag.rpartition("}")[2] for element in ET.fromstring(drawn).iter()}
    assert names <= {"svg", "g", "path", "text", "rect", "line", "defs", "linearGradient", "stop",
                     "clipPath", "style", "tspan"}  # fmt: skip
    assert not re.search(r"\son\w+=|href", re.sub(r">[^<]*<|\"[^\"]*\"", "", drawn))


def live_keys(node):
    """Keys through which Vega would fetch, link or compute, outside our own formulas."""
    if isinstance(node, list):
        return [key for item in node for key in live_keys(item)]
    if not isinstance(node, dict):
        return []
    live = {"url", "href", "expr", "signal", "calculate", "labelExpr", "params", "usermeta"}
    inner = [key for name, item in node.items() if name != "values" for key in live_keys(item)]
    return inner + [key for key in node if key in live]


def test_an_svg_in_a_report_is_an_image_and_cannot_run():
    page = report("t", [(answer("x"), "<svg><script>alert(1)</script></svg>")], [])
    assert "<script" not in page
    code = re.search(r"data:image/svg\+xml;base64,([^\"]+)", page)[1]
    assert b"<script>" in base64.b64decode(code)


def test_chart_data_is_plain_json():
    step = ChartStep(table="t", mark="bar", x="a", y="b", title="</script>")
    columns = [Column(name="a", type="text"), Column(name="b", type="double")]
    chart = spec(step, columns, [("\ud800", 1.0, None, 1, 1)])
    json.dumps(chart, ensure_ascii=False).encode("utf-8")
