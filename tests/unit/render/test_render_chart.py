"""The Vega-Lite a chart step becomes, drawn by the real converter."""

from __future__ import annotations

import json
import re

import duckdb
import pytest
from altair.vegalite.v6.schema.core import TopLevelSpec

from dip_sdk.engine.chart import query
from dip_sdk.render.chart import restyle, spec
from dip_sdk.render.files import png, save, svg, to_altair
from dip_sdk.render.scales import OTHER, PALETTE
from dip_sdk.types.errors import ConfigError
from dip_sdk.types.plan import ChartStep
from dip_sdk.types.values import Column, encode

COLUMNS = [
    Column(name='re."gi]on[0]', type="text"),
    Column(name="kind", type="text"),
    Column(name="day", type="date"),
    Column(name="year", type="integer"),
    Column(name="amount", type="double"),
    Column(name="price", type="double"),
]
REGION = COLUMNS[0].name
STEPS = {
    "bar": {"x": REGION, "y": "amount"},
    "stacked": {"x": REGION, "y": "amount", "series": "kind"},
    "grouped": {"x": REGION, "y": "amount", "series": "year"},
    "line": {"x": "day", "y": "amount", "series": "kind"},
    "area": {"x": "day", "y": "amount", "series": "kind"},
    "scatter": {"x": "price", "y": "amount", "series": "kind"},
    "pie": {"x": REGION, "y": "amount"},
    "histogram": {"x": "amount"},
    "box": {"x": REGION, "y": "amount"},
    "heatmap": {"x": REGION, "y": "amount", "series": "kind"},
}


@pytest.fixture(scope="module")
def draw():
    connection = duckdb.connect()
    connection.execute(
        f"""create table t as select ['North', 'South', 'East'][1 + i % 3] as
        "{REGION.replace('"', '""')}", ['a', 'b'][1 + i % 2] as kind,
        date '2024-01-01' + (i % 90)::int as day, 2020 + i % 4 as year,
        (i * 37 % 101)::double as amount, sin(i) * 10 as price from range(600) r(i)"""
    )

    def drawn(mark, source="t", rows=600, **changes):
        step = ChartStep(table="t", mark=mark, **({"title": "Amounts"} | STEPS[mark] | changes))
        data = connection.sql(query(step, COLUMNS, rows, source)).fetchall()
        return spec(step, COLUMNS, [tuple(encode(value) for value in row) for row in data])

    yield drawn
    connection.close()


@pytest.mark.parametrize("mark", STEPS)
def test_every_mark_is_valid_vega_lite_and_can_be_drawn(draw, mark):
    chart = draw(mark)
    TopLevelSpec.from_dict(chart)
    assert png(chart).startswith(b"\x89PNG")
    assert "Amounts" in svg(chart)


@pytest.mark.parametrize("mark", STEPS)
@pytest.mark.parametrize("rows", [0, 1])
def test_no_row_or_one_row_can_be_drawn(draw, mark, rows):
    assert svg(draw(mark, f"(from t limit {rows})", rows)).startswith("<svg")


@pytest.mark.parametrize("mark", STEPS)
def test_names_of_columns_stand_only_where_people_read_them(draw, mark):
    def fields(node):
        if isinstance(node, dict):
            yield from (value for key, value in node.items() if key == "field")
            for value in node.values():
                yield from fields(value)
        elif isinstance(node, list):
            for value in node:
                yield from fields(value)

    chart = draw(mark)
    assert all(re.fullmatch(r"[a-z]\w*", field) for field in fields(chart))
    chart.pop("$schema")
    assert "http" not in json.dumps(chart)
    assert "href" not in json.dumps(chart)


@pytest.mark.parametrize("mark", STEPS)
def test_the_picture_has_no_background_of_its_own(draw, mark):
    drawn = svg(draw(mark))
    assert 'fill="white"' not in drawn
    assert draw(mark)["background"] == "transparent"


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("colour", [*PALETTE, OTHER])
def test_each_colour_stands_out_on_white_and_on_near_black(colour):
    own, dark = luminance(colour), luminance("#14171b")
    assert 1.05 / (own + 0.05) >= 3
    assert (own + 0.05) / (dark + 0.05) >= 3


def test_a_date_is_drawn_where_it_is_written_in_every_time_zone(draw):
    records = draw("line")["data"]["values"]
    assert (records[0]["x"], records[0]["when"]) == ("2024-01-01T00:00:00Z", "2024-01-01")


def test_first_days_of_months_go_by_their_month(draw):
    months = "(select (date '2024-01-01' + to_months(i::int))::date as day, 1.0 as amount"
    months += " from range(3) r(i))"
    records = draw("line", months, 3, series=None)["data"]["values"]
    assert [record["when"] for record in records] == ["2024-01", "2024-02", "2024-03"]


def test_what_was_left_out_is_said_in_the_subtitle(draw):
    many = f"(select 'c' || i as \"{REGION.replace(chr(34), chr(34) * 2)}\", i::double as amount"
    many += " from range(312) r(i))"
    chart = draw("bar", many, 312, sort="-y")
    assert chart["title"]["subtitle"].startswith("The largest 30 of 312")
    assert "subtitle" not in draw("bar")["title"]


def test_many_or_long_labels_lie_and_short_ones_stand(draw):
    assert draw("bar")["encoding"]["x"]["field"] == "x"
    long = f"(select 'a rather long label ' || i as \"{REGION.replace(chr(34), chr(34) * 2)}\","
    long += " i::double as amount from range(4) r(i))"
    assert draw("bar", long, 4)["encoding"]["y"]["field"] == "x"


def test_a_pie_with_negative_parts_becomes_bars(draw):
    owed = f"(select 'c' || i as \"{REGION.replace(chr(34), chr(34) * 2)}\", i - 2.0 as amount"
    owed += " from range(4) r(i))"
    assert draw("pie", owed, 4)["mark"]["type"] == "bar"


@pytest.mark.parametrize(
    ("mark", "series", "drawn"),
    [
        ("bar", "kind", "xOffset"),
        ("grouped", None, "x"),
        ("heatmap", None, "x"),
        ("pie", "kind", "theta"),
    ],
)
def test_a_mark_and_a_series_that_do_not_fit_are_settled(draw, mark, series, drawn):
    assert drawn in draw(mark, series=series)["encoding"]


def test_a_chart_is_saved_by_its_extension(draw, tmp_path):
    chart = draw("bar")
    assert save(chart, tmp_path / "c.png").read_bytes().startswith(b"\x89PNG")
    assert save(chart, tmp_path / "c.svg").read_text().startswith("<svg")
    assert json.loads(save(chart, tmp_path / "c.json").read_text()) == chart


@pytest.mark.slow
def test_a_saved_page_loads_nothing(draw, tmp_path):
    page = save(draw("bar"), tmp_path / "c.html").read_text()
    assert not re.search(r"<script[^>]+src=|<link[^>]+href=|@import", page)


@pytest.mark.parametrize("name", ["c.docx", "c"])
def test_another_extension_is_refused_with_the_choices(draw, tmp_path, name):
    with pytest.raises(ConfigError) as caught:
        save(draw("bar"), tmp_path / name)
    assert ".png" in caught.value.hint


def test_a_missing_folder_is_named(draw, tmp_path):
    with pytest.raises(ConfigError, match="nowhere") as caught:
        save(draw("bar"), tmp_path / "nowhere" / "c.json")
    assert "folder" in caught.value.hint


def test_a_chart_becomes_an_altair_object(draw):
    assert to_altair(draw("bar")).to_dict()["mark"]["type"] == "bar"
    assert to_altair(draw("box")).to_dict()["layer"]


BARS = ChartStep(table="t", mark="bar", x="region", y="amount")


def test_a_chart_can_be_restyled():
    step = restyle(BARS, mark="line", title="Better", sort="-y")
    assert (step.mark, step.title, step.sort, step.x) == ("line", "Better", "-y", "region")


def test_a_histogram_measures_what_the_bars_measured():
    step = restyle(BARS, mark="histogram")
    assert (step.x, step.y) == ("amount", None)


@pytest.mark.parametrize(
    ("changes", "hint"),
    [
        ({"mark": "spiral"}, "heatmap"),
        ({"sort": "up"}, "-y"),
        ({"colour": "red"}, "title"),
        ({"mark": "stacked"}, "series"),
        ({"series": "year"}, "series=None"),
        ({"mark": "scatter", "y": None}, "y="),
        ({"title": 5}, "text"),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_a_way_out(changes, hint):
    with pytest.raises(ConfigError) as caught:
        restyle(BARS, **changes)
    assert hint in caught.value.hint


def test_a_title_wider_than_its_chart_is_broken_into_lines(draw):
    wide = draw("bar", title="Average body mass g by species")
    assert wide["title"]["text"] == ["Average body mass g by", "species"]
