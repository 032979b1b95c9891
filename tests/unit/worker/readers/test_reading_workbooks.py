"""Workbooks: banners, several sheets, mixed cells, protection."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest

from dip_sdk.types.errors import DataError

Reader = Any
Book = Callable[..., bytes]


def book(
    *sheets: tuple[str, list[list[object]]], edit: Callable[[Any], None] | None = None
) -> bytes:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets:
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    if edit:
        edit(made)
    out = io.BytesIO()
    made.save(out)
    made.close()
    return out.getvalue()


PEOPLE: list[list[object]] = [
    ["name", "age", "born", "paid"],
    ["Ann", 30, date(1990, 5, 1), True],
    ["Bob", 41.5, date(1980, 1, 2), False],
    ["Cy", None, date(2000, 2, 3), True],
]


def test_a_sheet_is_typed(read: Reader) -> None:
    got = read("people.xlsx", book(("Sheet1", PEOPLE)))
    assert got.report.name == "people"
    assert got.types == ["text", "double", "date", "boolean"]
    assert got.rows()[2] == ("Cy", None, date(2000, 2, 3), True)
    assert got.report.parsed.sheet == "Sheet1"


def test_every_sheet_is_a_table_hidden_ones_too_and_empty_ones_are_told(read: Reader) -> None:
    def hide(made: Any) -> None:
        made["Second part"].sheet_state = "hidden"

    content = book(("First", PEOPLE), ("Second part", [["a"], [1]]), ("Void", []), edit=hide)
    got = read("b.xlsx", content)
    assert [r.name for r in got.reports] == ["b_First", "b_Second_part"]
    assert "Sheet 'Void' is empty" in " ".join(got.reports[1].parsed.notes)


def test_one_sheet_can_be_asked_for(read: Reader) -> None:
    content = book(("First", PEOPLE), ("Second", [["a"], [1]]))
    assert read("b.xlsx", content, sheet="second").names == ["a"]
    with pytest.raises(DataError, match="no sheet 'Third'") as refused:
        read("b.xlsx", content, sheet="Third")
    assert "First, Second" in refused.value.hint


def test_a_banner_above_and_remarks_below_are_left_out_and_told(read: Reader) -> None:
    banner: list[list[object]] = [["Staff list"], ["as of", "Monday"], []]
    got = read("b.xlsx", book(("S", [*banner, *PEOPLE, [], ["Source: HR"]])))
    assert got.names == ["name", "age", "born", "paid"]
    assert (got.report.rows, got.report.parsed.skip, got.report.parsed.footer) == (3, 3, 1)
    assert "Staff list" in got.notes
    assert "Source: HR" in got.notes


def test_a_table_that_begins_in_another_corner_is_found(read: Reader) -> None:
    rows: list[list[object]] = [[], [], *([None, None, *row] for row in PEOPLE)]
    assert read("b.xlsx", book(("S", rows))).names == ["name", "age", "born", "paid"]


def test_merged_headers_over_two_rows_become_one(read: Reader) -> None:
    rows: list[list[object]] = [
        ["region", "sales", None, "cost"], [None, "2023", "2024", None],
        ["North", 1, 2, 3], ["South", 4, 5, 6], ["East", 7, 8, 9],
    ]  # fmt: skip

    def merge(made: Any) -> None:
        made["S"].merge_cells("B1:C1")

    got = read("b.xlsx", book(("S", rows), edit=merge))
    assert got.names == ["region", "sales 2023", "sales 2024", "cost"]
    assert "merged" in got.notes


def test_whole_numbers_are_integers_and_mixed_cells_are_text(read: Reader) -> None:
    rows: list[list[object]] = [["n", "m"], [1, 5], [2, "five"], [3, date(2024, 1, 2)], [4, 5.5]]
    got = read("b.xlsx", book(("S", rows)))
    assert got.types == ["integer", "text"]
    assert got.column("m") == ["5", "five", "2024-01-02", "5.5"]


def test_dates_beside_times_are_timestamps(read: Reader) -> None:
    rows: list[list[object]] = [["t"], [date(2024, 1, 2)], [datetime(2024, 1, 3, 4, 5)]]
    assert read("b.xlsx", book(("S", rows))).column("t") == [
        datetime(2024, 1, 2), datetime(2024, 1, 3, 4, 5),
    ]  # fmt: skip


def test_gaps_and_dates_before_1970_are_kept(read: Reader) -> None:
    early, late = datetime(1969, 12, 31, 23, 59, 58), datetime(9999, 12, 31, 1, 2, 3)
    rows: list[list[object]] = [
        ["day", "at", "n", "x", "t"],
        [date(1931, 5, 6), early, -1, 0.5, "a"],
        [None, None, None, None, "ü"],
        [date(9999, 12, 31), late, 3, -2.25, None],
    ]
    got = read("b.xlsx", book(("S", rows)))
    assert got.types == ["date", "timestamp", "integer", "double", "text"]
    assert got.rows() == [
        (date(1931, 5, 6), early, -1, 0.5, "a"),
        (None, None, None, None, "ü"),
        (date(9999, 12, 31), late, 3, -2.25, None),
    ]


def test_workbooks_that_count_days_from_1904_keep_their_dates(read: Reader) -> None:
    def epoch(made: Any) -> None:
        made.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904

    made = openpyxl.Workbook()
    epoch(made)
    for row in [["d"], [date(2024, 1, 2)], [date(2024, 1, 3)]]:
        made.active.append(row)
    out = io.BytesIO()
    made.save(out)
    assert read("b.xlsx", out.getvalue()).column("d")[0] == date(2024, 1, 2)


def test_text_cells_with_units_get_a_reading(read: Reader) -> None:
    rows: list[list[object]] = [["k", "w"], ["a", "5 kg"], ["b", "7.5 kg"], ["c", None]]
    got = read("b.xlsx", book(("S", rows)))
    assert got.types == ["text", "text"]
    assert got.column("w_number") == [5.0, 7.5, None]


def test_blank_rows_are_left_out_and_told(read: Reader) -> None:
    got = read("b.xlsx", book(("S", [*PEOPLE[:2], [], [], *PEOPLE[2:]])))
    assert got.report.rows == 3
    assert got.report.problems[0].count == 2


def test_a_sheet_with_a_header_only_has_no_rows(read: Reader) -> None:
    got = read("b.xlsx", book(("S", [["a", "b"]])))
    assert (got.names, got.report.rows) == (["a", "b"], 0)


def test_a_workbook_without_any_table_is_refused(read: Reader) -> None:
    with pytest.raises(DataError, match="no table"):
        read("b.xlsx", book(("S", [])))


def test_an_encrypted_workbook_is_named(read: Reader) -> None:
    name = "EncryptedPackage".encode("utf-16-le")
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1016) + name + bytes(3000)
    with pytest.raises(DataError, match="encrypted"):
        read("b.xlsx", content)


def test_a_damaged_workbook_is_refused(read: Reader) -> None:
    with pytest.raises(DataError, match="damaged"):
        read("b.xlsx", book(("S", PEOPLE))[:2000])
    with pytest.raises(DataError, match="damaged"):
        read("c.xls", b"\xd0\xcf\x11\xe0" + bytes(2000))


def test_a_workbook_named_csv_is_read_and_told(read: Reader) -> None:
    got = read("b.csv", book(("S", PEOPLE)))
    assert got.report.rows == 3
    assert "although its name ends in .csv" in got.notes
