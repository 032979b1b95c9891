"""What a model is shown of one question: every word of a request that comes from a user or data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ...types.dataset import Table, TableColumn
from ...types.errors import DipError, PlanRejected
from ...types.glossary import Glossary
from ...types.values import Wire
from ..names import words
from ..planner.base import Done, Outcome, Probe, Question, Refused, View
from .columns import Range, Ranges, range_query, ranged
from .digest import Digest
from .modes import ROWS, Privacy, as_json, bounded, cut, named_in

TURNS = 6
"""Earlier questions that are shown."""
LINKS = 40
SQL = 1_500
"""Characters of an earlier statement."""
PARAMETER = 2_000
ERROR = 600
DESCRIBED = 10_000
"""Characters told of a table that is asked for."""
LARGEST = 5_000_000
"""Rows of a table whose ranges are measured."""
MEASURED = 24
"""Tables whose ranges are measured."""
LOOKED = "Only a look: to give a number of it in `text`, run its statement with run_sql."
PLAIN = frozenset({"unknown_step", "duplicate_step", "unknown_table", "unknown_operation"})
"""Errors whose words hold names alone, never a cell."""

OURS = frozenset({
    "accuracy", "actual", "adjusted_r_squared", "after", "alternative", "annual_percent",
    "average", "baseline_accuracy", "baseline_error", "baseline_rmse", "before", "change",
    "change_percent", "class", "cluster", "coefficient", "column", "condition_number",
    "confidence", "contribution", "count", "df", "difference", "dimension", "effect",
    "effect_name", "error", "f", "f1", "f_p", "feature", "forecast", "group", "high",
    "importance", "intercept", "kurtosis", "lag", "level", "low", "mae", "max", "mean", "median",
    "method", "min", "missing", "mix_effect", "mse", "n", "n_test", "n_train", "odds_ratio",
    "other", "p", "p_adjusted", "part", "precision", "predicted", "probability", "r", "r_squared",
    "rate_effect", "ratio", "recall", "relative_change", "residual", "residual_std_error", "rmse",
    "roc_auc", "row", "rows", "running_share", "score", "seasonal", "seasonal_strength", "share",
    "share_after", "share_before", "share_of_change", "skewness", "slope", "statistic", "std",
    "std_error", "strata", "t", "term", "time", "total_percent", "trend", "trend_strength",
    "value", "z",
})  # fmt: skip
"""Names that operations give their columns; a cell that says the same tells nothing."""


@dataclass
class Shown:
    """One question as a model may see it."""

    question: Question
    view: View
    mode: Privacy
    ranges: dict[tuple[str, str], Range] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Take the ranges that a full profile knows already; it tells nothing of zeros."""
        for table in self.view.tables:
            profile = {column.name: column for column in table.profile or ()}
            for column in ranged(table.visible, self._asked):
                told = profile.get(column.name)
                if told is None or (told.minimum == 0 and told.type != "text"):
                    continue
                low, high = (None, None) if column.type == "text" else (told.minimum, told.maximum)
                self.ranges[table.name, told.name] = Range(low, high, told.nulls)

    @property
    def rows(self) -> bool:
        """Rows of the plan's steps may be shown."""
        return self.mode == "results"

    @property
    def values(self) -> bool:
        """Frequent values may be shown."""
        return self.mode != "schema"

    # before the first step

    def measures(self) -> Sequence[tuple[Table, Probe]]:
        """Reads of the ranges of columns; their outcomes are given to `measured`."""
        found = [(t, probe) for t in self.view.tables if (probe := self.measure(t))]
        return found[:MEASURED]

    def measure(self, table: Table, columns: Iterable[str] = ()) -> Probe | None:
        """The read of the ranges of these columns (or of a table's first ones), where they may be
        shown and are not known yet."""
        if not self.values or table.rows > LARGEST:
            return None
        wanted = self._unknown(table, columns)
        return Probe(range_query(table, wanted), limit=1) if wanted else None

    def measured(self, table: Table, outcome: Outcome, columns: Iterable[str] = ()) -> None:
        """Keep the ranges that a read of `measure` gave; one that failed tells nothing."""
        if isinstance(outcome, Refused) or not outcome.preview:
            return
        (row,) = outcome.preview
        size = len(Range._fields)
        for number, column in enumerate(self._unknown(table, columns)):
            low, high, nulls, zeros, other = row[size * number : size * (number + 1)]
            self.ranges[table.name, column.name] = Range(low, high, _int(nulls), _int(zeros), other)

    def tables(self) -> str:
        """The tables and their likely joins."""
        told = self._digest().told(self.question.text)
        links = [
            f"{link.left_table}.{link.left_column} = {link.right_table}.{link.right_column}"
            + ("" if link.right_unique else " (many to many)")
            for link in self.view.links[:LINKS]
        ]
        return told + (f"\n{as_json({'likely_joins': links})}" if links else "")

    def asked(self) -> str:
        """The question with its bound values, the day, the settings, the user's own words."""
        told: dict[str, object] = {"question": self.question.text}
        if self.question.params:
            told["parameters"] = {k: cut(v, PARAMETER) for k, v in self.question.params.items()}
        told["today"] = self.view.today.isoformat()
        told["settings"] = self.view.settings.model_dump(mode="json", exclude_none=True)
        told |= self._glossary(self.view.glossary)
        if self.view.history:
            told["earlier_questions"] = self._history()
        return as_json(told)

    # while it works

    def described(self, table: Table, columns: Iterable[str]) -> str:
        """One table in full, or some of its columns."""
        wanted = [c for name in columns if (c := table.column(name)) and not c.hidden]
        return self._digest().described(table, wanted or table.visible, DESCRIBED)

    def found(self, outcome: Outcome) -> str:
        """Values of a column with how often each stands; rare ones only beside rows."""
        if isinstance(outcome, Refused):
            return self.error(outcome.error)
        least = 1 if self.rows else 2
        rows = [row for row in outcome.preview if isinstance(row[1], int) and row[1] >= least]
        values = [[cut(value), count] for value, count in rows[:ROWS]] if self.values else []
        return as_json({"values_with_counts": values, "more": len(outcome.preview) > ROWS})

    def outcome(self, outcome: Outcome, said: str) -> str:
        """What came of a step; `said` is the model's own text of it.

        Where rows are not shown, neither are columns that were named after cells.
        """
        if isinstance(outcome, Refused):
            return self.error(outcome.error)
        return as_json(self._rows(outcome, said, outcome.rows))

    def looked(self, outcome: Outcome) -> str:
        """The rows of a look that was asked for one row more than may be shown.

        No step made them, so that `text` may not quote them; that is said beside them.
        """
        if isinstance(outcome, Refused):
            return self.error(outcome.error)
        many = len(outcome.preview) > ROWS
        told = self._rows(outcome, "", f"more than {ROWS}" if many else outcome.rows)
        return as_json({**told, "note": LOOKED})

    def error(self, error: DipError) -> str:
        """Why a step was refused or failed; words of the engine may hold cells, so not in all."""
        if isinstance(error, PlanRejected) or error.code in PLAIN or self.rows:
            words = {"error": cut(error.message, ERROR), "hint": cut(error.hint, ERROR)}
            return as_json({key: value for key, value in words.items() if value})
        return as_json({"error": f"The step failed: {error.code.replace('_', ' ')}."})

    def words(self, text: str) -> str:
        """The text of an answer; without sight of rows a model has nothing to tell of them."""
        return text if self.rows else ""

    # parts

    @property
    def _asked(self) -> set[str]:
        return set(words(self.question.text))

    def _unknown(self, table: Table, columns: Iterable[str]) -> list[TableColumn]:
        """Those of the named columns, or of a table's first ones, that are to be measured."""
        named = {column.name for name in columns if (column := table.column(name))}
        of = table.visible if not named else [c for c in table.visible if c.name in named]
        return [c for c in ranged(of, self._asked) if (table.name, c.name) not in self.ranges]

    def _digest(self) -> Digest:
        ranges: Ranges = self.ranges
        return Digest(self.view.tables, self.mode, self.view.distinct, ranges)

    def _rows(self, done: Done, said: str, count: int | str) -> dict[str, object]:
        told: dict[str, object] = {"rows": count, "columns": self._columns(done, said)}
        if self.rows:
            shown, whole = bounded(done.preview)
            told["first_rows" if done.rows > len(shown) or not whole else "all_rows"] = shown
            if done.reading:
                told["reading"] = cut(done.reading, 1_000)
        return told

    def _columns(self, done: Done, said: str) -> list[str]:
        names = [column.name for column in done.columns]
        known = set(names) if self.rows else self._known() | named_in(names, said) | OURS
        told = [f"{c.name}: {c.type}" for c in done.columns if c.name in known]
        hidden = len(names) - len(told)
        return [*told[:200], f"({hidden} more, named after values)"] if hidden else told[:200]

    def _known(self) -> set[str]:
        return {column.name for table in self.view.tables for column in table.columns}

    def _history(self) -> list[dict[str, str]]:
        """Earlier questions; their statements hold values of the data."""
        turns = self.view.history[-TURNS:]
        if not self.rows:
            return [{"question": past.question} for past in turns]
        return [
            {"question": past.question, "sql": "; ".join(s.sql for s in past.plan.sql_steps)[:SQL]}
            for past in turns
        ]

    def _glossary(self, glossary: Glossary) -> Mapping[str, object]:
        """The user's words for names; those for values, and statements with texts, hold cells."""
        names = {table.name for table in self.view.tables} | self._known()
        names |= {f"{t.name}.{c.name}" for t in self.view.tables for c in t.columns}
        words = {
            name: list(others)
            for name, others in glossary.synonyms.items()
            if self.values or name in names
        }
        metrics = {
            name: metric.model_dump(exclude_defaults=True)
            for name, metric in glossary.metrics.items()
            if self.values or "'" not in metric.sql
        }
        told = {"synonyms": words, "metrics": metrics}
        return {key: value for key, value in told.items() if value}


def _int(value: Wire) -> int:
    return value if isinstance(value, int) else 0
