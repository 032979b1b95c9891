"""DataFrames of any library become plain Arrow: what Arrow cannot hold is converted or named."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..types.errors import DataError
from ..types.values import unique_names

if TYPE_CHECKING:
    import pyarrow as pa


def is_frame(given: object) -> bool:
    """A pandas, polars or Arrow table, or anything else that speaks Arrow's C interface."""
    return hasattr(given, "__arrow_c_stream__") or _is_lazy(given)


def arrow(frame: object, name: str) -> pa.Table:
    """The frame as an Arrow table of types a worker reads; raises `DataError` naming a column."""
    return _reader(frame, name).read_all()


def write(frame: object, path: Path, name: str) -> None:
    """The frame as an Arrow IPC file, batch by batch."""
    import pyarrow as pa

    reader = _reader(frame, name)
    with pa.ipc.new_file(str(path), reader.schema) as writer:
        for batch in reader:
            writer.write_batch(batch)


def checksum(frame: object) -> str:
    """A hash of names, types and values: it changes when the content does."""
    import pyarrow as pa

    sink = _Hash()
    reader = _reader(frame, "frame")
    with pa.ipc.new_stream(pa.PythonFile(sink, mode="w"), reader.schema) as writer:
        for batch in reader:
            writer.write_batch(batch)
    return sink.digest.hexdigest()


class _Hash:
    """A file to write to that keeps nothing but a hash."""

    closed = False

    def __init__(self) -> None:
        self.digest = hashlib.sha256()

    def write(self, data: Any) -> int:
        self.digest.update(data)
        return len(data)

    def flush(self) -> None: ...

    def close(self) -> None: ...


def _is_lazy(given: object) -> bool:
    return type(given).__name__ == "LazyFrame" and _library(given) == "polars"


def _library(frame: object) -> str:
    """`pandas` or `polars`, also for a class derived from theirs."""
    roots = (kind.__module__.partition(".")[0] for kind in type(frame).__mro__)
    return next((root for root in roots if root in {"pandas", "polars"}), "")


def _reader(frame: object, name: str) -> pa.RecordBatchReader:
    import pyarrow as pa

    if _library(frame) == "pandas":
        from .frames_pandas import from_pandas

        return _plain(from_pandas(frame, name).to_reader(), name)
    if _is_lazy(frame):
        frame = frame.collect()  # type: ignore[attr-defined] # only LazyFrames come here
    try:
        reader = pa.RecordBatchReader.from_stream(frame)
    except (pa.ArrowException, TypeError, ValueError) as error:
        raise _not_arrow(frame, name) from error
    return _plain(reader, name)


def _not_arrow(frame: Any, name: str) -> DataError:
    """The column of a polars frame that Arrow does not know, or that it is not a table at all."""
    import pyarrow as pa

    for column in getattr(frame, "columns", ()):
        try:
            pa.RecordBatchReader.from_stream(frame.select([column]))
        except pa.ArrowException:
            return unusable(name, column, f"values of type {frame[column].dtype}")
    return DataError(
        f"{name!r} is not a table of columns.", hint="Give a DataFrame or a table.", file=name
    )


def unusable(name: str, column: str, what: str) -> DataError:
    return DataError(
        f"Column {column!r} of {name!r} holds {what}, which cannot be asked about.",
        hint=f"Convert it first (to numbers or text), or leave it out: drop column {column!r}.",
        file=name,
        column=column,
        code="unsupported_type",
    )


def _plain(reader: pa.RecordBatchReader, name: str) -> pa.RecordBatchReader:
    """The same batches with unique names and only types that the worker's engine reads."""
    import pyarrow as pa

    if not reader.schema.names:
        raise DataError(f"{name!r} has no columns.", hint="Give a table with data.", file=name)
    names = unique_names(field.name or "column" for field in reader.schema)
    schema = pa.schema(
        [
            pa.field(new, _plain_type(field.type, name, new))
            for new, field in zip(names, reader.schema, strict=True)
        ]
    )

    def batches() -> Iterable[pa.RecordBatch]:
        for batch in reader:
            yield from pa.table(batch.columns, names=names).cast(schema, safe=False).to_batches()

    return pa.RecordBatchReader.from_batches(schema, batches())


def _plain_type(given: pa.DataType, name: str, column: str) -> pa.DataType:
    import pyarrow as pa

    kind = pa.types
    if kind.is_dictionary(given) or kind.is_run_end_encoded(given):
        return _plain_type(given.value_type, name, column)
    if kind.is_union(given):
        raise unusable(name, column, "a union of types")
    if kind.is_timestamp(given):  # nanoseconds are a type of their own that few functions take
        return pa.timestamp("us", given.tz)
    replaced = (
        (kind.is_null, pa.string()),
        (kind.is_float16, pa.float32()),
        (kind.is_decimal256, pa.float64()),
        (kind.is_time64, pa.time64("us")),
        (kind.is_duration, pa.duration("us")),
    )
    return next((plain for test, plain in replaced if test(given)), given)
