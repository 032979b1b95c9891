"""What each tool takes. Nothing else is taken, and every text and number has its bound."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import ConfigDict, Field, ValidationError, model_validator

from ..types.base import Model
from ..types.errors import ConfigError
from ..types.plan import AnswerStep, Plan, SqlStep, Step
from ..types.result import Condition

MOST_ROWS = 100
"""Rows of one page."""

Name = Annotated[str, Field(min_length=1, max_length=300)]


class Arguments(Model):
    """The base: strict, so that "5" is no number."""

    model_config = ConfigDict(strict=True)


class ListTables(Arguments):
    """Takes nothing."""


class Profile(Arguments):
    """A table, or one of its columns."""

    table: Name
    column: Name | None = Field(None, description="Only this column.")


class Ask(Arguments):
    """A question in plain words."""

    question: Annotated[str, Field(min_length=1, max_length=4_000)]
    on: tuple[Name, ...] = Field(
        (), max_length=50, description="Tables that the question is about; without it, all are."
    )
    option: int | None = Field(
        None, ge=1, le=50, description="Takes this reading, where the question has several."
    )
    show_plan: bool = Field(
        False, description="Give the steps too, which run_plan runs as they are or changed."
    )


class RunPlan(Arguments):
    """Either a statement or steps."""

    sql: Annotated[str, Field(min_length=1, max_length=20_000)] | None = Field(
        None, description="One read-only statement in DuckDB's SQL over the tables."
    )
    steps: tuple[Step, ...] = Field(
        (), max_length=30, description="Steps as ask gives them with show_plan."
    )

    @model_validator(mode="after")
    def _one_of_them(self) -> RunPlan:
        if (self.sql is None) == (not self.steps):
            raise ValueError("give either sql or steps")
        return self

    @property
    def plan(self) -> Plan:
        """What shall run, as a plan."""
        steps = self.steps
        if self.sql is not None:
            steps = (SqlStep(name="answer", sql=self.sql), AnswerStep(table="answer"))
        return Plan(question="A plan of an assistant", planner="mcp", steps=steps)

    @property
    def said(self) -> str:
        """The caller's own words: names in them are known to it."""
        return "\n".join((self.sql or "", *(step.model_dump_json() for step in self.steps)))


class Page(Arguments):
    """Which rows of an answer."""

    result_id: Name
    page: int = Field(1, ge=1, le=1_000_000_000, description="From 1.")
    size: int = Field(20, ge=1, le=MOST_ROWS, description="Rows of a page.")
    sort: tuple[Name, ...] = Field(
        (), max_length=20, description='Columns in order of weight, "-name" descending.'
    )
    where: tuple[Condition, ...] = Field(
        (), max_length=20, description="Conditions that must all hold."
    )


class Export(Arguments):
    """An answer and the file it becomes."""

    result_id: Name
    file: Annotated[str, Field(min_length=1, max_length=120)] = Field(
        description="A name without a folder, ending in .csv, .xlsx, .json or .parquet."
    )


def unfit(tool: str, known: type[Arguments], error: ValidationError) -> ConfigError:
    """What is wrong with the arguments; their values are not repeated."""
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(map(str, first["loc"]))
    said = first["msg"].removeprefix("Value error, ").rstrip(".")
    message = f"{tool} cannot take {where!r}: {said}." if where else f"{tool}: {said}."
    names = ", ".join(known.model_fields) or "none"
    return ConfigError(message, hint=f"Its arguments: {names}.", code="arguments")


def schema(known: type[Arguments]) -> dict[str, Any]:
    """The arguments as JSON Schema."""
    return known.model_json_schema()
