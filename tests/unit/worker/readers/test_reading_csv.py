"""Delimited text as it is met in the wild."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from dip_sdk.types.errors import DataError

Reader = Any
PLAIN = "id,name,born\n1,Ann,1990-05-01\n2,Bob,1985-12-31\n3,Cy,2001-02-03\n"


def test_a_plain_file_is_typed(read: Reader) -> None:
    got = read("people.csv", PLAIN)
    assert got.report.name == "people"
    assert got.types == ["integer", "text", "date"]
    assert got.rows()[1] == (2, "Bob", date(1985, 12, 31))
    assert got.report.parsed.header is True
    assert not got.report.problems


@pytest.mark.parametrize("mark", [";", "\t", "|", "^", "~", "\x01"])
def test_any_delimiter_is_found(read: Reader, mark: str) -> None:
    got = read("a.csv", PLAIN.replace(",", mark))
    assert got.report.parsed.delimiter == mark
    assert got.names == ["id", "name", "born"]


def test_blanks_part_columns_only_where_they_are_regular(read: Reader) -> None:
    got = read("a.txt", "id value\n1 2.5\n2 3.5\n3 4.5\n")
    assert got.rows()[0] == (1, 2.5)
    prose = read("b.txt", "name\nAnn Lee\nBob Ray Roe\nCy\n")
    assert prose.names == ["name"]


def test_aligned_columns_are_split_at_runs_of_blanks(read: Reader) -> None:
    lines = [
        "city  people   area",
        "Rome  2800000  1285",
        "Oslo  700000   454",
        "Bern  134000   51",
    ]
    text = "\n".join(lines)
    got = read("a.txt", text)
    assert got.names == ["city", "people", "area"]
    assert got.rows()[1] == ("Oslo", 700000, 454)


def test_fixed_width_columns_with_gaps_are_split_by_place(read: Reader) -> None:
    text = "aa 11    zz\nbb       yy\ncc 33      \ndd 44    ww\n"
    got = read("a.txt", text, header=False)
    assert got.rows() == [("aa", 11, "zz"), ("bb", None, "yy"), ("cc", 33, None), ("dd", 44, "ww")]


@pytest.mark.parametrize(
    "encoding",
    ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"],
)
def test_unicode_in_any_width_is_read(read: Reader, encoding: str) -> None:
    text = "city,people\nZürich,1\nMálaga,2\nŁódź,3\n"
    got = read("a.csv", text.encode(encoding))
    assert got.column("city") == ["Zürich", "Málaga", "Łódź"]


def test_eastern_encodings_are_recognised(read: Reader) -> None:
    words = ["東京都新宿区", "大阪府大阪市", "名古屋市中区", "京都府京都市", "札幌市中央区"]
    text = "都市,人口\n" + "".join(f"{word},{i}\n" for i, word in enumerate(words))
    assert read("a.csv", text.encode("shift_jis")).column("都市") == words


def test_western_text_is_read_as_cp1252(read: Reader) -> None:
    text = "name,price\nCafé “Zoë”,3\nMüller & Söhne,4\n"
    got = read("a.csv", text.encode("cp1252"))
    assert got.column("name") == ["Café “Zoë”", "Müller & Söhne"]


def test_a_named_encoding_is_taken(read: Reader) -> None:
    text = "όνομα,τιμή\nΠάτρα,1\n"  # noqa: RUF001 -- Greek it shall be
    assert read("a.csv", text.encode("iso8859_7"), encoding="iso-8859-7").names == ["όνομα", "τιμή"]
    with pytest.raises(DataError, match="no encoding named 'klingon'"):
        read("b.csv", "a,b\n1,é\n", encoding="klingon")


def test_a_few_broken_characters_are_replaced_and_told(read: Reader) -> None:
    good = "".join(f"{i},Zürich\n" for i in range(300))
    got = read("a.csv", ("id,city\n" + good).encode() + b"301,Z\xffrich\n")
    (problem,) = got.report.problems
    assert problem.code == "encoding_replaced"
    assert problem.count == 1
    assert problem.examples[0].line == 302
    assert got.report.rows == 301


def test_nul_bytes_are_left_out_and_told(read: Reader) -> None:
    got = read("a.csv", b"id,name\n1,a\0b\n2,cd\n")
    assert got.column("name") == ["ab", "cd"]
    assert "nul_bytes" in got.codes


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_all_systems_are_read(read: Reader, end: str) -> None:
    assert read("a.csv", PLAIN.replace("\n", end)).report.rows == 3


def test_a_last_line_without_an_end_is_a_row(read: Reader) -> None:
    assert read("a.csv", PLAIN.rstrip("\n")).report.rows == 3
    assert read("b.csv", "x\n" + PLAIN.rstrip("\n")).report.rows == 3


@pytest.mark.parametrize("sign", ['"', "'"])
def test_quotes_hold_delimiters_and_line_ends(read: Reader, sign: str) -> None:
    said = f"{sign}say {sign * 2}hi{sign * 2}{sign}"
    text = f"id,note\n1,{sign}a, b{sign}\n2,{sign}two\nlines{sign}\n3,{said}\n"
    got = read("a.csv", text)
    assert got.column("note") == ["a, b", "two\nlines", f"say {sign}hi{sign}"]


def test_quotes_escaped_by_a_backslash_are_read(read: Reader) -> None:
    got = read("a.csv", '1|x|"say \\"hi\\""\n2|y|plain\n3|z|"a|b"\n')
    assert got.column("column_3") == ['say "hi"', "plain", "a|b"]


def test_a_quote_inside_a_quoted_cell_does_not_end_it(read: Reader) -> None:
    got = read("a.csv", "id,note,n\n1,'it's fine, isn't it',2\n2,'plain',3\n3,'don't, so',4\n")
    assert got.rows()[0] == (1, "it's fine, isn't it", 2)


def test_a_quote_that_never_closes_loses_no_line(read: Reader) -> None:
    rows = "".join(f"{i},x{i}\n" for i in range(3, 60))
    got = read("a.csv", 'id,note\n1,"fine"\n2,"open\n' + rows)
    assert got.report.rows == 59
    assert "bad_lines" in got.codes
    assert got.rows(1)[0][0] == 3


def test_many_quotes_that_never_close_do_not_take_forever(read: Reader) -> None:
    rows = "".join(f'{i},"open {i}\n' for i in range(3000))
    assert read("a.csv", 'id,note\n1,"fine"\n' + rows).report.rows == 3001


def test_remarks_above_and_below_are_left_out_and_told(read: Reader) -> None:
    text = (
        "Sales report\nMade on Monday\n\nid,sum,who\n1,10,a\n2,20,b\n3,30,c\n\nSource: the office\n"
    )
    got = read("a.csv", text)
    assert got.names == ["id", "sum", "who"]
    assert got.report.rows == 3
    assert got.report.parsed.skip == 3
    assert got.report.parsed.footer == 1
    assert "Sales report" in got.notes
    assert "Source: the office" in got.notes


def test_a_header_over_two_rows_becomes_one(read: Reader) -> None:
    text = "day,cost,,total\n,air,rail,\n2024-01-01,1,2,3\n2024-01-02,4,5,9\n2024-01-03,4,4,8\n"
    got = read("a.csv", text)
    assert got.names == ["day", "cost air", "cost rail", "total"]
    assert got.report.rows == 3


def test_a_file_without_a_header_numbers_its_columns(read: Reader) -> None:
    got = read("a.csv", "1,x,2.5\n2,y,3.5\n3,z,4.5\n")
    assert got.names == ["column_1", "column_2", "column_3"]
    assert got.report.rows == 3
    assert "No row names the columns" in got.notes


def test_years_beside_words_are_a_header(read: Reader) -> None:
    got = read("a.csv", "country,2010,2011,2012\nPeru,10.5,11,12\nChile,20,21.5,22\n")
    assert got.names == ["country", "2010", "2011", "2012"]


def test_empty_rows_first_do_not_make_a_row_a_header(read: Reader) -> None:
    got = read("a.csv", "name,score\nann,\nbob,\ncy,5\ndee,6\neve,7\n")
    assert got.names == ["name", "score"]
    assert got.report.rows == 5


def test_a_header_that_names_only_some_columns_is_a_header(read: Reader) -> None:
    got = read("a.csv", ",kind,,tag\n1,a,1.5,x\n2,b,2.5,y\n3,c,3.5,z\n")
    assert got.names == ["column_1", "kind", "column_3", "tag"]
    assert got.report.rows == 3


def test_the_word_of_the_user_about_the_header_is_taken(read: Reader) -> None:
    assert read("a.csv", "a,b\nc,d\n", header=False).report.rows == 2
    assert read("b.csv", "1,2\n3,4\n", header=True).names == ["1", "2"]
    assert read("c.csv", "junk,1\n1,2\nx,y\n3,4\n", skip=2).names == ["x", "y"]


def test_only_a_header_gives_a_table_without_rows(read: Reader) -> None:
    got = read("a.csv", "name,city\n")
    assert (got.names, got.report.rows) == (["name", "city"], 0)


def test_empty_and_repeated_headers_get_names_and_keep_labels(read: Reader) -> None:
    got = read("a.csv", "a,,a,A\n1,2,3,x\n4,5,6,y\n")
    assert got.names == ["a", "column_2", "a_2", "A_3"]
    assert got.report.columns[2].label == "a"


def test_a_header_cell_of_two_lines_becomes_one_line(read: Reader) -> None:
    got = read("a.csv", '"first\nname",age\nAnn,3\nBob,4\n')
    assert got.names == ["first name", "age"]
    assert got.report.columns[0].label == "first\nname"


def test_short_rows_are_padded_and_long_rows_are_told_and_kept(read: Reader) -> None:
    got = read("a.csv", "a,b,c\n1,2,3\n4,5\n6,7,8,lost\n9,10,11\n")
    assert got.rows() == [(1, 2, 3), (4, 5, None), (6, 7, 8), (9, 10, 11)]
    codes = {problem.code: problem for problem in got.report.problems}
    assert codes["bad_lines"].examples[0].line == 4
    assert codes["bad_lines"].examples[0].text == "6,7,8,lost"
    assert codes["short_lines"].examples[0].line == 3
    assert got.reports[1].name == "a_bad_lines"
    assert got.rows(1) == [(4, "4 cells instead of 3", "6,7,8,lost")]


def test_a_ragged_line_far_down_a_long_file_is_found(read: Reader) -> None:
    rows = [f"{i},name {i},{i / 2}" for i in range(30_000)]
    rows[20_000] += ",more"
    got = read("a.csv", "id,name,half\n" + "\n".join(rows) + "\n")
    assert got.report.rows == 30_000
    assert got.report.problems[0].examples[0].line == 20_002
    assert got.column("id") == list(range(30_000))


def test_commas_at_the_end_of_every_row_make_no_column(read: Reader) -> None:
    assert read("a.csv", "a,b\n1,2,\n3,4,\n5,6,\n").names == ["a", "b"]


def test_blank_rows_are_left_out_and_told(read: Reader) -> None:
    got = read("a.csv", "a,b\n1,2\n,\n3,4\n,\n")
    assert got.rows() == [(1, 2), (3, 4)]
    assert next(p.count for p in got.report.problems if p.code == "blank_rows") == 2


def test_a_second_table_in_the_file_is_a_table_of_its_own(read: Reader) -> None:
    first = "".join(f"{i},x,{i}\n" for i in range(20))
    got = read("a.csv", "id,name,n\n" + first + "\ncity,area\nRome,5\nOslo,6\n")
    assert [(r.name, r.rows) for r in got.reports] == [("a", 20), ("a_2", 2)]
    assert [c.name for c in got.reports[1].columns] == ["city", "area"]


def test_a_repeated_header_is_no_row(read: Reader) -> None:
    got = read("a.csv", "id,n\n1,2\n3,4\nid,n\n5,6\n")
    assert got.rows() == [(1, 2), (3, 4), (5, 6)]
    assert "repeated_header" in got.codes


def test_rows_keep_the_order_of_the_file(read: Reader) -> None:
    rows = [f"{(i * 7919) % 100_003},{i}" for i in range(60_000)]
    got = read("a.csv", "key,place\n" + "\n".join(rows) + "\n")
    assert got.column("place") == list(range(60_000))


def test_thousands_of_columns_are_read(read: Reader) -> None:
    names = ",".join(f"c{i}" for i in range(2000))
    rows = "".join(",".join(str(i + r) for i in range(2000)) + "\n" for r in range(3))
    got = read("a.csv", f"{names}\n{rows}")
    assert len(got.names) == 2000
    assert got.sql("select c1999 from {table}") == [(1999,), (2000,), (2001,)]


def test_a_column_that_changes_late_loses_no_value(read: Reader) -> None:
    rows = [f"{i},{i}" for i in range(40_000)]
    rows[35_000] = "35000,1.5"
    rows[36_000] = "36000,n/a"
    got = read("a.csv", "id,v\n" + "\n".join(rows) + "\n")
    assert got.types == ["integer", "double"]
    assert got.sql("select v from {table} where id in (35000, 36000) order by id") == [
        (1.5,),
        (None,),
    ]


@pytest.mark.parametrize(
    ("late", "kind", "kept"),
    [
        ("007", "text", "007"),
        ("+49301234567", "text", "+49301234567"),
        ("1_0", "text", "1_0"),
        ("15e-1", "double", "1.5"),
        ("9" * 25, "decimal(38,0)", None),
    ],
)
def test_codes_and_long_numbers_far_down_are_kept_as_written(
    read: Reader, late: str, kind: str, kept: str | None
) -> None:
    rows = [str(i) for i in range(1, 40_000)]
    got = read("a.csv", "code,x\n" + "".join(f"{row},1\n" for row in [*rows, late]))
    assert got.types[0] == kind
    assert str(got.column("code")[-1]) == (kept or late)


def test_times_far_down_a_column_of_dates_are_kept(read: Reader) -> None:
    rows = "".join("2024-01-02,1\n" for _ in range(40_000))
    got = read("a.csv", "d,x\n" + rows + "2024-01-03 10:30:00,1\n")
    assert got.types[0] == "timestamp"
    assert got.column("d")[-1] == datetime(2024, 1, 3, 10, 30)


def test_a_column_first_filled_far_down_is_typed(read: Reader) -> None:
    rows = "".join(f"{i},\n" for i in range(40_000))
    got = read("a.csv", "id,late\n" + rows + "40000,5\n")
    assert got.types == ["integer", "integer"]


@pytest.mark.parametrize("content", ["", "\n\n  \n", "\ufeff"])
def test_an_empty_file_is_refused(read: Reader, content: str) -> None:
    with pytest.raises(DataError, match="empty"):
        read("a.csv", content)


def test_a_binary_file_is_refused(read: Reader) -> None:
    with pytest.raises(DataError, match="binary"):
        read("a.csv", bytes(range(256)) * 50)
    with pytest.raises(DataError, match="PDF"):
        read("b.csv", b"%PDF-1.7 and so on")


def test_lines_broken_inside_of_cells_are_read_whole(read: Reader) -> None:
    rows = "".join(f'"Ada\nBen {n}","19{n}0\n- 19{n}1",{n}\n' for n in range(1, 9))
    got = read("t.csv", f'name,"years\n(from to)","Chart\nAUS"\n{rows}New,,9\n')
    assert len(got.rows()) == 9
    assert got.column("name")[:2] == ["Ada\nBen 1", "Ada\nBen 2"]
    assert got.types == ["text", "text", "integer"]
