"""What DuckDB says when a statement fails, in words for whoever asked the question."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable

from ..types.errors import Cancelled, DipError, QueryFailed

_PREFIX = re.compile(r"^[A-Z][\w ]*? Error: ")
_PATHS = re.compile(r"""(['"]?)(?:/|[A-Za-z]:\\)[^\s'"]+\1""")
_CANDIDATES = re.compile(r"(?:Candidate bindings|Did you mean)[:]?\s*(.+)")
_INNER = re.compile(r"(pg|duckdb|sqlite|pragma|file)_|information_schema")
_NAMES = re.compile(r'"([^"]+)"')


def explain(error: Exception, sql: str = "") -> DipError:
    """The error of DuckDB as `QueryFailed` (or `Cancelled`): plain words, candidates as hint."""
    kind, words = type(error).__name__, str(error)
    if kind == "InterruptException":
        return Cancelled("Stopped.")
    detail = _PATHS.sub("...", words.partition("\n")[0])
    if kind == "OutOfMemoryException":
        failed = out_of_disk() if "max_temp_directory_size" in words else out_of_memory()
        failed.sql, failed.detail = sql, detail
        return failed
    message, hint = _said(words)
    code = CODES.get(kind, "query_failed")
    return QueryFailed(message, hint=hint, code=code, sql=sql, detail=detail)


def out_of_memory() -> QueryFailed:
    """The error of work that outgrew the worker's memory."""
    return QueryFailed(
        "This needs more memory than the worker may use.", hint=_LESS, code="out_of_memory"
    )


def out_of_disk() -> QueryFailed:
    """The error of work that outgrew the worker's temporary disk space."""
    return QueryFailed(
        "This needs more temporary disk space than the worker may use.",
        hint=_LESS,
        code="out_of_disk",
    )


_LESS = "Filter first, or aggregate before joining; or raise the limit."

CODES = {
    "BinderException": "does_not_fit",
    "CatalogException": "unknown_name",
    "ParserException": "syntax",
    "ConversionException": "conversion",
    "OutOfRangeException": "out_of_range",
    "PermissionException": "not_allowed",
}


def _said(words: str) -> tuple[str, str]:
    for pattern, tell, otherwise in _PLAIN:
        if found := pattern.search(words):
            asked = found[1] if found.groups() else ""
            return tell(found), _hint(words, asked) or otherwise
    first = _PATHS.sub("...", _PREFIX.sub("", words.partition("\n")[0])).rstrip("!. ")
    return f"The statement failed: {first}.", _hint(words, "")


def _hint(words: str, asked: str) -> str:
    """The candidates that DuckDB names, the nearest alone where some are near."""
    found = _CANDIDATES.search(words)
    names = [name for name in _NAMES.findall(found[1] if found else "") if not _INNER.match(name)]
    near = difflib.get_close_matches(asked, names, n=3, cutoff=0.6)
    return f"Did you mean {', '.join(near or names[:5])}?" if names else ""


def _unfit(call: str) -> str:
    """`sum(VARCHAR)`: a function with the types it was given."""
    function, _, types = call.partition("(")
    kinds = [_KIND.get(kind.strip(), kind.strip()) for kind in types.rstrip(")").split(",")]
    return f"{function}() does not take {' and '.join(filter(None, kinds)) or 'nothing'}."


_KIND = {
    "VARCHAR": "text", "DATE": "dates", "TIMESTAMP": "points in time", "BOOLEAN": "true or false",
    "BIGINT": "whole numbers", "INTEGER": "whole numbers", "DOUBLE": "numbers",
}  # fmt: skip
_WANTED = {
    "INT32": "a whole number", "INT64": "a whole number", "INT128": "a whole number",
    "DOUBLE": "a number", "FLOAT": "a number", "DATE": "a date", "TIMESTAMP": "a point in time",
    "BOOL": "true or false",
}  # fmt: skip

_PLAIN: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str], str], ...] = (
    (
        re.compile(r'Referenced column "([^"]+)"'),
        lambda m: f"There is no column {m[1]!r} here.",
        "",
    ),
    (
        re.compile(r"Table with name (\S+) does not exist"),
        lambda m: f"There is no table {m[1]!r}.",
        "",
    ),
    (
        re.compile(r"Function with name (\S+) does not exist"),
        lambda m: f"There is no function {m[1]!r}.",
        "",
    ),
    (
        re.compile(r"Could not (?:convert string|cast value) '?(.*?)'? to (\w+)"),
        lambda m: f"The value {m[1][:80]!r} is not {_WANTED.get(m[2], 'a value of type ' + m[2])}.",
        "Write try_cast(... as ...), which leaves out what does not fit, or filter it out.",
    ),
    (
        re.compile(r"No function matches the given name and argument types '([^']+)'"),
        lambda m: _unfit(m[1]),
        "Convert the column first, as in try_cast(column as double), or choose another.",
    ),
    (
        re.compile(r"Cannot (?:access|open) file|No magic bytes found|No files found that match"),
        lambda _: "A file that is read where it lies was moved, replaced or damaged.",
        "Upload it again.",
    ),
    (
        re.compile(r"Division by zero"),
        lambda _: "A number is divided by zero.",
        "Divide by nullif(..., 0).",
    ),
    (
        re.compile(r"More than one row returned by a subquery"),
        lambda _: "A single value was expected where several rows came.",
        "Aggregate inside the brackets, or write IN.",
    ),
    (
        re.compile(r"Overflow in (\w+)"),
        lambda m: f"A number grew too large in a {m[1]}.",
        "Convert to double first.",
    ),
    (
        re.compile(r'column "([^"]+)" must appear in the GROUP BY'),
        lambda m: f"The column {m[1]!r} is neither grouped by nor aggregated.",
        "Add it to GROUP BY, or say which value is meant: min(...), max(...), sum(...).",
    ),
)
"""What DuckDB says, how we say it, and what to do next where no name is near."""
