"""What a workbook claims to hold, looked at before a parser believes it."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from .base import Job

ENTRIES = 10_000
TOTAL = 2 << 30
RATIO = 200
FREE = 8 << 20
"""Parts smaller than this may shrink as they like."""
AREA = 40_000_000
"""Cells of one sheet, empty ones between others counted."""
BLOCK = 1 << 20
OVERLAP = 64
_COLUMN = re.compile(rb' r="([A-Z]{1,3})[0-9]')
_ROW = re.compile(rb' r="[A-Z]{0,3}([0-9]{1,7})"')
_LETTERS = {n: re.compile(rb' r="[A-Z]{%d}' % (n + 1)) for n in (1, 2)}
_DIGITS = {n: re.compile(rb' r="[A-Z]{0,3}[0-9]{%d}' % (n + 1)) for n in (4, 5, 6)}
_REPEAT = re.compile(rb'number-(columns|rows)-repeated="([0-9]+)"')
DOCTYPES = tuple("<!DOCTYPE".encode(code) for code in ("ascii", "utf-16-le", "utf-16-be"))


def check_workbook(job: Job) -> None:
    """Raise `DataError` for a workbook that would unfold to more than a machine can hold."""
    with job.path.open("rb") as file:
        if file.read(4) != b"PK\x03\x04":
            return
    try:
        with zipfile.ZipFile(job.path) as archive:
            _sizes(job, archive)
            for member in archive.infolist():
                if member.filename.lower().endswith((".xml", ".rels")):
                    _part(job, archive, member)
    except (zipfile.BadZipFile, EOFError, OSError, zlib.error, NotImplementedError) as error:
        raise job.error("The workbook is damaged.", hint="Open it in Excel and save it.") from error


def _sizes(job: Job, archive: zipfile.ZipFile) -> None:
    members = archive.infolist()
    total = sum(member.file_size for member in members)
    steep = any(m.file_size > max(FREE, RATIO * m.compress_size) for m in members)
    if len(members) > ENTRIES or total > TOTAL or steep:
        raise _too_large(job)


def _too_large(job: Job) -> Exception:
    return job.error(
        "The workbook is too large when expanded.",
        hint="Delete empty rows and columns beyond the data, or save the sheet as CSV.",
    )


def _part(job: Job, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """One part, inflated and counted, a block at a time."""
    area = Extent() if "worksheets/" in member.filename else None
    size = 0
    for block in _blocks(archive, member):
        size += len(block) - OVERLAP
        if size > max(FREE, RATIO * member.compress_size) or size > TOTAL:
            raise _too_large(job)
        if size <= BLOCK and any(mark in block for mark in DOCTYPES):
            raise job.error(
                "The workbook holds a document type definition, which no spreadsheet writes.",
                hint="Open it in Excel and save it.",
            )
        if area is not None:
            area.note(block)
        elif member.filename == "content.xml":
            _repeats(job, block)
    if area is not None and area.cells > AREA and _exact(archive, member) > AREA:
        raise _too_large(job)


@dataclass
class Extent:
    """An upper bound of a sheet's area, from the lengths of its cell references alone."""

    letters: int = 1
    digits: int = 4

    def note(self, block: bytes) -> None:
        """Widen the bound by what a block of the sheet refers to."""
        while self.letters < 3 and _LETTERS[self.letters].search(block):
            self.letters += 1
        while self.digits < 7 and _DIGITS[self.digits].search(block):
            self.digits += 1

    @property
    def cells(self) -> int:
        columns = {1: 26, 2: 702, 3: 16_384}[self.letters]
        rows = {4: 10_000, 5: 100_000}.get(self.digits, 1 << 20)
        return columns * rows


def _exact(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> int:
    """The area of a sheet, from all its cell references."""
    columns: set[bytes] = set()
    rows = 0
    for block in _blocks(archive, member):
        columns.update(_COLUMN.findall(block))
        rows = max(rows, max(map(int, _ROW.findall(block)), default=0))
    return rows * max(map(_number, columns), default=0)


def _blocks(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """Blocks that overlap a little, so that nothing sought is cut in two."""
    tail = b" " * OVERLAP
    with archive.open(member) as part:
        while block := part.read(BLOCK):
            yield tail + block
            tail = (tail + block)[-OVERLAP:]


def _number(letters: bytes) -> int:
    """The number of a column: A is 1, XFD is 16384."""
    total = 0
    for letter in letters:
        total = total * 26 + letter - 64
    return total


def _repeats(job: Job, block: bytes) -> None:
    """OpenDocument repeats cells and rows by a number; empty ones at the end are harmless."""
    for match in _REPEAT.finditer(block):
        around = block[match.end() : match.end() + 200]
        if int(match[2]) > 20_000 and b"office:value" in around.split(b">")[0]:
            raise _too_large(job)


def check_json_depth(job: Job, head: bytes, limit: int = 64) -> None:
    """Raise `DataError` for brackets nested deeper than data is."""
    depth = deepest = 0
    for byte in re.sub(rb'"(?:[^"\\]|\\.)*"', b"", head):
        if byte in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"]}":
            depth -= 1
    if deepest > limit:
        raise job.error(
            f"The JSON is nested more than {limit} levels deep.", hint="Flatten it first."
        )
