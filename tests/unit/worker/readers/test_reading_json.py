"""JSON in the shapes that exports and services give it."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from dip_sdk.types.errors import DataError

Reader = Any
ROWS = [
    {"id": 1, "name": "Ann", "day": "2024-01-02"},
    {"id": 2, "name": "Bob", "day": "2024-02-03"},
]


def test_an_array_of_objects_is_a_table(read: Reader) -> None:
    got = read("a.json", json.dumps(ROWS, indent=2))
    assert got.names == ["id", "name", "day"]
    assert got.rows() == [(1, "Ann", date(2024, 1, 2)), (2, "Bob", date(2024, 2, 3))]
    assert got.report.parsed.format == "json"


def test_lines_of_json_are_a_table(read: Reader) -> None:
    got = read("a.ndjson", "".join(json.dumps(row) + "\n" for row in ROWS))
    assert got.report.rows == 2
    assert got.report.parsed.format == "ndjson"


def test_objects_without_lines_between_them_are_a_table(read: Reader) -> None:
    assert read("a.json", "".join(json.dumps(row) for row in ROWS)).report.rows == 2


def test_one_object_is_one_row(read: Reader) -> None:
    assert read("a.json", json.dumps(ROWS[0])).rows() == [(1, "Ann", date(2024, 1, 2))]


def test_an_array_of_arrays_has_its_header_first(read: Reader) -> None:
    got = read("a.json", '[["id", "name"], [1, "x"], [2, null]]')
    assert (got.names, got.rows()) == (["id", "name"], [(1, "x"), (2, None)])


def test_nested_objects_become_columns_and_lists_stay(read: Reader) -> None:
    rows = [{"id": 1, "at": {"city": "Rome", "geo": {"lat": 1.5}}, "tags": ["a", "b"]}]
    got = read("a.json", json.dumps(rows))
    assert got.names == ["id", "at.city", "at.geo.lat", "tags"]
    assert got.types == ["integer", "text", "double", "list"]


def test_rows_wrapped_in_an_object_are_found_and_what_stands_beside_is_told(read: Reader) -> None:
    got = read("a.json", json.dumps({"count": 2, "items": ROWS}))
    assert got.names == ["id", "name", "day"]
    assert "count" in got.notes


def test_several_lists_in_an_object_are_several_tables(read: Reader) -> None:
    got = read("shop.json", json.dumps({"people": ROWS, "orders": [{"n": 5}]}))
    assert [(r.name, r.rows) for r in got.reports] == [("shop_people", 2), ("shop_orders", 1)]


def test_features_of_a_map_are_rows(read: Reader) -> None:
    point = {"type": "Point", "coordinates": [1.0, 2.0]}
    features = [
        {"type": "Feature", "geometry": point, "properties": {"name": "a", "pop": 5}},
        {"type": "Feature", "geometry": None, "properties": {"name": "b"}},
    ]
    got = read("m.geojson", json.dumps({"type": "FeatureCollection", "features": features}))
    assert got.names == ["name", "pop", "geometry.type", "geometry.coordinates"]
    assert got.rows()[0][:3] == ("a", 5, "Point")


def test_values_of_several_types_become_text(read: Reader) -> None:
    got = read("a.ndjson", '{"id":"x"}\n{"id":2}\n{"id":[3]}\n')
    assert got.column("id") == ["x", "2", "[3]"]


def test_a_key_that_comes_late_is_a_column(read: Reader) -> None:
    lines = [json.dumps({"a": i}) for i in range(8000)] + [json.dumps({"a": 1.5, "late": "x"})]
    got = read("a.ndjson", "\n".join(lines))
    assert got.report.rows == 8001
    assert got.sql("select max(a) from {table}") == [(7999.0,)]
    assert got.sql("select a from {table} where rowid = 8000") == [(1.5,)]


def test_a_broken_line_is_named_and_the_others_are_read(read: Reader) -> None:
    got = read("a.ndjson", '{"id":1}\n{"id":2}\n{"id":\n{"id":4}\n{"id":5}\n')
    assert got.column("id") == [1, 2, 4, 5]
    (problem,) = got.report.problems
    assert (problem.code, problem.examples[0].line) == ("bad_lines", 3)


def test_a_broken_document_names_its_line(read: Reader) -> None:
    with pytest.raises(DataError, match="line 3") as refused:
        read("a.json", '[\n{"id": 1},\n{"id": 2,,}\n]')
    assert refused.value.line == 3


def test_json_in_utf_16_is_read(read: Reader) -> None:
    assert read("a.json", json.dumps(ROWS).encode("utf-16")).report.rows == 2


def test_json_named_csv_is_read_and_told(read: Reader) -> None:
    got = read("a.csv", json.dumps(ROWS))
    assert got.report.rows == 2
    assert "although its name" in got.notes


def test_rows_keep_their_order(read: Reader) -> None:
    lines = "".join(json.dumps({"i": i, "x": "y" * (i % 50)}) + "\n" for i in range(50_000))
    assert read("a.ndjson", lines).column("i") == list(range(50_000))


def test_a_document_that_nests_beyond_reason_is_refused_in_words(read: Reader) -> None:
    deep = '{"a":' * 5_000 + "1" + "}" * 5_000
    with pytest.raises(DataError, match=r"deep|nest"):
        read("deep.json", deep)


@pytest.mark.parametrize(
    ("text", "what"),
    [("<!DOCTYPE html><html><table>", "a web page"), ('<?xml version="1.0"?><rows/>', "XML")],
)
def test_markup_is_no_table_whatever_its_name(read: Reader, text: str, what: str) -> None:
    with pytest.raises(DataError, match=f"The file is {what}"):
        read("page.csv", text)
