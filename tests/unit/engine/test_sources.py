"""What a user gives becomes local files."""

from __future__ import annotations

import datetime as dt
import http.server
import io
import threading
import uuid
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from dip_sdk.engine.bridge import Cancel
from dip_sdk.engine.sources import checksum, sources
from dip_sdk.types.errors import Cancelled, ConnectionFailed, DataError


@pytest.fixture
def into(tmp_path: Path) -> Path:
    return tmp_path / "into"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    for name in ("north.csv", "south.csv", "notes.txt", "odd[1].csv"):
        (folder / name).write_text("a,b\n1,2\n")
    return folder


def one(given, into, **options):
    (source,) = sources(given, into=into, **options)
    return source


def table(given, into, name="frame") -> pa.Table:
    source = one(given, into, name=name)
    assert source.format == "frame"
    assert source.temporary
    with pa.OSFile(str(source.path)) as file:
        return pa.ipc.open_file(file).read_all()


def test_a_path_stays_where_it_is(data, into):
    source = one(data / "north.csv", into)
    assert source.path == data / "north.csv"
    assert (source.name, source.temporary, source.format) == ("north.csv", False, None)
    assert source.origin == str(data / "north.csv")


def test_the_home_folder_is_found(data, into, monkeypatch):
    monkeypatch.setenv("HOME", str(data))
    assert one("~/north.csv", into).path == data / "north.csv"


def test_a_pattern_gives_its_files_in_order(data, into):
    names = [source.name for source in sources(f"{data}/*th.csv", into=into)]
    assert names == ["north.csv", "south.csv"]


def test_a_file_whose_name_looks_like_a_pattern_is_that_file(data, into):
    assert one(f"{data}/odd[1].csv", into).name == "odd[1].csv"


def test_several_are_given_in_order(data, into):
    given = [data / "south.csv", str(data / "north.csv")]
    assert [source.name for source in sources(given, into=into)] == ["south.csv", "north.csv"]


def test_a_missing_file_is_named_with_the_nearest(data, into):
    with pytest.raises(DataError, match=r"no file .*nroth\.csv") as error:
        one(data / "nroth.csv", into)
    assert "north.csv" in error.value.hint
    assert error.value.code == "not_found"


def test_a_pattern_without_match_is_named_with_the_nearest(data, into):
    with pytest.raises(DataError, match=r"north_\*\.csv") as error:
        one(f"{data}/north_*.csv", into)
    assert "north.csv" in error.value.hint


def test_a_missing_folder_is_answered_with_the_nearest_folder(data, into):
    with pytest.raises(DataError) as error:
        one(data.parent / "dat" / "north.csv", into)
    assert "data" in error.value.hint


def test_a_folder_is_refused_with_a_pattern(data, into):
    with pytest.raises(DataError, match="is a folder") as error:
        one(data, into)
    assert "*.csv" in error.value.hint


def test_a_name_replaces_the_stem(data, into):
    assert one(data / "north.csv", into, name="sales").name == "sales.csv"
    assert one(data / "north.csv", into, name="sales.csv").name == "sales.csv"


def test_a_name_for_several_files_is_refused(data, into):
    with pytest.raises(DataError, match="2 files"):
        list(sources(f"{data}/*th.csv", into=into, name="sales"))


def test_an_open_file_is_copied(data, into):
    with (data / "north.csv").open("rb") as file:
        source = one(file, into)
    assert source.name == "north.csv"
    assert source.temporary
    assert source.path.suffix == ".csv"
    assert source.path.read_bytes() == (data / "north.csv").read_bytes()


def test_text_and_bytes_in_memory_are_copied(into):
    assert one(io.StringIO("naïve\n1"), into, name="a.csv").path.read_text("utf-8") == "naïve\n1"
    assert one(io.BytesIO(b"x\n1"), into, name="b.csv").path.read_bytes() == b"x\n1"


def test_a_large_file_is_copied_in_pieces_and_told(into):
    told = []
    content = io.BytesIO(b"x" * 3_000_000)
    source = one(content, into, name="big.csv", on_progress=lambda *what: told.append(what))
    assert source.path.stat().st_size == 3_000_000
    assert len(told) == 3
    assert told[0][1] == "Copying big.csv"


def test_a_file_beyond_the_limit_is_refused_and_nothing_stays(into):
    with pytest.raises(DataError, match="larger than 1 MB"):
        one(io.BytesIO(b"x" * 3_000_000), into, name="big.csv", limit=1_000_000)
    assert list(into.iterdir()) == []


def test_a_stopped_copy_leaves_nothing(into):
    cancel = Cancel()
    with pytest.raises(Cancelled):
        one(
            io.BytesIO(b"x" * 3_000_000),
            into,
            name="big.csv",
            cancel=cancel,
            on_progress=lambda *_: cancel.set(),
        )
    assert list(into.iterdir()) == []


@pytest.mark.parametrize("given", [io.BytesIO(b"a"), pd.DataFrame({"a": [1]})])
def test_what_has_no_name_needs_one(given, into):
    with pytest.raises(DataError, match="needs a name"):
        one(given, into)


def test_what_is_not_data_is_refused(into):
    with pytest.raises(DataError, match="A value of type int cannot be uploaded"):
        one(3, into)


class Handler(http.server.BaseHTTPRequestHandler):
    body = b"a,b\n1,2\n" * 1000

    def do_GET(self):
        if "missing" in self.path or "denied" in self.path:
            self.send_error(404 if "missing" in self.path else 403)
            return
        if "moved" in self.path:
            self.send_response(302)
            self.send_header("Location", "/sales.csv")
            self.end_headers()
            return
        self.send_response(200)
        if "unsized" not in self.path:
            size = len(self.body) + (10 if "short" in self.path else 0)
            self.send_header("Content-Length", str(size))
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def site():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_an_address_is_fetched(site, into):
    told = []
    source = one(f"{site}/a/sales%20q3.csv?key=1", into, on_progress=lambda *a: told.append(a))
    assert source.name == "sales q3.csv"
    assert source.path.read_bytes() == Handler.body
    assert source.temporary
    assert told[-1] == (1.0, "Fetching sales q3.csv")


def test_what_may_be_secret_in_an_address_is_not_kept(site, into):
    assert one(f"{site}/sales.csv?signature=secret", into).origin == f"{site}/sales.csv"


@pytest.mark.parametrize("path", ["moved.csv", "unsized.csv"])
def test_redirects_and_unknown_sizes_are_followed(site, into, path):
    assert one(f"{site}/{path}", into).path.read_bytes() == Handler.body


def test_a_missing_address_is_named(site, into):
    with pytest.raises(DataError, match=r"no file at .*missing\.csv"):
        one(f"{site}/missing.csv", into)


def test_a_denied_address_is_named(site, into):
    with pytest.raises(DataError, match="not allowed"):
        one(f"{site}/denied.csv", into)


def test_an_address_cut_short_is_an_error(site, into):
    with pytest.raises((DataError, ConnectionFailed)):
        one(f"{site}/short.csv", into)
    assert list(into.iterdir()) == []


def test_an_address_beyond_the_limit_is_refused(site, into):
    with pytest.raises(DataError, match="larger"):
        one(f"{site}/sales.csv", into, limit=100)


def test_a_host_that_does_not_answer_is_a_connection_error(into):
    with pytest.raises(ConnectionFailed, match="cannot be reached"):
        one("http://127.0.0.1:9/sales.csv", into)


@pytest.mark.parametrize("url", ["http://example.com/a.csv", "ftp://example.com/a.csv"])
def test_other_schemes_are_refused_with_a_way_out(url, into):
    with pytest.raises(DataError, match="not fetched") as error:
        one(url, into)
    assert "https://" in error.value.hint


def test_a_frame_becomes_an_arrow_file(into):
    frame = pd.DataFrame({"region": ["North", None], "amount": [1.5, 2.0]})
    found = table(frame, into, name="sales")
    assert found.to_pylist() == [
        {"region": "North", "amount": 1.5},
        {"region": None, "amount": 2.0},
    ]


def test_a_frames_name_is_its_origin(into):
    source = one(pd.DataFrame({"a": [1]}), into, name="sales")
    assert (source.name, source.origin) == ("sales", "sales")


@pytest.mark.parametrize(
    "frame",
    [
        pl.DataFrame({"a": [1, 2]}),
        pl.LazyFrame({"a": [1, 2]}),
        pa.table({"a": [1, 2]}),
        pa.table({"a": [1, 2]}).to_reader(),
        pd.Series([1, 2], name="a"),
    ],
    ids=["polars", "lazy", "arrow", "reader", "series"],
)
def test_every_kind_of_frame_is_taken(frame, into):
    assert table(frame, into).to_pydict() == {"a": [1, 2]}


def test_a_polars_series_is_not_a_table(into):
    with pytest.raises(DataError, match="not a table"):
        one(pl.Series("a", [1]), into, name="a")


def test_a_polars_column_that_arrow_does_not_know_is_named(into):
    frame = pl.DataFrame({"a": [1], "big": pl.Series([1], dtype=pl.Int128)})
    with pytest.raises(DataError, match="'big'") as error:
        one(frame, into, name="sales")
    assert error.value.column == "big"


def test_a_named_index_becomes_columns(into):
    frame = pd.DataFrame({"a": [1, 2]}, index=pd.Index(["x", "y"], name="key"))
    assert table(frame, into).to_pydict() == {"key": ["x", "y"], "a": [1, 2]}


def test_labels_of_rows_become_a_column_but_row_numbers_do_not(into):
    assert table(pd.DataFrame({"a": [1]}, index=["x"]), into).column_names == ["index", "a"]
    assert table(pd.DataFrame({"a": [1]}, index=[7]), into).column_names == ["a"]
    assert table(pd.DataFrame({"a": []}, index=pd.Index([])), into).column_names == ["a"]


def test_repeated_column_names_get_a_number(into):
    frame = pd.DataFrame([[1, 2, 3]], columns=["a", "A", "a"])
    assert table(frame, into).column_names == ["a", "A_2", "a_3"]


def test_levels_of_column_names_are_joined(into):
    columns = pd.MultiIndex.from_tuples([("sales", "sum"), ("region", "")])
    assert table(pd.DataFrame([[1, "x"]], columns=columns), into).column_names == [
        "sales_sum",
        "region",
    ]


def test_names_that_are_not_text_become_text(into):
    assert table(pd.DataFrame([[1, 2]]), into).column_names == ["0", "1"]


CONVERTED = {
    "mixed": ([1, "a", None], pa.large_string(), ["1", "a", None]),
    "bytes_and_text": ([b"a", "b"], pa.large_string(), ["a", "b"]),
    "surrogate": (["a\ud800"], pa.large_string(), ["a?"]),
    "huge": ([2**70, 1], pa.decimal128(22, 0), [Decimal(2**70), Decimal(1)]),
    "decimals_and_floats": ([Decimal("1.5"), 2.5], pa.float64(), [1.5, 2.5]),
    "dates": ([dt.date(2024, 1, 1), None], pa.date32(), [dt.date(2024, 1, 1), None]),
    "uuids": ([uuid.UUID(int=1)], pa.large_string(), [str(uuid.UUID(int=1))]),
    "empty": ([None, None], pa.string(), [None, None]),
    "lists": ([[1, 2], None], pa.list_(pa.int64()), [[1, 2], None]),
    "dates_and_times": (
        [dt.date(2024, 1, 1), dt.datetime(2024, 1, 2, 3)],
        pa.timestamp("us"),
        [dt.datetime(2024, 1, 1), dt.datetime(2024, 1, 2, 3)],
    ),
    "zoned_and_not": (
        [dt.datetime(2024, 1, 1), dt.datetime(2024, 1, 1, tzinfo=dt.UTC)],
        pa.large_string(),
        ["2024-01-01 00:00:00", "2024-01-01 00:00:00+00:00"],
    ),
}


@pytest.mark.parametrize("case", CONVERTED)
def test_columns_of_objects_are_converted(case, into):
    values, kind, expected = CONVERTED[case]
    found = table(pd.DataFrame({"x": pd.Series(values, dtype=object)}), into)
    assert found.column("x").to_pylist() == expected
    text = {pa.string(), pa.large_string()}
    assert found.schema.field("x").type == kind or {found.schema.field("x").type, kind} <= text


DTYPES = {
    "category": (pd.Series(["a", None], dtype="category"), ["a", None]),
    "period": (
        pd.Series(pd.period_range("2024-01", periods=2, freq="M")),
        [dt.datetime(2024, 1, 1), dt.datetime(2024, 2, 1)],
    ),
    "interval": (pd.Series(pd.interval_range(0, 2)), ["(0, 1]", "(1, 2]"]),
    "cut": (pd.cut(pd.Series([1, 2]), [0, 1, 2]), ["(0, 1]", "(1, 2]"]),
    "sparse": (pd.Series(pd.arrays.SparseArray([0, 1])), [0, 1]),
    "half": (pd.Series([1.5, 2.5], dtype="float16"), [1.5, 2.5]),
    "nanoseconds": (
        pd.Series(np.array(["2024-01-01", "NaT"], dtype="datetime64[ns]")),
        [dt.datetime(2024, 1, 1), None],
    ),
    "nullable": (pd.Series([1, None], dtype="Int64"), [1, None]),
    "not_a_number": (pd.Series([1.5, np.nan]), [1.5, None]),
    "span": (pd.Series([pd.Timedelta(1, "D")]), [dt.timedelta(1)]),
}


@pytest.mark.parametrize("case", DTYPES)
def test_types_of_pandas_are_converted(case, into):
    series, expected = DTYPES[case]
    assert table(series.to_frame("x"), into).column("x").to_pylist() == expected


@pytest.mark.parametrize(
    "values", [[1 + 2j], [object()], [{"a": 1}, {"a": "x"}]], ids=["complex", "objects", "dicts"]
)
def test_a_column_that_cannot_be_converted_is_named(values, into):
    frame = pd.DataFrame({"fine": range(len(values)), "odd": values})
    with pytest.raises(DataError, match="'odd' of 'sales'") as error:
        one(frame, into, name="sales")
    assert error.value.column == "odd"
    assert list(into.iterdir()) == []


def test_a_frame_without_columns_is_refused(into):
    with pytest.raises(DataError, match="no columns"):
        one(pd.DataFrame(), into, name="empty")


def test_the_users_frame_is_not_changed(into):
    frame = pd.DataFrame({("a", "b"): [1, "x"]}, index=pd.Index([5, 6], name="key"))
    before = frame.copy(deep=True)
    table(frame, into)
    pd.testing.assert_frame_equal(frame, before)


def test_equal_frames_have_equal_checksums():
    frame = pd.DataFrame({"a": [1, 2], "b": ["x", None], "c": [1.5, np.nan]})
    assert checksum(frame) == checksum(frame.copy(deep=True))
    assert checksum(frame.iloc[1:]) == checksum(frame.iloc[1:].copy())


@pytest.mark.parametrize(
    "change",
    [
        lambda f: f.assign(a=[1, 3]),
        lambda f: f.assign(b=["x", "y"]),
        lambda f: f.rename(columns={"a": "z"}),
        lambda f: f.astype({"a": "int32"}),
        lambda f: f.iloc[:1],
        lambda f: f.iloc[::-1],
    ],
)
def test_a_change_changes_the_checksum(change):
    frame = pd.DataFrame({"a": [1, 2], "b": ["x", None]})
    assert checksum(change(frame)) != checksum(frame)


def test_slices_of_one_table_differ():
    whole = pa.table({"a": [1, 2, 3, 4]})
    assert checksum(whole.slice(0, 2)) != checksum(whole.slice(2, 2))
    assert checksum(pl.from_arrow(whole)) == checksum(whole)
