"""Bad input through the public client: an error an analyst understands, and all else as it was."""

from __future__ import annotations

import asyncio
import gzip
import os
import random
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from types import SimpleNamespace

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dip_sdk import Client
from dip_sdk.client import Session
from dip_sdk.types.errors import (
    Cancelled,
    ConfigError,
    DataError,
    DipError,
    PlanRejected,
    QueryFailed,
    WorkerLost,
)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes in /proc")

SALES = b"region,amount,ordered\nNorth,10,2024-01-05\nSouth,20,2024-01-20\nNorth,5,2024-02-03\n"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENDLESS = "with recursive r as (select 1 as n union all select n + 1 from r) select max(n) from r"


def noise(size: int) -> bytes:
    return random.Random(7).randbytes(size)


def parquet(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink)
    return sink.getvalue().to_pybytes()


def workbook(folder: Path) -> bytes:
    book = openpyxl.Workbook()
    for line in SALES.decode().splitlines():
        book.active.append(line.split(","))
    path = folder / "made.xlsx"
    book.save(path)
    return path.read_bytes()


def encrypted() -> bytes:
    """The head of a compound file and the name of the stream that an encrypted workbook has."""
    head = OLE + bytes(1016)
    return head + "EncryptedPackage".encode("utf-16-le") + bytes(3000)


SMALL = parquet(pa.table({"region": ["N", "S"], "amount": [1, 2]}))
REFUSED: dict[str, tuple[str, bytes, str]] = {
    "an empty file": ("empty.csv", b"", "empty"),
    "blank lines": ("blank.csv", b"\n\n  \n", "empty"),
    "binary garbage": ("garbage.csv", noise(50_000), "binary"),
    "binary garbage without a known name": ("garbage.bin", noise(50_000), "binary"),
    "a PDF": ("report.pdf", b"%PDF-1.7\n" + noise(500), "PDF"),
    "an encrypted workbook": ("secret.xlsx", encrypted(), "encrypted"),
    "a workbook of nothing": ("old.xls", OLE + bytes(5000), "damaged"),
    "half a Parquet file": ("half.parquet", SMALL[:-20], "damaged"),
    "Parquet with a lying footer": (
        "lies.parquet", SMALL[:-8] + struct.pack("<I", 2**31 - 1) + b"PAR1", "damaged"
    ),
    "Parquet without columns": ("none.parquet", parquet(pa.table({})), "no columns"),
    "half a JSON document": ("half.json", b'[{"a": 1}, {"a": 2', "JSON"),
    "half a gzip": ("half.csv.gz", gzip.compress(SALES * 1000)[:100], "damaged"),
}  # fmt: skip


@pytest.mark.parametrize("kind", REFUSED)
def test_a_bad_file_is_refused_in_plain_words(
    kind: str, session: Session, unharmed: None, tmp_path: Path
) -> None:
    name, content, word = REFUSED[kind]
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError) as caught:
        session.upload(tmp_path / name)
    assert word in caught.value.message
    assert caught.value.hint
    assert caught.value.file == name
    assert "Error" not in str(caught.value)


def test_a_missing_file_is_told_with_the_nearest_name(session: Session, unharmed: None) -> None:
    with pytest.raises(DataError, match="There is no file") as caught:
        session.upload("tests/e2e/conftst.py")
    assert caught.value.code == "not_found"
    assert caught.value.hint == "Did you mean 'tests/e2e/conftest.py'?"


def test_a_missing_folder_is_told_where_the_path_ends(session: Session, tmp_path: Path) -> None:
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "q1.csv").write_bytes(SALES)
    with pytest.raises(DataError) as caught:
        session.upload(tmp_path / "report" / "q1.csv")
    assert caught.value.hint == f"Did you mean {str(tmp_path / 'reports' / 'q1.csv')!r}?"
    with pytest.raises(DataError) as caught:
        session.upload(tmp_path / "elsewhere" / "deep" / "q1.csv")
    assert caught.value.hint == f"There is no folder 'elsewhere' in {str(tmp_path)!r} either."


def test_a_folder_is_told_with_the_pattern_of_its_files(session: Session, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is a folder") as caught:
        session.upload(tmp_path)
    assert caught.value.hint.endswith("/*.csv'.")


@pytest.mark.parametrize(
    ("given", "code", "words"),
    [
        ("", "no_path", "The path is empty"),
        ("x" * 5000 + ".csv", "not_found", "too long to be the name of a file"),
        ("a\0b.csv", "not_found", "There is no file"),
        (None, "data", r"Nothing \(None\) cannot be uploaded"),
        (3, "data", "A value of type int cannot be uploaded"),
        ("/dev/zero", "not_a_file", "is a device or a pipe"),
    ],
)
def test_what_is_no_file_is_refused(
    given: object, code: str, words: str, session: Session, unharmed: None
) -> None:
    with pytest.raises(DataError, match=words) as caught:
        session.upload(given)
    assert caught.value.code == code
    assert caught.value.hint


@pytest.mark.parametrize("name", ["book.csv", "text.xlsx", "parquet.json"])
def test_a_wrong_ending_is_read_by_content_and_told(
    name: str, client: Client, tmp_path: Path
) -> None:
    content = {"book.csv": workbook(tmp_path), "text.xlsx": SALES, "parquet.json": SMALL}[name]
    (tmp_path / name).write_bytes(content)
    with client.session() as session:
        (data,) = session.upload(tmp_path / name)
        (table,) = data.tables
        assert [column.name for column in table.columns][:2] == ["region", "amount"]
        assert any("although its name ends in" in note for note in table.parsed.notes)
        assert session.query("total amount").value in (3, 35)


def test_a_file_of_headers_is_a_table_without_rows(client: Client, tmp_path: Path) -> None:
    (tmp_path / "plan.csv").write_text("region,amount,ordered\n", encoding="utf-8")
    with client.session() as session:
        (data,) = session.upload(tmp_path / "plan.csv")
        assert (data.tables[0].rows, len(data.tables[0].columns)) == (0, 3)
        answer = session.query("how many rows are there")
        assert answer.value == 0
        assert "0" in answer.explanation
        assert session.query("total amount by region").status in ("answered", "cannot_answer")


def test_duplicate_and_empty_headers_become_names_of_their_own(
    client: Client, tmp_path: Path
) -> None:
    (tmp_path / "twice.csv").write_text("a,a,,a,\n1,2,3,4,5\n6,7,8,9,10\n", encoding="utf-8")
    with client.session() as session:
        (data,) = session.upload(tmp_path / "twice.csv")
        names = [column.name for column in data.tables[0].columns]
        assert names == ["a", "a_2", "column_3", "a_3", "column_5"]
        assert session.query("total column 3").value == 11


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "cp1252"])
def test_another_encoding_is_found(encoding: str, client: Client, tmp_path: Path) -> None:
    text = "städte,größe\n" + "Köln,1\nMünchen,2\n" * 20
    (tmp_path / "towns.csv").write_bytes(text.encode(encoding))
    with client.session() as session:
        (data,) = session.upload(tmp_path / "towns.csv")
        assert [column.name for column in data.tables[0].columns] == ["städte", "größe"]


def test_an_encoding_that_does_not_exist_is_named(
    session: Session, unharmed: None, sales: Path
) -> None:
    with pytest.raises(DataError, match="no encoding named 'klingon'") as caught:
        session.upload(sales, encoding="klingon")
    assert "utf-8" in caught.value.hint


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"sheeet": "x"}, "Did you mean 'sheet'"),
        ({"header": 50}, "Give True or False"),
        ({"skip": "many"}, "Give a whole number"),
        ({"format": "foo"}, "Give 'csv', 'excel'"),
        ({"encoding": 7}, "Give a text"),
    ],
)
def test_an_option_that_cannot_be_is_refused(
    options: dict[str, object], words: str, session: Session, unharmed: None, sales: Path
) -> None:
    with pytest.raises(ConfigError, match=words):
        session.upload(sales, **options)


ODD = [
    "it's.csv", 'say "hi".csv', "new\nline.csv", "ünï.csv", "\u202egpj.csv", "x" * 240 + ".csv",
    "; drop table x;--.csv", "{name}.csv", "-rf.csv", "a*b.csv", "[x].csv", " .csv", "...csv",
    "order.csv", "select.csv", "group by.csv", "😀.csv",
]  # fmt: skip


@pytest.mark.slow
def test_odd_names_of_files_become_tables_that_can_be_asked(client: Client, tmp_path: Path) -> None:
    for name in ODD:
        (tmp_path / name).write_bytes(SALES)
    with client.session() as session:
        session.upload(*(tmp_path / name for name in ODD))
        names = [table.name for table in session.tables()]
        assert len(set(names)) == len(ODD)
        assert all(name.replace("_", "").isalnum() and len(name) <= 70 for name in names)
        for name in names:
            assert session.query("total amount", on=name).value == 35, name
        result = session.query("total amount by region", on="order")
        assert result.edit(sql='select sum(amount) from "order"').run().value == 35


def test_odd_names_of_columns_can_be_asked_and_kept(client: Client, tmp_path: Path) -> None:
    names = ["select", "from", 'or""der', "a.b", "new\nline", "x" * 300, "😀", "group"]
    header = ",".join(f'"{name}"' for name in names)
    (tmp_path / "odd.csv").write_text(f"{header}\n1,2,3,4,5,6,7,N\n3,4,5,6,7,8,9,S\n", "utf-8")
    with client.session() as session:
        (data,) = session.upload(tmp_path / "odd.csv")
        columns = [column.name for column in data.tables[0].columns]
        assert columns == ["select", "from", 'or"der', "a.b", "new line", "x" * 200, "😀", "group"]
        rows = session.query("how many rows are there")
        quoted = ", ".join('"' + name.replace('"', '""') + '"' for name in columns)
        kept = rows.edit(sql=f"select {quoted} from odd").run()
        assert [column.name for column in kept.columns] == columns
        written = kept.export(tmp_path / "back.csv")
        assert pd.read_csv(written[0]).shape == (2, 8)
        assert kept.save_as("again").rows == 2


def test_an_empty_question_is_told_how_to_ask(session: Session, unharmed: None) -> None:
    for text in ("", "  \n\t"):
        with pytest.raises(DipError, match="The question is empty") as caught:
            session.query(text)
        assert (caught.value.code, bool(caught.value.hint)) == ("empty_question", True)


def test_a_question_of_100_kilobytes_is_refused(session: Session, unharmed: None) -> None:
    with pytest.raises(DipError, match="10,000 is the limit") as caught:
        session.query("total amount by region " * 4500)
    assert caught.value.code == "question_too_long"


def test_a_question_of_broken_characters_is_refused(session: Session, unharmed: None) -> None:
    with pytest.raises(DipError, match="broken characters") as caught:
        session.query("total \ud800 amount")
    assert caught.value.code == "question_not_text"


HOSTILE_WORDS = [
    "'; DROP TABLE sales; --", "1 OR 1=1", "total amount; drop table sales", "{}", "{{braces}}",
    "total amount where region is O'Brien", 'region is "North" or 1=1', "\0", "🤷", "%s %d $1",
    "<script>alert(1)</script>", "\x1b[31mred", "select * from sales", "x" * 9999, "总销售额",
    "{region.__class__}", "{0}", "total {amount!r}",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE_WORDS)
def test_hostile_words_are_words(text: str, session: Session, unharmed: None) -> None:
    result = session.query(text)
    assert result.status in ("answered", "clarify", "cannot_answer")
    assert result.explanation


def test_sql_in_a_bound_value_stays_a_value(session: Session, unharmed: None) -> None:
    result = session.query(
        "total amount where region is {wanted}", {"wanted": "'; drop table sales; --"}
    )
    assert result.status == "cannot_answer" or result.value in (None, 0)
    found = session.query("total amount where region is {wanted}", {"wanted": "North"})
    assert found.value == 15


@pytest.mark.parametrize(
    ("sql", "rule", "hint"),
    [
        ("select regoin, sum(amount) from sales group by 1", "unknown_column", "'region'"),
        ("select * from sale", "unknown_table", "'sales'"),
        ("drop table sales", "read_only", "SELECT"),
        ("select 1; select 2", "one_statement", "one at a time"),
        ("select * from read_csv('/etc/passwd')", "table_function_not_allowed", "tables"),
        ("select getenv('HOME')", "function_not_allowed", ""),
        ("select repeat('x', 3000000000)", "argument_too_large", "smaller"),
        ("select " + "(" * 100 + "1" + ")" * 100, "too_deep", "Split"),
        ("x" * 30_000, "too_large", "Split"),
        ("selec * from sales", "read_only", "SELECT"),
        ("select * from information_schema.tables", "qualified_name", "tables"),
    ],
)
def test_an_edit_that_may_not_run_names_its_rule(
    sql: str, rule: str, hint: str, session: Session, unharmed: None
) -> None:
    result = session.query("total amount by region", on="sales")
    with pytest.raises(PlanRejected) as caught:
        result.edit(sql=sql).run()
    assert caught.value.rule == rule
    assert hint in caught.value.hint
    assert "sqlglot" not in str(caught.value)


@pytest.mark.parametrize(
    ("sql", "message", "hint"),
    [
        ("select cast(region as int) from sales", "'North' is not a whole number", "try_cast"),
        ("select sum(region) from sales", "sum() does not take text", "Convert"),
        ("select amount from sales group by region", "'amount' is neither grouped", "GROUP BY"),
    ],
)
def test_an_edit_that_fails_says_what_to_do(
    sql: str, message: str, hint: str, session: Session, unharmed: None
) -> None:
    result = session.query("total amount by region", on="sales")
    with pytest.raises(QueryFailed) as caught:
        result.edit(sql=sql).run()
    assert message in caught.value.message
    assert hint in caught.value.hint


def test_pages_and_tables_that_are_not_there_are_told_with_the_nearest(session: Session) -> None:
    result = session.query("total amount by region", on="sales")
    with pytest.raises(ConfigError) as page:
        result.page(1, sort="regoin")
    with pytest.raises(DipError) as table:
        session.query("total amount", on="sals")
    with pytest.raises(DipError) as renamed:
        session.rename("sals", "x")
    assert "'region'" in page.value.hint
    assert table.value.hint == renamed.value.hint == "Did you mean 'sales'?"


@pytest.mark.parametrize(
    ("frame", "words", "column"),
    [
        (pd.DataFrame({"ok": [1], "bad": [1j]}), "complex numbers", "bad"),
        (pd.DataFrame({"ok": [1], "bad": [object()]}), "Python objects", "bad"),
        (pd.DataFrame({"ok": [1], "bad": [SimpleNamespace(a=1)]}), "Python objects", "bad"),
        (pd.DataFrame(), "has no columns", None),
    ],
)
def test_a_frame_that_cannot_be_kept_names_its_column(
    frame: pd.DataFrame, words: str, column: str | None, session: Session, unharmed: None
) -> None:
    with pytest.raises(DataError, match=words) as caught:
        session.upload(odd=frame)
    assert caught.value.column == column
    assert caught.value.hint


def test_a_frame_without_a_name_is_told_how_to_name_it(session: Session, unharmed: None) -> None:
    with pytest.raises(DataError, match="needs a name") as caught:
        session.upload(pd.DataFrame({"a": [1]}))
    assert "upload(sales=...)" in caught.value.hint


def test_a_frame_named_like_a_file_is_refused(session: Session, unharmed: None) -> None:
    with pytest.raises(DataError, match="already a table 'sales'") as caught:
        session.upload(sales=pd.DataFrame({"a": [1, 2]}))
    assert caught.value.code == "name_taken"
    assert "sales_2" in caught.value.hint


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("", "is a folder"),
        ("missing/out.csv", "There is no folder"),
        ("y" * 300 + ".csv", "too long"),
        ("/dev/null", "is a device or a pipe"),
        ("/proc/out.csv", "/proc/out.csv"),
    ],
)
def test_a_place_that_cannot_be_written_is_told(
    place: str, words: str, session: Session, unharmed: None, tmp_path: Path
) -> None:
    result = session.query("total amount by region", on="sales")
    with pytest.raises(ConfigError, match=words) as caught:
        result.export(tmp_path / place, format="csv")
    assert (caught.value.code, bool(caught.value.hint)) == ("not_writable", True)
    assert not list(tmp_path.iterdir())


def test_a_file_deleted_after_its_upload_is_not_missed(client: Client, tmp_path: Path) -> None:
    path = tmp_path / "brief.csv"
    path.write_bytes(SALES)
    with client.session() as session:
        session.upload(path)
        path.write_bytes(noise(1000))
        assert session.query("total amount").value == 35
        path.unlink()
        assert session.query("total amount by region").row_count == 2


def test_a_parquet_file_that_is_gone_from_where_it_lay_is_told(
    client: Client, tmp_path: Path
) -> None:
    path = tmp_path / "here.parquet"
    path.write_bytes(SMALL)
    with client.session() as session:
        session.upload(path, in_place=True)
        result = session.query("total amount by region")
        path.unlink()
        with pytest.raises(QueryFailed, match="moved, replaced or damaged") as caught:
            result.edit(sql="select sum(amount) from here").run()
        assert caught.value.hint == "Upload it again."
        assert "moved, replaced or damaged" in session.query("total amount").explanation
        path.write_bytes(SMALL)
        session.upload(path, in_place=True)
        assert session.query("total amount").value == 3


def test_a_worker_killed_between_questions_is_not_noticed(
    session: Session,
    unharmed: None,
    workers: Callable[[], list[int]],
    gone: Callable[[list[int]], None],
) -> None:
    result = session.query("total amount by region", on="sales")
    killed = workers()
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    gone(killed)
    assert session.query("total amount", on="sales").value == 35
    assert result.page(1).rows == result.preview


def test_a_worker_killed_in_mid_question_is_one_clear_error(
    client: Client, sales: Path, workers: Callable[[], list[int]]
) -> None:
    with client.session() as session:
        others = set(workers())
        session.upload(sales)
        result = session.query("total amount by region")
        (own,) = set(workers()) - others
        threading.Timer(0.4, os.kill, (own, signal.SIGKILL)).start()
        with pytest.raises(WorkerLost, match="ended unexpectedly") as caught:
            result.edit(sql=ENDLESS).run()
        assert "tables are unharmed" in caught.value.hint
        assert session.query("total amount").value == 35


def test_an_ingest_that_is_killed_leaves_nothing(
    session: Session, unharmed: None, workers: Callable[[], list[int]], tmp_path: Path
) -> None:
    path = tmp_path / "long.csv"
    path.write_bytes(b"a,b\n" + b"1,2\n" * 5_000_000)
    others = set(workers())

    def kill() -> None:
        while not (new := set(workers()) - others):
            time.sleep(0.01)
        os.kill(new.pop(), signal.SIGKILL)

    thread = threading.Thread(target=kill)
    thread.start()
    with pytest.raises(DataError) as caught:
        session.upload(path)
    thread.join()
    assert caught.value.code == "reader_crashed"
    assert "long.csv" in caught.value.message


def test_two_clients_on_one_named_session_are_told_who_holds_it(workdir: Path, sales: Path) -> None:
    with Client(workdir=workdir, planner="rules") as first:
        first.session("q3").upload(sales)
        with Client(workdir=workdir, planner="rules") as second:
            with pytest.raises(ConfigError, match=f"process {os.getpid()}") as caught:
                second.session("q3")
            assert caught.value.code == "session_busy"
            reader = second.session("q3", read_only=True)
            assert [table.name for table in reader.tables()] == ["sales"]
        assert first.session("q3").query("total amount").value == 35


@pytest.mark.parametrize("content", [b"", b"{", b"\0\xff", b'{"datasets": 3}', b"[]"])
def test_a_damaged_session_says_which_file_to_move(
    content: bytes, workdir: Path, sales: Path
) -> None:
    state = workdir / "sessions" / "hurt" / "session.json"
    state.parent.mkdir(parents=True, exist_ok=True)
    state.write_bytes(content)
    with Client(workdir=workdir, planner="rules") as client:
        with pytest.raises(ConfigError, match="damaged") as caught:
            client.session("hurt")
        assert caught.value.code == "session_damaged"
        assert str(state) in caught.value.hint
        state.unlink()
        hurt = client.session("hurt")
        hurt.upload(sales)
        assert hurt.query("total amount").value == 35
        client.delete("hurt")


def test_in_a_thread_and_in_a_running_loop_the_client_just_works(
    session: Session, unharmed: None
) -> None:
    found: list[object] = []
    thread = threading.Thread(target=lambda: found.append(session.query("total amount").value))
    thread.start()
    thread.join()

    async def within() -> object:
        return session.query("total amount").value

    assert [*found, asyncio.run(within())] == [35, 35]


def test_a_closed_client_says_so(workdir: Path) -> None:
    client = Client(workdir=workdir)
    client.close()
    with pytest.raises(ConfigError, match="closed"):
        client.query("total amount")


def test_no_worker_outlives_an_exception_in_the_block(
    workdir: Path, sales: Path, workers: Callable[[], list[int]], gone: Callable[[list[int]], None]
) -> None:
    before = set(workers())
    left: list[int] = []

    def fail() -> None:
        with Client(workdir=workdir, planner="rules") as client:
            client.upload(sales)
            client.query("total amount")
            left.extend(set(workers()) - before)
            raise RuntimeError("in the middle of it")

    with pytest.raises(RuntimeError):
        fail()
    assert left
    gone(left)


def test_the_sessions_without_a_name_leave_no_folder(workdir: Path, sales: Path) -> None:
    with Client(workdir=workdir, planner="rules") as client:
        session = client.session()
        session.upload(sales)
        folder = workdir / "sessions" / session.id
        assert folder.is_dir()
    assert not folder.exists()


FORKING = """
import os, sys
from dip_sdk import Client
from dip_sdk.types.errors import DipError
with Client(workdir=sys.argv[1], planner="rules") as client:
    session = client.session()
    session.upload(sys.argv[2])
    child = os.fork()
    if child == 0:
        try:
            session.query("total amount")
        except DipError as error:
            print(error.code, "|", error.message, flush=True)
        with Client(workdir=sys.argv[1], planner="rules") as own:
            own.upload(sys.argv[2])
            print(own.query("total amount").value, flush=True)
        sys.exit(0)
    os.waitpid(child, 0)
    print(session.query("total amount").value)
"""


def test_after_a_fork_the_child_is_told_to_make_its_own(tmp_path: Path, sales: Path) -> None:
    script = tmp_path / "forking.py"
    script.write_text(FORKING, encoding="utf-8")
    done = run([str(script), str(tmp_path / "work"), str(sales)])
    assert done.stdout.splitlines() == [
        "forked | This client belongs to the process that this one was forked from.",
        "35",
        "35",
    ]
    assert done.returncode == 0


PLAIN = """
import sys
from dip_sdk import Client
client = Client(workdir=sys.argv[1], planner="rules")
client.upload(sys.argv[2])
print(client.query("total amount").value, flush=True)
"""


def run(arguments: list[str], **options: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    return subprocess.run(
        command, check=False, capture_output=True, text=True, timeout=60, **options
    )


def test_a_script_without_a_guard_or_a_close_works_and_leaves_nothing(
    tmp_path: Path, sales: Path
) -> None:
    (tmp_path / "plain.py").write_text(PLAIN, encoding="utf-8")
    done = run(["plain.py", str(tmp_path / "work"), str(sales)], cwd=tmp_path)
    assert (done.stdout, done.stderr, done.returncode) == ("35\n", "", 0)
    assert list((tmp_path / "work" / "sessions").iterdir()) == []


def test_a_users_modules_are_not_imported_by_the_worker(tmp_path: Path, sales: Path) -> None:
    """The client runs elsewhere, so that only the worker could find them in its folder."""
    trap = "open('trapped', 'w').close(); raise SystemExit('trapped')"
    for name in ("statistics", "duckdb", "json", "dip_sdk", "numpy", "pyarrow"):
        (tmp_path / f"{name}.py").write_text(trap, encoding="utf-8")
    script = f"import os, sys; os.chdir({str(tmp_path)!r})\n{PLAIN}"
    done = run(["-P", "-c", script, str(tmp_path / "work"), str(sales)])
    assert (done.stdout, done.stderr) == ("35\n", "")
    assert not (tmp_path / "trapped").exists()


KILLED = f"{PLAIN}\nimport time; time.sleep(60)\n"


def test_no_worker_outlives_a_killed_parent(
    tmp_path: Path,
    sales: Path,
    workers: Callable[[int], list[int]],
    gone: Callable[[list[int]], None],
) -> None:
    command = [sys.executable, "-c", KILLED, str(tmp_path / "work"), str(sales)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == "35\n"
        left = workers(parent.pid)
        parent.kill()
    assert left
    gone(left)


@pytest.mark.parametrize("folder", ["/proc/nowhere", "/dev/null/work"])
def test_a_work_folder_that_cannot_be_written_is_told(folder: str, sales: Path) -> None:
    with Client(workdir=folder, planner="rules") as client:
        with pytest.raises(ConfigError) as caught:
            client.upload(sales)
        assert folder in caught.value.message
        assert "workdir" in caught.value.hint


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 3 MB."""
    folder = tmp_path / "small"
    folder.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)],
        check=False,
        capture_output=True,
    )
    if made.returncode:
        pytest.skip("only root may mount")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_an_export_to_a_full_disk_leaves_nothing(
    session: Session, unharmed: None, small_disk: Path
) -> None:
    result = session.query("total amount", on="sales")
    (small_disk / "rest").write_bytes(bytes((3 << 20) - 8192))
    big = result.edit(sql="select i, i * 2 as j from range(100000) t(i)").run()
    with pytest.raises(ConfigError, match="disk is full") as caught:
        big.export(small_disk / "out.csv")
    assert (caught.value.code, bool(caught.value.hint)) == ("disk_full", True)
    assert [path.name for path in small_disk.iterdir()] == ["rest"]


def test_a_work_folder_that_is_full_is_told_and_works_again(small_disk: Path, sales: Path) -> None:
    with Client(workdir=small_disk, planner="rules") as client:
        session = client.session()
        session.upload(sales)
        with (small_disk / "rest").open("wb", buffering=0) as rest, suppress(OSError):
            while rest.write(bytes(1000)):
                pass
        with pytest.raises(ConfigError, match="could not be saved") as saved:
            session.query("total amount")
        with pytest.raises(DataError, match="no room on the disk for 'numbers'") as copied:
            session.upload(numbers=pd.DataFrame({"n": range(300_000)}))
        assert saved.value.code == copied.value.code == "disk_full"
        (small_disk / "rest").unlink()
        assert session.query("total amount").value == 35


def test_without_a_home_the_client_still_works(tmp_path: Path, sales: Path) -> None:
    kept = {k: v for k, v in os.environ.items() if k != "HOME" and not k.startswith("XDG_")}
    (tmp_path / "plain.py").write_text(PLAIN.replace("workdir=sys.argv[1], ", ""), "utf-8")
    done = run([str(tmp_path / "plain.py"), "", str(sales)], env=kept)
    assert (done.stdout, done.stderr) == ("35\n", "")


@pytest.mark.slow
def test_five_thousand_columns_can_be_asked(client: Client, tmp_path: Path) -> None:
    names = ",".join(f"c{i}" for i in range(5000))
    rows = "\n".join(",".join([str(n)] * 5000) for n in (1, 2))
    (tmp_path / "wide.csv").write_text(f"{names}\n{rows}\n", encoding="utf-8")
    with client.session() as session:
        (data,) = session.upload(tmp_path / "wide.csv")
        assert len(data.tables[0].columns) == 5000
        assert session.query("total c4999").value == 3


@pytest.mark.slow
def test_one_line_of_200_megabytes_is_refused_or_read_and_costs_the_caller_nothing(
    session: Session,
    unharmed: None,
    tmp_path: Path,
    spared: Callable[[], AbstractContextManager[None]],
) -> None:
    path = tmp_path / "line.csv"
    with path.open("wb") as file:
        for _ in range(200):
            file.write(b"x" * 1_000_000)
    with spared(), pytest.raises(DataError) as caught:
        session.upload(path)
    assert "line.csv" in (caught.value.file or "")
    assert caught.value.hint
    assert "Error" not in caught.value.message


@pytest.mark.slow
def test_a_stop_in_mid_question_is_heard_at_once(client: Client, sales: Path) -> None:
    with client.session() as session:
        session.upload(sales)
        result = session.query("total amount by region")
        endless = result.edit(sql=ENDLESS)
        found: list[float] = []

        def ask() -> None:
            began = time.monotonic()
            with pytest.raises(Cancelled):
                endless.run()
            found.append(time.monotonic() - began)

        thread = threading.Thread(target=ask)
        thread.start()
        time.sleep(0.5)
        session.close()
        thread.join(3)
        assert found
        assert found[0] < 1.5
