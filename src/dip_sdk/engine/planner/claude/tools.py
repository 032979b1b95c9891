"""The tools: their arguments as frozen models, from which their JSON schemas are made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, cast, get_args

from pydantic import Field
from pydantic.fields import FieldInfo

from ....types.base import Model
from ....types.operations import FAMILIES, model
from ....types.plan import ChartStep, OutputColumn, Reading
from ....types.result import Missing
from ...privacy import Shown
from .gives import given

StepName = Annotated[
    str, Field(pattern=r"^[a-z][a-z0-9_]{0,40}$", description="a new name, such as by_region")
]
Title = Annotated[str, Field(description="one line for the user: Total amount by region")]


class RunSql(Model):
    """Run one SELECT. Its rows become the table `name`, for later steps and for the answer."""

    name: StepName
    title: Title = ""
    sql: str


class Statistic(Model):
    """Run a named operation on a table (of the data, or one that a step made)."""

    name: StepName
    title: Title = ""
    table: str
    operation: dict[str, Any] = Field(description='{"op": "...", its arguments}')


class Look(Model):
    """See the first 20 rows of one SELECT, without making a step of it. `text` may give its numbers
    only after `run_sql` has run the same statement."""

    sql: str


class DescribeTable(Model):
    """More of a table: all its columns, or those named."""

    table: str
    columns: tuple[str, ...] = ()


class FindValues(Model):
    """Which values of a column contain a text, case ignored, with how often each stands."""

    table: str
    column: str
    like: str = Field(description="part of the value; empty for the most frequent ones")


class Chart(ChartStep):
    """Show a chart of a table that a step made."""

    kind: Literal["chart"] = Field(default="chart", exclude=True)
    y: str | None = Field(default=None, description="left out for a histogram of x")
    series: str | None = Field(
        default=None, description="the second group: its values split the bars, lines or points"
    )


class Answer(Model):
    """The end: the table that a step made and that holds the answer, and how it is told."""

    table: str
    columns: tuple[OutputColumn, ...] = Field(
        default=(), description="in order; empty: all as they are. label renames, decimals rounds"
    )
    text: str = ""
    reading: Reading = Reading()
    suggestions: tuple[str, ...] = Field(
        default=(),
        max_length=5,
        description="questions to ask next that these data can answer, in their names",
    )


class Way(Model):
    """One reading of the question."""

    label: str = Field(description="what tells it apart, in the user's words")
    sql: str = Field(description="one SELECT over the data's own tables")


class AskUser(Model):
    """The end: ask which reading is meant. Each is run, and shown with its numbers."""

    question: str
    options: tuple[Way, ...] = Field(min_length=2, max_length=4)


class CannotAnswer(Missing):
    """The end: say why these data cannot answer."""


TOOLS: Mapping[str, type[Model]] = {
    "run_sql": RunSql,
    "statistic": Statistic,
    "look": Look,
    "describe_table": DescribeTable,
    "find_values": FindValues,
    "chart": Chart,
    "answer": Answer,
    "ask_user": AskUser,
    "cannot_answer": CannotAnswer,
}


def offered(shown: Shown) -> list[str]:
    """The tools of a mode: what would show values is not there where none may be seen."""
    hidden = set() if shown.rows else {"look"}
    hidden |= set() if shown.values else {"find_values"}
    return [name for name in TOOLS if name not in hidden]


def tools(shown: Shown) -> list[dict[str, Any]]:
    """The tools as the Messages API takes them."""
    return [
        {"name": name, "description": _description(name), "input_schema": schema(TOOLS[name])}
        for name in offered(shown)
    ]


def schema(of: type[Model]) -> dict[str, Any]:
    """The JSON schema of a model, without the titles and defaults that say nothing."""
    made = _lean(of.model_json_schema())
    if of is Chart:
        made["properties"].pop("kind")
    return cast("dict[str, Any]", made)


COMMON = ("op", "alternative", "confidence")
"""Arguments that speak for themselves, or that the error of a wrong call explains."""


def operations() -> list[str]:
    """The operations of each family with their arguments, a line a family."""
    return [f"{family}: {', '.join(_signatures(ops))}" for family, ops in FAMILIES.items()]


def _signatures(ops: Sequence[str]) -> Iterator[str]:
    """As in `resample(time, column, unit=day|week|month, how?=sum|mean)`.

    What may be left out has a question mark, and behind it what it is then; what is one of few
    words has these, the first time.
    """
    known: set[str] = set()
    for op in ops:
        found = model(op)
        fields = found.model_fields.items() if found else ()
        told = [_argument(name, field) for name, field in fields if name not in COMMON]
        short = [one.partition("=")[0] if one in known else one for one in told]
        known.update(told)
        yield f"{op}({', '.join(short)})"


def _argument(name: str, field: FieldInfo) -> str:
    """As in `how?=sum|mean` or `factor?=1.5`: what is taken where it is left out comes first."""
    choices = [word for word in get_args(field.annotation) if isinstance(word, str) and word]
    choices = ["true", "false"] if field.annotation is bool else choices
    if field.is_required():
        return f"{name}={'|'.join(choices)}" if choices else name
    left_out = field.default
    if choices or isinstance(left_out, int | float):
        usual = f"{left_out:g}" if isinstance(left_out, float) else str(left_out).lower()
        choices = [usual or "''", *(word for word in choices if word != usual)]
    return f"{name}?={'|'.join(choices)}" if choices else f"{name}?"


def _description(name: str) -> str:
    about = (TOOLS[name].__doc__ or "").strip()
    if name != "statistic":
        return about
    how = '`operation` is {"op": "welch_t", "column": "amount", "by": "region"}: the name and its'
    left_out = "`?` marks what may be left out; then the first value behind it is taken"
    head = f"{about} {how} arguments. {left_out}:"
    return "\n".join((head, *operations(), given()))


def _lean(node: Any, named: bool = False) -> Any:
    """Without `title`, `default` and the docstrings of models; `named` holds properties."""
    if isinstance(node, list):
        return [_lean(item) for item in node]
    if not isinstance(node, dict):
        return node
    if named:
        return {key: _lean(value) for key, value in node.items()}
    dropped = {"title", "default"} | ({"description"} if node.get("type") == "object" else set())
    return {
        key: _lean(value, named=key in {"properties", "$defs"})
        for key, value in node.items()
        if key not in dropped
    }
