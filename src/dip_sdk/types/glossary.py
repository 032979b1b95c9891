"""What people say about their data: other words, defined measures, joins, questions settled once.

It stands in a `dip.yml` beside the data, or is given to a session:

    synonyms:
      amount: [revenue, turnover]          # a column or a table
      region.North: [up north]             # a value of a column
    metrics:
      margin:
        sql: sum(amount - cost) / sum(amount)
        table: sales
        unit: "%"
        about: what is left of the revenue after costs
    joins:
      - orders.customer_id = customers.id
    verified:
      - question: How much did we sell in the north?
        sql: SELECT sum(amount) AS total FROM sales WHERE region = 'North'
"""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from .base import Model
from .plan import AnswerStep, Plan, SqlStep

_JOIN = re.compile(r"\s*([^.=]+)\.([^=]+?)\s*=\s*([^.=]+)\.([^=]+?)\s*")


def _join(text: str) -> str:
    if not _JOIN.fullmatch(text):
        raise ValueError("write a join as: orders.customer_id = customers.id")
    return " ".join(text.split())


class Metric(Model):
    """A measure that the data do not hold as a column."""

    sql: str
    """One aggregate expression over the columns of `table`."""
    table: str
    unit: str = ""
    about: str = ""
    """What it means, in a sentence."""


class Verified(Model):
    """A question whose answer somebody has checked, and how to compute it again."""

    question: str
    name: str = ""
    """What it is called where it is cited; "" takes the question."""
    plan: Plan | None = None
    sql: str = ""
    """One statement, where there is no plan."""

    @model_validator(mode="after")
    def _has_a_plan(self) -> Verified:
        if (self.plan is None) == (not self.sql.strip()):
            raise ValueError("give either sql or plan")
        return self

    @property
    def title(self) -> str:
        return self.name or self.question

    @property
    def steps(self) -> Plan:
        """The plan, also where it was given as a statement."""
        if self.plan is not None:
            return self.plan
        return Plan(
            question=self.question,
            planner="verified",
            steps=(
                SqlStep(name="answer", title=self.title, sql=self.sql),
                AnswerStep(table="answer"),
            ),
        )


class Glossary(Model):
    """The words of a session's users."""

    synonyms: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """A column, a table, `table.column` or `column.value` -> other words for it."""
    metrics: dict[str, Metric] = Field(default_factory=dict)
    joins: tuple[Annotated[str, AfterValidator(_join)], ...] = ()
    verified: tuple[Verified, ...] = ()

    def joined_with(self, other: Glossary) -> Glossary:
        """Both; where they differ, the other's word holds."""
        words = dict(self.synonyms)
        for name, more in other.synonyms.items():
            words[name] = tuple(dict.fromkeys((*words.get(name, ()), *more)))
        settled = {same_words(v.question): v for v in (*self.verified, *other.verified)}
        return Glossary(
            synonyms=words,
            metrics=self.metrics | other.metrics,
            joins=tuple(dict.fromkeys((*self.joins, *other.joins))),
            verified=tuple(settled.values()),
        )

    def settled(self, question: str) -> Verified | None:
        """The verified question of the same words, if there is one."""
        wanted = same_words(question)
        return next((v for v in self.verified if same_words(v.question) == wanted), None)


def same_words(question: str) -> str:
    """A question without what does not matter: case, spaces, its closing mark."""
    return " ".join(question.casefold().split()).rstrip(" ?.!")
