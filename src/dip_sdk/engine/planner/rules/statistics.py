"""Statistical questions by rule: correlation, normality, spread, groups, outliers, description.

A question is read as one only when its words name the topic and exactly the columns it needs, and
nothing in them asks for other rows or for steps that are not taken here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from ....types.operations import Operation, model
from ....types.plan import AnswerStep, OperationStep, Reading, SqlStep
from ....types.result import Check
from ....types.sql import quoted
from ....types.values import Wire
from ..base import Noted, View
from .query import Col
from .sentence import Sentence
from .statistics_columns import (
    Named,
    categorical,
    cells_named,
    columns_named,
    few,
    plain_number,
)
from .statistics_format import QUANTITIES, Form, form_of, select, without_form
from .statistics_ledger import described_by, unexplained, untold
from .statistics_words import COMMON, COMPARED, METHODS, TOPICS
from .words import name_words

TABLE = "statistic"
LARGE, SMALL = 5000, 30
Steps = tuple[SqlStep | OperationStep | Noted | AnswerStep, ...]


@dataclass(frozen=True)
class _Asked:
    """A statistical question: its words, columns and form."""

    text: str
    """All of it, folded."""
    question: str
    columns: tuple[Col, ...]
    strange: tuple[str, ...]
    """Words that name no column."""
    form: Form
    view: View
    sentence: Sentence

    @property
    def table(self) -> str:
        return self.columns[0].table

    @property
    def rows(self) -> int:
        return self.sentence.index.tables[self.table].rows

    @property
    def categories(self) -> tuple[Col, ...]:
        return tuple(c for c in self.columns if self.grouped(c))

    @property
    def numbers(self) -> tuple[Col, ...]:
        return tuple(c for c in self.columns if plain_number(c))

    def grouped(self, col: Col) -> bool:
        return categorical(col, self.sentence.index, self.view)

    def method(self, *ops: str) -> str:
        """The one of these methods that the words name; "" for none or several."""
        named = [op for op in ops if any(word in self.text for word in METHODS[op])]
        return named[0] if len(named) == 1 else ""

    def quantities(self) -> list[str]:
        words = f" {re.sub(r'[^a-z]+', ' ', self.question)} "
        names = {q: n for q, n in QUANTITIES.items() if q in _DESCRIBED}
        return [q for q, known in names.items() if any(f" {n} " in words for n in known)]


def statistic(text: str, view: View, sentence: Sentence) -> Steps:
    """The steps that answer a statistical question; () where it is none, or more than one."""
    text = text.replace("\\n", "\n")
    asking = without_form(text)
    question, rest = asking.casefold(), text.partition(asking)[2]
    topics = [t for t, pattern in TOPICS.items() if re.search(pattern, question)]
    if not topics:
        return ()
    named = columns_named(asking, sentence, COMMON)
    if not named or len({c.table for c in named.columns}) != 1:
        return ()
    columns, strange = named.columns, named.strange
    if unexplained(strange, columns):
        return ()
    if cells_named(tuple(w for w in strange if w not in COMMON), columns, sentence.index):
        return ()
    form = form_of(text)
    asked = _Asked(text.casefold(), question, columns, strange, form, view, sentence)
    for topic in _first(topics, question, columns):
        if steps := _TOPICS[topic](asked):
            done = next(step for step in steps if isinstance(step, OperationStep))
            if untold(asking, rest, form, columns, done.operation.op):
                return ()
            return (*steps[:-1], *_noted(named), steps[-1])
    return ()


def _noted(named: Named) -> Iterator[Noted]:
    """That words were taken to describe columns only."""
    if named.described:
        told = ", ".join(f"'{word}'" for word in named.described)
        names = " and ".join(f"'{col.name}'" for col in named.columns)
        message = f"{told} was taken to describe {names}, not to pick rows."
        yield Noted(Check(code="described", level="info", message=message))


def _first(topics: list[str], question: str, columns: tuple[Col, ...]) -> list[str]:
    """What describes a column is a question of its own only where nothing is compared.

    Beside a test it would be a second question: there is no first, then.
    """
    others = [t for t in topics if t != "description"]
    if set(others) - {"variance"} and described_by(question, columns):
        return []
    if not others or (others == ["variance"] and not COMPARED.search(question)):
        return topics[-1:]
    return others


def _correlation(asked: _Asked) -> Steps:
    if len(asked.columns) != 2:
        return ()
    one, other = asked.columns
    if len(asked.numbers) == 2 and not (few(one, asked.view) and few(other, asked.view)):
        named = asked.method("pearson", "spearman", "kendall")
        op = named or ("kendall" if asked.rows < SMALL else "pearson")
        why = f"{asked.rows} rows are few" if op == "kendall" else "both columns are numbers"
        return _tested(asked, op, {"column": one.name, "other": other.name}, named, why)
    if len(asked.categories) == 2:
        named = asked.method("chi_square")
        arguments = {"column": one.name, "by": other.name, "correction": True}
        return _tested(asked, "chi_square", arguments, named, "both columns hold categories")
    return ()


def _normality(asked: _Asked) -> Steps:
    if len(asked.columns) != 1 or len(asked.numbers) != 1:
        return ()
    named = asked.method("shapiro", "anderson_darling", "lilliefors", "dagostino", "jarque_bera")
    if not named and "smirnov" in asked.text:
        return ()
    op = named or ("shapiro" if asked.rows <= LARGE else "dagostino")
    why = f"it suits {asked.rows} rows"
    return _tested(asked, op, {"columns": (asked.columns[0].name,)}, named, why, "p > {alpha}")


def _variance(asked: _Asked) -> Steps:
    if len(asked.columns) != 2:
        return ()
    named = asked.method("bartlett", "levene")
    op = named or "levene"
    groups, numbers = asked.categories, asked.numbers
    why = "it bears distributions that are not normal"
    if len(numbers) == 2:
        return _tested(
            asked, op, {"column": "value", "by": "sample"}, named, why, source=_stacked(asked)
        )
    if len(groups) == 1 and len(numbers) == 1:
        arguments = {"column": numbers[0].name, "by": groups[0].name}
        return _tested(asked, op, arguments, named, why)
    return ()


def _stacked(asked: _Asked) -> SqlStep:
    """Two columns one below the other, as groups."""
    table = quoted(asked.table)
    parts = [
        f"select $sample_{k} as sample, cast({quoted(c.name)} as double) as value from {table}"
        for k, c in enumerate(asked.columns)
    ]
    named: dict[str, Wire] = {f"sample_{k}": c.name for k, c in enumerate(asked.columns)}
    return SqlStep(
        name="samples", title="The columns as samples", sql=" union all ".join(parts), params=named
    )


def _difference(asked: _Asked) -> Steps:
    """Does a number differ between the groups of another column?"""
    groups = [
        c
        for c in asked.columns
        if asked.grouped(c) and not (plain_number(c) and not few(c, asked.view))
    ]
    numbers = [c for c in asked.numbers if c not in groups]
    if len(asked.columns) != 2 or len(groups) != 1 or len(numbers) != 1:
        return ()
    two = asked.sentence.index.counts.get((groups[0].table, groups[0].name)) == 2
    pair = ("mann_whitney", "welch_t", "t_test")
    many = ("kruskal", "anova")
    named = asked.method(*pair) or asked.method(*many)
    if named in pair and not two:
        return ()
    op = named or ("welch_t" if two else "anova")
    why = "there are two groups" if two else "there are more than two groups"
    return _tested(asked, op, {"column": numbers[0].name, "by": groups[0].name}, named, why)


def _outliers(asked: _Asked) -> Steps:
    if len(asked.columns) != 1 or len(asked.numbers) != 1:
        return ()
    named = asked.method("iqr", "z_score", "mad")
    op = named or "iqr"
    arguments: dict[str, object] = {"columns": (asked.columns[0].name,)}
    if op == "z_score":
        arguments |= {"ddof": 0}
    return _tested(asked, op, arguments, named, "it needs no normal distribution")


_DESCRIBED = ("mean", "median", "std", "skewness", "kurtosis", "min", "max", "range", "variance")


def _description(asked: _Asked) -> Steps:
    if len(asked.columns) != 1 or len(asked.numbers) != 1:
        return ()
    named = " ".join(name_words(asked.columns[0].name))
    wanted = asked.quantities()
    if any(_called_so(col, wanted) for col in asked.sentence.index.columns(asked.table)):
        return ()
    wanted = [q for q in wanted if not any(n in named.split() for n in QUANTITIES[q])] or wanted
    if not wanted or (len(wanted) == 1 and asked.question.startswith("compare")):
        return ()
    step = _operation("describe", {"columns": (asked.columns[0].name,)}, asked.table)
    known = {q: _EXPRESSIONS.get(q, quoted(q)) for q in _DESCRIBED}
    if asked.form.asked:
        sql = select(asked.form, TABLE, known)
        return (step, *_shown(asked, sql)) if sql else ()
    digits = asked.form.decimals
    rounded = {q: known[q] if digits is None else f"round({known[q]}, {digits})" for q in wanted}
    items = [f"{rounded[q]} as {quoted(_CALLED.get(q, q))}" for q in wanted]
    return (step, *_shown(asked, f"select {', '.join(items)} from {TABLE}"))


def _called_so(col: Col, wanted: list[str]) -> bool:
    """A column that is called like a quantity itself may be meant: `average`."""
    return any(" ".join(name_words(col.name)) in QUANTITIES[q] for q in wanted)


_EXPRESSIONS = {
    "range": "max - min",
    "variance": "std * std",
    "skewness": "skewness * sqrt(n * (n - 1.0)) / nullif(n - 2, 0)",
    "kurtosis": "(n - 1.0) / nullif((n - 2) * (n - 3), 0) * ((n + 1) * kurtosis + 6)",
}
"""From the columns of `describe`. Shape as Excel, SAS, SPSS and pandas give it, corrected for small
samples: G1 and G2 of Joanes and Gill (1998)."""
_CALLED = {"std": "standard deviation"}


def _tested(
    asked: _Asked,
    op: str,
    arguments: Mapping[str, object],
    named: str,
    why: str,
    decision: str = "p < {alpha}",
    *,
    source: SqlStep | None = None,
) -> Steps:
    """The test, why it was chosen where nobody named it, and its answer in the asked form."""
    step = _operation(op, arguments, source.name if source else asked.table)
    steps: list[SqlStep | OperationStep | Noted | AnswerStep] = [source, step] if source else [step]
    if not named:
        called = step.operation.called or op
        message = f"No method was named; {called} was chosen: {why}."
        steps.append(Noted(Check(code="method_chosen", level="info", message=message)))
    if not asked.form.asked:
        return (*steps, AnswerStep(table=TABLE, reading=_reading(asked)))
    known = {k: quoted(k) for k in ("p", "statistic", "outliers")}
    known |= {"decision": decision.format(alpha=asked.form.alpha)}
    known |= {f"mean_{k}": quoted(f"mean_{k}") for k in (1, 2)}
    sql = select(asked.form, TABLE, known)
    return (*steps, *_shown(asked, sql)) if sql else ()


def _operation(op: str, arguments: Mapping[str, object], table: str) -> OperationStep:
    cls = model(op)
    assert cls is not None  # noqa: S101
    made: Operation = cls.model_validate(arguments)
    return OperationStep(name=TABLE, title=made.told, table=table, operation=made)


def _shown(asked: _Asked, sql: str) -> Iterator[SqlStep | AnswerStep]:
    yield SqlStep(name="answer", title="In the form asked for", sql=sql)
    yield AnswerStep(table="answer", reading=_reading(asked))


def _reading(asked: _Asked) -> Reading:
    return Reading(shape="rows", sources=(asked.table,))


_TOPICS: dict[str, Callable[[_Asked], Steps]] = {
    "outliers": _outliers,
    "normality": _normality,
    "variance": _variance,
    "difference": _difference,
    "correlation": _correlation,
    "description": _description,
}
