"""JSON and JSON lines, read by DuckDB. Structs become columns `a.b`; lists and maps stay.

A document that wraps its rows, `{"count": 2, "items": [...]}`, gives a table for each list of
objects; a GeoJSON collection gives a row for each feature.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

import duckdb

from ...types.dataset import BadLine, Parsed, Problem
from . import decide
from .base import MEMORY_MB, STORE, Job, Staged, column_names, literal, place, quote, shorten
from .bombs import check_json_depth
from .encoding import Text, prepare
from .grid import stage

if TYPE_CHECKING:
    from duckdb.sqltypes import DuckDBPyType

HEAD = 1 << 20
WHOLE = 256 << 20
"""The largest document that is one value."""
FLAT_COLUMNS = 500
"""Structs are flattened while there are fewer columns than this."""
OBJECT = 1 << 24
"""The largest object that is read without asking for more memory."""
SAMPLE_ROWS = 1_000
SNIFFED = 5_000
"""Objects that the first attempt takes its types from."""


@dataclass(frozen=True)
class Field:
    """A column to be: its label, the SQL that gives it, and the type of that."""

    label: str
    sql: str
    type: DuckDBPyType


def read(job: Job) -> list[Staged]:
    """The tables of a JSON file. Raises `DataError` naming the line that is no JSON."""
    text = _neutral(job, prepare(job))
    with text.path.open("rb") as file:
        head = file.read(HEAD)
    check_json_depth(job, head)
    rows = _rows_of_rows(text.path, head)
    if rows is not None:
        staged = stage(job, rows, Parsed(format="json", encoding=text.encoding))
        return [staged] if staged else []
    parsed = Parsed(format=_form(head), encoding=text.encoding)
    for source, problems in _sources(job, text):
        try:
            return _tables(job, source, parsed, (*text.problems, *problems))
        except duckdb.Error:
            continue
    raise _broken(job, text.path)


def _neutral(job: Job, text: Text) -> Text:
    """The text under a plain name: DuckDB reads `.geojson` into types of its own."""
    if text.path.suffix.lower() != ".geojson":
        return text
    return replace(text, path=Path(shutil.copyfile(text.path, job.scratch / "content.json")))


def _form(head: bytes) -> Literal["json", "ndjson"]:
    """Lines of JSON end in a closed object before the next begins."""
    start = head.lstrip(b"\xef\xbb\xbf \r\n\t")
    return "ndjson" if start[:1] == b"{" and b"}\n{" in start.replace(b"\r", b"") else "json"


def _rows_of_rows(path: Path, head: bytes) -> list[Any] | None:
    """An array of arrays is a grid."""
    start = b"".join(head[:1000].lstrip(b"\xef\xbb\xbf").split())
    if not start.startswith(b"[[") or path.stat().st_size > WHOLE:
        return None
    try:
        rows = json.loads(path.read_bytes())
    except ValueError:
        return None
    return rows if isinstance(rows, list) and all(isinstance(row, list) for row in rows) else None


def _sources(job: Job, text: Text) -> Iterator[tuple[str, tuple[Problem, ...]]]:
    """Ways to read the file, the next one for when a value did not fit the one before."""
    yield _read_json(text.path, f", sample_size={SNIFFED}"), ()
    yield _read_json(text.path, ", sample_size=-1"), ()
    if OBJECT < text.path.stat().st_size < WHOLE:
        size = text.path.stat().st_size
        job.con.execute(f"set memory_limit = '{MEMORY_MB + 8 * (size >> 20)}MB'")
        yield _read_json(text.path, f", maximum_object_size={size + 1}"), ()
    good, problem = _good_lines(job, text.path)
    yield _read_json(good, ", sample_size=-1"), (problem,)


def _read_json(path: Path, more: str) -> str:
    return f"read_json({literal(str(path))}, map_inference_threshold=-1{more})"


def _good_lines(job: Job, path: Path) -> tuple[Path, Problem]:
    """The lines that are JSON, as a file, and the others as a problem."""
    good = job.scratch / f"{job.stage_name()}.ndjson"
    bad: list[BadLine] = []
    kept = missed = 0
    with path.open(encoding="utf-8-sig", newline="\n") as lines, good.open("w") as out:
        for number, line in enumerate(lines, 1):
            reason = _fault(line)
            if reason is None:
                kept += out.write(line.rstrip("\n") + "\n") > 1
                continue
            missed += 1
            if len(bad) < 10:
                bad.append(BadLine(line=number, reason=reason, text=shorten(line.strip())))
    if not missed or kept <= missed:
        raise _broken(job, path)
    message = f"{missed} lines are no JSON and were left out, the first is line {bad[0].line}."
    problem = Problem(code="bad_lines", message=message, count=missed, examples=tuple(bad))
    return good, problem


def _fault(line: str) -> str | None:
    """Why a line is no JSON; None where it is, or is blank."""
    if not line.strip():
        return None
    try:
        json.loads(line)
    except json.JSONDecodeError as error:
        return error.msg
    except RecursionError:
        return "nested too deeply"
    return None


def _broken(job: Job, path: Path) -> Exception:
    line = None
    if path.stat().st_size < WHOLE:
        try:
            json.loads(path.read_text("utf-8-sig"))
        except json.JSONDecodeError as error:
            line = error.lineno
        except RecursionError:
            line = None
    where = f" at line {line}" if line else ""
    return job.error(
        f"The JSON is broken{where}.", hint="Check it with a JSON validator.", line=line
    )


def _tables(job: Job, source: str, parsed: Parsed, problems: tuple[Problem, ...]) -> list[Staged]:
    relation = job.con.sql(f"from {source}")
    fields = [
        Field(name, quote(name), kind)
        for name, kind in zip(relation.columns, relation.types, strict=True)
    ]
    lists = [field for field in fields if _is_list_of_structs(field.type)]
    if lists and job.scalar(f"select count(*) from (from {source} limit 2)") == 1:
        return [_wrapped(job, source, f, fields, parsed, len(lists) > 1) for f in lists]
    return [_table(job, source, fields, parsed, problems)]


def _children(kind: DuckDBPyType) -> list[tuple[str, DuckDBPyType]]:
    """The members of a struct, or the one of a list."""
    return cast("list[tuple[str, DuckDBPyType]]", kind.children)


def _is_list_of_structs(kind: DuckDBPyType) -> bool:
    return kind.id == "list" and _children(kind)[0][1].id == "struct"


def _wrapped(
    job: Job, source: str, inner: Field, fields: Sequence[Field], parsed: Parsed, several: bool
) -> Staged:
    """The rows of one list inside the document; what stands beside it is told in a note."""
    beside = [f.label for f in fields if f is not inner and not _is_list_of_structs(f.type)]
    notes: tuple[str, ...] = (f"The rows are the list '{inner.label}' of the document.",)
    if beside:
        notes += (f"Beside it stand {', '.join(beside[:10])}; they are not part of the table.",)
    rows = job.stage_name()
    job.con.execute(f"create temp table {rows} as select unnest({inner.sql}) r from {source}")
    members = [
        Field(name, f"struct_extract(r, {literal(name)})", kind)
        for name, kind in _children(_children(inner.type)[0][1])
    ]
    if inner.label == "features" and {"properties", "geometry"} <= {m.label for m in members}:
        members = _feature(members)
    staged = _table(job, rows, members, parsed.model_copy(update={"notes": notes}), ())
    return replace(staged, suffix=inner.label) if several else staged


def _feature(members: Sequence[Field]) -> list[Field]:
    """A feature's properties are its columns; its geometry follows, its type says nothing."""
    properties = next(m for m in members if m.label == "properties")
    own = _parts(properties, prefix=False) if properties.type.id == "struct" else [properties]
    return [*own, *(m for m in members if m.label not in ("properties", "type"))]


def _parts(field: Field, *, prefix: bool = True) -> list[Field]:
    start = f"{field.label}." if prefix else ""
    return [
        Field(start + name, f"struct_extract({field.sql}, {literal(name)})", kind)
        for name, kind in _children(field.type)
    ]


def _flat(fields: Sequence[Field]) -> list[Field]:
    """The fields with structs replaced by their members, level by level."""
    found = list(fields)
    while any(f.type.id == "struct" for f in found):
        wider = [p for f in found for p in (_parts(f) if f.type.id == "struct" else [f])]
        if len(wider) > max(FLAT_COLUMNS, len(fields)):
            break
        found = wider
    return found


def _table(
    job: Job, source: str, fields: Sequence[Field], parsed: Parsed, problems: tuple[Problem, ...]
) -> Staged:
    """The rows of a relation as a table, stored at once unless texts are still to be decided."""
    flat = [_plain(field) for field in _flat(fields)]
    if not flat:
        raise job.error("The JSON holds no values.", hint="Check that it has rows.")
    job.make_room(len(flat))
    undecided = _undecided(job, source, flat)
    labels = tuple(field.label for field in flat)
    names = [place(i) for i in range(len(flat))] if undecided else column_names(labels)
    table = job.stage_name() if undecided else STORE + job.stored_name()
    columns = ", ".join(f"{f.sql} as {quote(n)}" for f, n in zip(flat, names, strict=True))
    temporary = "temp" if undecided else ""
    job.con.execute(f"create {temporary} table {table} as select {columns} from {source}")
    return Staged(table, labels, parsed, problems, undecided=frozenset(undecided))


def _plain(field: Field) -> Field:
    """Values of several types become their text."""
    if str(field.type) != "JSON":
        return field
    text = f"json_extract_string({field.sql}, '$')"
    return Field(field.label, text, duckdb.sqltype("VARCHAR"))


def _undecided(job: Job, source: str, fields: Sequence[Field]) -> set[int]:
    """Text columns whose first values look like something else."""
    texts = {i: f for i, f in enumerate(fields) if str(f.type) == "VARCHAR"}
    if not texts:
        return set()
    columns = ", ".join(f"{f.sql} as {place(i)}" for i, f in texts.items())
    values = ", ".join(decide.value(i) for i in texts)
    rows = job.con.execute(
        f"select {values} from (select {columns} from {source} limit {SAMPLE_ROWS})"
    ).fetchall()
    samples: Mapping[int, list[str]] = {
        i: list(dict.fromkeys(row[at] for row in rows if row[at] is not None))
        for at, i in enumerate(texts)
    }
    proposals = decide.propose(samples, dict.fromkeys(texts, ""), job.options.decimal)
    return {p.index for p in proposals if p.any}
