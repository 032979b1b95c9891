"""Files made to hurt their reader: refused in words, quickly, and the caller is unharmed."""

from __future__ import annotations

import gzip
import io
import resource
import struct
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dip_sdk.types.dataset import TableReport
from dip_sdk.types.errors import DataError
from dip_sdk.worker.ingest_process import ingest
from dip_sdk.worker.messages import IngestRequest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads memory from /proc")

START = 1.5
"""What starting the process itself may take on a busy machine."""
SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
END = "</sheetData></worksheet>"
TYPES = (
    '<?xml version="1.0"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels"'
    ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
ROOT = (
    f'{RELATIONS}<Relationship Id="r1" Type="{RELATION}/officeDocument"'
    ' Target="xl/workbook.xml"/></Relationships>'
)
BOOK = (
    '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    f'xmlns:r="{RELATION}"><sheets><sheet name="s" sheetId="1" r:id="r1"/></sheets></workbook>'
)
BOOK_RELATIONS = (
    f'{RELATIONS}<Relationship Id="r1" Type="{RELATION}/worksheet"'
    ' Target="worksheets/s.xml"/></Relationships>'
)


def workbook(sheet: bytes, *, more: dict[str, bytes] | None = None) -> bytes:
    parts = {
        "[Content_Types].xml": TYPES.encode(),
        "_rels/.rels": ROOT.encode(),
        "xl/workbook.xml": BOOK.encode(),
        "xl/_rels/workbook.xml.rels": BOOK_RELATIONS.encode(),
        "xl/worksheets/s.xml": sheet,
    }
    return zipped(parts | (more or {}))


def zipped(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def far_cell() -> bytes:
    cells = (
        '<row r="1"><c r="A1"><v>1</v></c></row>'
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    )
    return workbook((SHEET + cells + END).encode())


def far_cell_without_row_numbers() -> bytes:
    cells = '<row><c r="A1"><v>1</v></c></row><row><c r="XFD900000"><v>1</v></c></row>'
    return workbook((SHEET + cells + END).encode())


def swollen_sheet() -> bytes:
    return workbook(SHEET.encode() + b" " * (64 << 20) + END.encode())


def thousands_of_parts() -> bytes:
    return workbook((SHEET + END).encode(), more={f"x/{i}.bin": b"" for i in range(11_000)})


def entities() -> bytes:
    names = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10 if i else "ha"}">' for i in range(9))
    return workbook(f"<!DOCTYPE x [{names}]>{SHEET}{END}".encode())


def external_entity_in_utf16() -> bytes:
    text = f'<?xml version="1.0"?><!DOCTYPE x SYSTEM "file:///etc/passwd">{SHEET}{END}'
    return workbook(text.encode("utf-16"))


def gzip_bomb() -> bytes:
    return gzip.compress(b"a,b\n" * (50 << 20), 9)


def zstd_bomb() -> bytes:
    out = pa.BufferOutputStream()
    with pa.CompressedOutputStream(out, "zstd") as stream:
        for _ in range(200):
            stream.write(b"0,0\n" * (1 << 18))
    return out.getvalue().to_pybytes()


def zip_bomb() -> bytes:
    return zipped({"a.csv": b"a,b\n" * (50 << 20)})


def zip_that_lies() -> bytes:
    whole = bytearray(zipped({"a.csv": b"0,0\n" * (25 << 20)}))
    at = whole.rindex(b"PK\x01\x02")
    whole[at + 24 : at + 28] = struct.pack("<I", 100)
    return bytes(whole)


def footer_that_is_longer_than_the_file() -> bytes:
    return b"PAR1" + b"\0" * 100 + struct.pack("<I", 0x7FFFFFFF) + b"PAR1"


def footer_of_noise() -> bytes:
    good = io.BytesIO()
    pq.write_table(pa.table({"a": range(1000)}), good)
    broken = bytearray(good.getvalue())
    broken[-200:-8] = b"\xff" * 192
    return bytes(broken)


def deep_json() -> bytes:
    return b'[{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}]"


def deep_json_behind_a_long_start() -> bytes:
    rows = b'{"a": 1},' * 200_000
    return b"[" + rows + b'{"a":' + b'{"b":' * 5_000 + b"1" + b"}" * 5_001 + b"]"


def one_endless_line() -> bytes:
    return b"a,b,c," * (34 << 20 >> 2)


def cut_workbook() -> bytes:
    return far_cell()[:600]


HOSTILE = [
    ("x.xlsx", far_cell), ("x.xlsx", far_cell_without_row_numbers), ("x.xlsx", swollen_sheet),
    ("x.xlsx", thousands_of_parts), ("x.xlsx", entities), ("x.xlsx", external_entity_in_utf16),
    ("x.xlsx", cut_workbook), ("x.csv.gz", gzip_bomb), ("x.csv.zst", zstd_bomb),
    ("x.zip", zip_bomb), ("x.zip", zip_that_lies),
    ("x.parquet", footer_that_is_longer_than_the_file), ("x.parquet", footer_of_noise),
    ("x.json", deep_json), ("x.json", deep_json_behind_a_long_start), ("x.csv", one_endless_line),
]  # fmt: skip


@pytest.mark.parametrize(("name", "make"), HOSTILE, ids=[make.__name__ for _, make in HOSTILE])
def test_a_hostile_file_is_refused_and_the_caller_unharmed(
    name: str, make: Callable[[], bytes], tmp_path: Path
) -> None:
    source = tmp_path / name
    source.write_bytes(make())
    before = _memory_mb()
    begun = time.monotonic()
    with pytest.raises(DataError) as refused:
        _ingest(source, tmp_path)
    assert time.monotonic() - begun < 2 + START
    assert _memory_mb() - before < 64
    assert refused.value.code == "data", refused.value
    assert refused.value.hint
    assert refused.value.file == name
    assert "Traceback" not in refused.value.message
    assert str(tmp_path) not in refused.value.message


def test_a_refused_file_leaves_nothing_behind(tmp_path: Path) -> None:
    source = tmp_path / "x.csv.gz"
    source.write_bytes(gzip_bomb())
    with pytest.raises(DataError):
        _ingest(source, tmp_path)
    left = [p for p in (tmp_path / "out").rglob("*") if p.is_file()]
    assert not left


def test_names_of_members_cannot_leave_the_folder(tmp_path: Path) -> None:
    source = tmp_path / "x.zip"
    source.write_bytes(zipped({"../../evil.csv": b"a,b\n1,2\n", "/etc/worse.csv": b"c,d\n3,4\n"}))
    reports = _ingest(source, tmp_path)
    assert sorted(r.name for r in reports) == ["x_evil", "x_worse"]
    assert not (tmp_path.parent / "evil.csv").exists()


def test_a_header_with_quotes_is_only_a_name(tmp_path: Path) -> None:
    source = tmp_path / "x.csv"
    source.write_text('"a"" from range(9); drop table x --",b\n1,2\n3,4\n')
    (report,) = _ingest(source, tmp_path)
    assert report.columns[0].name == 'a" from range(9); drop table x --'
    assert report.rows == 2


def _ingest(source: Path, folder: Path) -> tuple[TableReport, ...]:
    out = folder / "out"
    out.mkdir()
    return ingest(
        IngestRequest(source=str(source), name=source.name, folder=str(out), dataset_id="d")
    )


def _memory_mb() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() >> 20
