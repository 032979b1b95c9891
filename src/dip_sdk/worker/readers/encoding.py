"""Text in any encoding, made UTF-8 in a stream; what could not be read is counted and told."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ...types.dataset import BadLine, Problem
from .base import Job, shorten

BLOCK = 1 << 20
HEAD = 1 << 18
LINE_LIMIT = 32 << 20
"""A longer line is no line of a table."""
BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
REPLACED = "\ufffd"
BROKEN_SHARE = 0.02
"""UTF-8 with fewer broken characters than this among its non-ASCII ones is still UTF-8."""


@dataclass(frozen=True)
class Text:
    """A text file as UTF-8, and what it took to get there."""

    path: Path
    encoding: str
    problems: tuple[Problem, ...] = ()
    clean: bool = True
    """The file itself, with line feeds: a fast reader may have it as it lies."""
    longest: int = 0
    """No line is longer than this, in bytes (by the block)."""


@dataclass
class Scan:
    """What one look at all bytes of a file tells."""

    ascii: bool = True
    utf8: bool = True
    nul: bool = False
    carriage: bool = False
    """Carriage returns without any line feed."""
    longest: int = 0


def prepare(job: Job) -> Text:
    """The file as UTF-8 text. Raises `DataError` when no encoding reads it."""
    scan = look(job.path)
    if scan.longest > LINE_LIMIT:
        raise job.error(
            f"A line is longer than {LINE_LIMIT >> 20} MB, so this is not a table of lines.",
            hint="Check that the file has line ends and is not a binary or minified file.",
        )
    with job.path.open("rb") as file:
        head = file.read(HEAD)
    encoding = job.options.encoding or detect(head, scan, job.path)
    plain = encoding in ("ascii", "utf-8", "utf-8-sig") and scan.utf8
    if plain and not scan.nul:
        return Text(job.path, encoding, (), not scan.carriage, scan.longest)
    return _transcode(job, encoding, scan)


def look(path: Path) -> Scan:
    """One pass over the bytes."""
    found = Scan()
    decoder = codecs.getincrementaldecoder("utf-8")()
    run = 0
    feeds = returns = False
    for block in blocks(path):
        if not block.isascii():
            found.ascii = False
        if found.utf8 and not found.ascii:
            found.utf8 = _decodes(decoder, block)
        found.nul = found.nul or b"\0" in block
        first, last = block.find(b"\n"), block.rfind(b"\n")
        feeds = feeds or first >= 0
        if not feeds and b"\r" in block:
            returns, first, last = True, block.find(b"\r"), block.rfind(b"\r")
        run = run + len(block) if first < 0 else run + first
        found.longest = max(found.longest, run)
        run = run if first < 0 else len(block) - last
        if found.longest > LINE_LIMIT:
            break
    if found.utf8 and not found.ascii:
        found.utf8 = _decodes(decoder, b"", final=True)
    found.carriage = returns and not feeds
    return found


def blocks(path: Path) -> Iterator[bytes]:
    """A file's bytes, a block at a time."""
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block


def _decodes(decoder: codecs.IncrementalDecoder, block: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(block, final)
    except UnicodeDecodeError:
        return False
    return True


def detect(head: bytes, scan: Scan, path: Path) -> str:
    """The encoding of a file, from its mark, its zeros, its validity or its likelihood."""
    for mark, name in BOMS:
        if head.startswith(mark):
            return name
    if scan.nul and (wide := _wide(head[:4096])):
        return wide
    if scan.utf8:
        return "utf-8"
    telling = _telling(path)
    return "utf-8" if _nearly_utf8(telling) else _likely(telling)


def _wide(head: bytes) -> str | None:
    """UTF-16 or UTF-32 without a mark: Latin text leaves its zeros at fixed places."""
    zeros = [head[i::4].count(0) / max(1, len(head[i::4])) for i in range(4)]
    if min(zeros[1:]) > 0.8 and zeros[0] < 0.2:
        return "utf-32-le"
    if min(zeros[:3]) > 0.8 and zeros[3] < 0.2:
        return "utf-32-be"
    even, odd = (zeros[0] + zeros[2]) / 2, (zeros[1] + zeros[3]) / 2
    if odd > 0.4 and even < 0.2:
        return "utf-16-le"
    return "utf-16-be" if even > 0.4 and odd < 0.2 else None


def _telling(path: Path, limit: int = 1 << 16) -> bytes:
    """The lines that have bytes beyond ASCII, up to a limit: only they tell encodings apart."""
    kept: list[bytes] = []
    size = 0
    with path.open("rb") as file:
        while size < limit and (line := file.readline(1 << 16)):
            if not line.isascii():
                kept.append(line)
                size += len(line)
    return b"".join(kept)


def _nearly_utf8(data: bytes) -> bool:
    text = data.decode("utf-8", "replace")
    beyond = sum(char > "\x7f" for char in text)
    return text.count(REPLACED) <= BROKEN_SHARE * beyond


def _likely(data: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(data).best()
    if best is None:
        return "cp1252"
    return "cp1252" if best.encoding in ("ascii", "latin_1", "cp1252") else best.encoding


def _transcode(job: Job, encoding: str, scan: Scan) -> Text:
    target = job.scratch / f"{job.path.stem}.utf8"
    try:
        decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    except LookupError:
        raise job.error(
            f"There is no encoding named '{encoding}'.", hint="Try utf-8, cp1252 or utf-16."
        ) from None
    lost = _Lost()
    with target.open("w", encoding="utf-8", newline="") as out:
        for block in blocks(job.path):
            out.write(lost.note(decoder.decode(block)))
        out.write(lost.note(decoder.decode(b"", True)))
    if lost.replaced > max(10, lost.characters // 10):
        raise job.error(
            f"The text cannot be read as {encoding}: line {lost.line} is broken.",
            hint="Save the file as UTF-8, or name its encoding.",
            line=lost.line,
        )
    clean = lost.feeds or not scan.carriage
    return Text(target, encoding, lost.problems(encoding), clean, scan.longest)


class _Lost:
    """Counts what a decoder could not keep, and where it first happened."""

    def __init__(self) -> None:
        self.characters = self.replaced = self.nuls = self.lines = 0
        self.line = 0
        self.examples: list[BadLine] = []
        self.feeds = False

    def note(self, text: str) -> str:
        """The text without NULs, its losses counted."""
        self.feeds = self.feeds or "\n" in text
        self.characters += len(text)
        if REPLACED in text:
            self._replaced(text)
        self.nuls += text.count("\0")
        self.lines += text.count("\n")
        return text.replace("\0", "")

    def _replaced(self, text: str) -> None:
        self.replaced += text.count(REPLACED)
        for offset, line in enumerate(text.split("\n"), self.lines + 1):
            if REPLACED in line and len(self.examples) < 10:
                self.line = self.line or offset
                reason = "bytes that are no character"
                self.examples.append(BadLine(line=offset, reason=reason, text=shorten(line)))

    def problems(self, encoding: str) -> tuple[Problem, ...]:
        """The losses as problems to be told."""
        found = []
        if self.replaced:
            words = f"{self.replaced} characters are broken in {encoding} and show as {REPLACED}."
            found.append(
                Problem(
                    code="encoding_replaced",
                    message=words,
                    count=self.replaced,
                    examples=tuple(self.examples),
                )
            )
        if self.nuls:
            words = f"{self.nuls} NUL bytes inside the text were left out."
            found.append(Problem(code="nul_bytes", message=words, count=self.nuls))
        return tuple(found)
