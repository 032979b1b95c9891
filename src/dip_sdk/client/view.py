"""What a result shows without asking anybody: its facts, and how it looks in a notebook."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from ..types.dataset import Dataset
from ..types.errors import ConfigError, DipError
from ..types.plan import Plan
from ..types.result import Check, Clarification, Missing, ResultFacts, Sent, Status, Usage
from ..types.values import Column, Row, Wire

if TYPE_CHECKING:
    import pyarrow as pa


class AsyncResultView:
    """The facts of an answer. Its rows are elsewhere: page by page, or all at once as Arrow."""

    def __init__(self, facts: ResultFacts) -> None:
        self.facts = facts

    @property
    def id(self) -> str:
        return self.facts.id

    @property
    def question(self) -> str:
        """The user's words."""
        return self.facts.question

    @property
    def status(self) -> Status:
        """`answered`, `clarify` (see `clarification`) or `cannot_answer` (see `missing`)."""
        return self.facts.status

    @property
    def value(self) -> Wire:
        """The single cell of a one-row, one-column answer, else None."""
        return self.facts.value

    @property
    def columns(self) -> tuple[Column, ...]:
        """Names and types, in order."""
        return self.facts.columns

    @property
    def row_count(self) -> int:
        """Rows of the whole answer."""
        return self.facts.row_count

    @property
    def preview(self) -> tuple[Row, ...]:
        """The first rows, at most 100."""
        return self.facts.preview

    @property
    def explanation(self) -> str:
        """What the answer says, one sentence first."""
        return self.facts.explanation

    @property
    def suggestions(self) -> tuple[str, ...]:
        """What can be asked next."""
        return self.facts.suggestions

    @property
    def checks(self) -> tuple[Check, ...]:
        """What was found about the answer: numbers and a sentence each."""
        return self.facts.checks

    @property
    def sql(self) -> str:
        """The statement that made the answer's table, as it ran."""
        return self.facts.sql

    @property
    def plan(self) -> Plan | None:
        """What was computed, step by step; None when nothing was."""
        return self.facts.plan

    @property
    def sent(self) -> tuple[Sent, ...]:
        """Every request that left this machine for the answer, byte by byte."""
        return self.facts.sent

    @property
    def usage(self) -> Usage:
        """Calls, tokens and US dollars of a model."""
        return self.facts.usage

    @property
    def planner(self) -> str:
        """Who understood the question: `rules` or `claude`."""
        return self.facts.planner

    @property
    def clarification(self) -> Clarification | None:
        """The question back, with its readings, when the status is `clarify`."""
        return self.facts.clarification

    @property
    def missing(self) -> Missing | None:
        """Why the data cannot answer, when the status is `cannot_answer`."""
        return self.facts.missing

    @property
    def seconds(self) -> float:
        """From question to answer."""
        return self.facts.seconds

    def __repr__(self) -> str:
        from ..render.text import text

        return text(self.facts)

    def _repr_html_(self) -> str:
        from ..render.html import html

        return html(self.facts, chart_png=self._picture)

    @cached_property
    def _picture(self) -> bytes | None:
        """The chart as PNG: HTML that is kept in a notebook runs no script."""
        return picture(self.facts)

    def _repr_markdown_(self) -> str:
        from ..render.markdown import markdown

        return markdown(self.facts)

    def _repr_mimebundle_(self, **_filters: object) -> dict[str, object]:
        """Every static form, the picture within the HTML, and what `dip check` needs."""
        from ..render.mime import bundle

        return bundle(self.facts, chart_png=self._picture, datasets=self._known())

    def _known(self) -> tuple[Dataset, ...]:
        """The data sets of the session, where they can be had without waiting."""
        return ()


def picture(facts: ResultFacts) -> bytes | None:
    """The chart of an answer as PNG; None where there is none, or nothing that draws it."""
    from ..render.files import png

    if not facts.chart:
        return None
    try:
        return png(facts.chart)
    except ConfigError:  # what draws is not installed; the answer is shown without
        return None


class _Holder(Protocol):
    def datasets(self) -> tuple[Dataset, ...]: ...


class _Arrow(Protocol):
    def to_arrow(self) -> pa.Table: ...


class ResultView(AsyncResultView):
    """With what only a caller that may wait can offer."""

    def _known(self) -> tuple[Dataset, ...]:
        session: _Holder | None = vars(self).get("_session")
        try:
            return session.datasets() if session else ()
        except DipError:  # the session is closed; the answer is shown as it was
            return ()

    def __arrow_c_stream__(self: _Arrow, requested_schema: object = None) -> object:
        """All rows by Arrow's C interface: pandas, polars and DuckDB read a result directly."""
        return self.to_arrow().__arrow_c_stream__(requested_schema)
