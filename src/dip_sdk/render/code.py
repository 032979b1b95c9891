"""An answer as code that computes it without DIP."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..types.dataset import Dataset, Table
from ..types.errors import ConfigError
from ..types.plan import SqlStep
from ..types.result import ResultFacts
from ..types.values import TEMPORAL, Wire

_PIECES = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(\w+)""")
_READERS = {"csv": "read_csv", "excel": "read_excel", "parquet": "read_parquet"}


def sql(facts: ResultFacts) -> str:
    """One statement in DuckDB's dialect: earlier steps as common tables, values in place."""
    steps = _steps(facts)
    *before, last = (_bound(step.sql.rstrip().rstrip(";"), step.params) for step in steps)
    head = f"-- {' '.join(facts.question.split())}\n"
    if not before:
        return f"{head}{last}\n"
    tables = ",\n".join(
        f"{_quoted(step.name)} AS (\n{_indented(text)}\n)"
        for step, text in zip(steps, before, strict=False)
    )
    return f"{head}WITH {tables}\n{last}\n"


def pandas(facts: ResultFacts, datasets: Sequence[Dataset]) -> str:
    """A script that reads the tables with pandas and runs the statement over them with DuckDB."""
    used = facts.plan.tables if facts.plan else {}
    reads = [
        _read(table, dataset)
        for dataset in datasets
        for table in dataset.tables
        if table.name in used
    ]
    lines = [
        "import duckdb",
        "import pandas as pd",
        "",
        *reads,
        f"answer = duckdb.sql({_literal(sql(facts))}).df()",
        "print(answer)",
    ]
    return "\n".join(lines) + "\n"


def unknown_language(given: str) -> ConfigError:
    return ConfigError(f"An answer cannot be told in {given!r}.", hint="Choose 'sql' or 'pandas'.")


def _steps(facts: ResultFacts) -> Sequence[SqlStep]:
    if facts.plan is not None and facts.plan.operations:
        told = "; ".join(step.operation.told for step in facts.plan.operations)
        raise ConfigError(
            f"A statistical operation is no statement: {told}.",
            hint="result.plan has its arguments; session.run(result.plan) computes it again.",
            code="no_code",
        )
    if facts.plan is None or not facts.plan.sql_steps:
        raise ConfigError(
            "There is no code of this result.", hint="Only a result with status 'answered' has it."
        )
    return facts.plan.sql_steps


def _bound(text: str, params: dict[str, Wire]) -> str:
    """`$name` outside quotes becomes its value."""

    def value(match: re.Match[str]) -> str:
        name = match.group(1)
        return _value(params[name]) if name in params else match.group()

    return _PIECES.sub(value, text)


def _value(value: Wire) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, (int, float)):
        return repr(value)
    return "'{}'".format(str(value).replace("'", "''"))


def _quoted(name: str) -> str:
    return '"{}"'.format(name.replace('"', '""'))


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())


def _literal(text: str) -> str:
    return repr(text) if '"""' in text or "\\" in text else f'"""\n{text}"""'


def _read(table: Table, dataset: Dataset) -> str:
    """The line that loads a table, with the notes of how DIP read it."""
    notes = [f"# {note}" for note in table.parsed.notes]
    reader = _READERS.get(table.parsed.format)
    if table.parsed.format == "frame":
        return "\n".join([*notes, f"# {table.name}: the DataFrame {dataset.source}"])
    if reader is None:
        reader = "read_json"
    options = _options(table)
    columns = [column.name for column in table.visible]
    given = {name: repr(value) for name, value in options.items()} | _longer_lines(table, dataset)
    arguments = ", ".join([repr(dataset.source), *(f"{k}={v}" for k, v in given.items())])
    read = f"{table.name} = pd.{reader}({arguments})"
    return "\n".join([*notes, read, f"{table.name}.columns = {columns!r}", *_dates(table)])


def _longer_lines(table: Table, dataset: Dataset) -> dict[str, str]:
    """Lines with more cells than the table keep those that fit, as DIP kept them."""
    if table.parsed.format != "csv" or not any(t.parsed.bad_lines for t in dataset.tables):
        return {}
    return {"engine": "'python'", "on_bad_lines": f"lambda cells: cells[:{len(table.visible)}]"}


def _dates(table: Table) -> list[str]:
    """Lines that turn text into dates; Parquet has them as they are."""
    if table.parsed.format == "parquet":
        return []
    order = ", dayfirst=True" if table.parsed.day_first else ""
    return [
        f"{name} = pd.to_datetime({name}{order})"
        for name in (
            f"{table.name}[{column.name!r}]" for column in table.visible if column.type in TEMPORAL
        )
    ]


_MARKS = {",": {"decimal": ",", "thousands": "."}, ".": {"thousands": ","}}
"""What stands in a number, by its decimal mark, where that differs from pandas' own."""


def _options(table: Table) -> dict[str, object]:
    """How the table was read, in the words of pandas."""
    parsed = table.parsed
    if parsed.format in ("parquet", "json", "ndjson"):
        return {"lines": True} if parsed.format == "ndjson" else {}
    options: dict[str, object] = {"skiprows": parsed.skip} if parsed.skip else {}
    if parsed.footer:
        options["skipfooter"] = parsed.footer
    if parsed.header is False:
        options["header"] = None
    if parsed.decimal is not None:
        options |= _MARKS[parsed.decimal]
    if parsed.format == "excel":
        return options | ({"sheet_name": parsed.sheet} if parsed.sheet else {})
    if parsed.delimiter not in (None, ","):
        options["sep"] = parsed.delimiter
    if parsed.encoding not in (None, "utf-8"):
        options["encoding"] = parsed.encoding
    return options | ({"engine": "python"} if parsed.footer else {})
