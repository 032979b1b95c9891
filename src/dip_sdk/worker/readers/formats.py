"""What kind of file this is: the first bytes decide, the name only where they cannot."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path, PurePath
from typing import Literal

from ...types.dataset import Format
from .base import Job

Packing = Literal["gz", "zip", "zst"]
HEAD = 1 << 16
BY_NAME: dict[str, Format] = {
    "csv": "csv", "tsv": "csv", "tab": "csv", "psv": "csv",
    "txt": "csv", "dat": "csv", "log": "csv",
    "xlsx": "excel", "xlsm": "excel", "xls": "excel", "xlsb": "excel", "ods": "excel",
    "json": "json", "geojson": "json", "ndjson": "ndjson", "jsonl": "ndjson",
    "parquet": "parquet", "pq": "parquet", "arrow": "frame", "feather": "frame", "ipc": "frame",
}  # fmt: skip
NAMES = {
    "csv": "delimited text", "excel": "a workbook", "json": "JSON", "ndjson": "JSON lines",
    "parquet": "Parquet", "frame": "an Arrow file",
}  # fmt: skip
KNOWN = {
    b"%PDF": "a PDF document",
    b"\x89PNG": "an image", b"\xff\xd8\xff": "an image", b"GIF8": "an image",
    b"7z\xbc\xaf": "a 7z archive", b"Rar!": "a RAR archive", b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an xz archive", b"SQLite format 3": "an SQLite database", b"\x7fELF": "a program",
    b"MZ": "a program", b"{\\rtf": "an RTF document",
    b"ORC": "an ORC file", b"Obj\x01": "an Avro file",
    b"\x80\x04": "a Python pickle", b"PK\x05\x06": "an empty archive", b"\x89HDF": "an HDF5 file",
}  # fmt: skip
MARKUP = {
    b"<!doctype html": "a web page", b"<html": "a web page", b"<?xml": "XML", b"<svg": "an image",
}  # fmt: skip
SEPARATORS = b"\0\x01\x1e\x1f"
"""Control characters that some exports put between cells; NULs are counted apart."""
OLE = b"\xd0\xcf\x11\xe0"
HINT = "Give CSV, Excel, JSON, Parquet or Arrow, also as gz, zip or zst."


def packing(path: Path) -> Packing | None:
    """How a file is compressed; None for one that is not, or is a workbook."""
    with path.open("rb") as file:
        head = file.read(8)
    if head.startswith(b"\x1f\x8b"):
        return "gz"
    if head.startswith(b"\x28\xb5\x2f\xfd"):
        return "zst"
    if head.startswith(b"PK\x03\x04"):
        return None if _workbook(path) else "zip"
    return None


def _workbook(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError):
        return False
    return bool(names & {"xl/workbook.xml", "xl/workbook.bin", "content.xml"}) or any(
        name.endswith(("/workbook.xml", "/workbook.bin")) for name in names
    )


def detect(job: Job) -> Format:
    """The format of a file that is not compressed. Raises `DataError` for what is no table."""
    with job.path.open("rb") as file:
        head = file.read(HEAD)
    named = BY_NAME.get(PurePath(job.path.name).suffix[1:].lower())
    found = _by_bytes(job, head) or _by_text(head, named)
    if job.options.format and found in ("csv", "json", "ndjson"):
        return job.options.format
    if named and found != named and {named, found} != {"json", "ndjson"}:
        ending = PurePath(job.path.name).suffix
        job.notes.append(f"The file is {NAMES[found]}, although its name ends in {ending}.")
    return found


def _by_bytes(job: Job, head: bytes) -> Format | None:
    if not head.strip(b"\0 \r\n\t\xef\xbb\xbf"):
        raise job.error("The file is empty.", hint="Check that the export wrote its rows.")
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith((b"ARROW1", b"\xff\xff\xff\xff")):
        return "frame"
    if head.startswith((b"PK\x03\x04", OLE)):
        return "excel"
    for mark, what in KNOWN.items():
        if head.startswith(mark) and (len(mark) > 2 or b"\0" in head[:64]):
            raise job.error(f"The file is {what}, not a table.", hint=HINT)
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:32].lower()
    for opening, what in MARKUP.items():
        if start.startswith(opening):
            raise job.error(f"The file is {what}, not a table.", hint=HINT)
    _refuse_binary(job, head)
    return None


def _refuse_binary(job: Job, head: bytes) -> None:
    """Control characters in number are no text, whatever the encoding."""
    control = sum(byte < 9 or 13 < byte < 32 for byte in head if byte not in SEPARATORS)
    zeros = head.count(0)
    halves = (head[0::2].count(0), head[1::2].count(0))
    wide = zeros > 0.2 * len(head) and min(halves) < 0.35 * max(halves)
    if control > 0.05 * len(head) or (zeros > 0.3 * len(head) and not wide and not _utf32(head)):
        raise job.error("The file is binary, not a table.", hint=HINT)


def _utf32(head: bytes) -> bool:
    return 0.7 < head.count(0) / len(head) < 0.8


def _by_text(head: bytes, named: Format | None) -> Format:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start[:1] == b"{":
        return "ndjson" if _lines_of_json(start) else "json"
    if start[:1] == b"[" and _array(start):
        return "json"
    return named if named in ("json", "ndjson") else "csv"


def _lines_of_json(start: bytes) -> bool:
    """The first line is a whole object."""
    line = start.split(b"\n", 1)[0]
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def _array(start: bytes) -> bool:
    """What follows the bracket can begin a JSON value."""
    rest = start[1:].lstrip()
    return not rest or rest[:1] in b'{["-0123456789]tfn'
