"""The story of a question, on one page: context, plan, guard, run, check, explain, suggest.

A synchronous generator of events, driven in a thread by `bridge`. Everything it needs comes in a
`Job`; it keeps nothing of its own. Exactly one of `QueryResult`, `Failed` and `CancelledEvent`
ends it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from itertools import chain

from ..render.chart import spec as chart_spec
from ..types.errors import Cancelled, DipError, QueryFailed, WorkerLost
from ..types.events import Event
from ..types.plan import AnswerStep, ChartStep, OperationStep, Plan, SqlStep
from ..types.result import Check, Clarification, Missing, ResultFacts
from . import chart, checks, explain, grounding, suggest
from .bridge import Cancel
from .planner.base import (
    Answering,
    Claim,
    Done,
    Noted,
    Outcome,
    Planner,
    Probe,
    Proposal,
    Question,
    Refused,
    Say,
    View,
)
from .run import Looking, Run
from .shape import shaped, whole
from .tell import Teller
from .versions import versions
from .vetted import vetted

log = logging.getLogger("dip_sdk")

CHART_POINTS = 5_000


@dataclass
class Job:
    """A question with all that is needed to answer it."""

    question: Question
    planner: Planner
    view: Callable[[], View]
    start: Callable[[View], Run]
    """Opens the run: its runner and the guard over the tables of the view."""
    store: Callable[[ResultFacts], None]
    tell: Teller
    cancel: Cancel
    looking: Callable[[Run], Looking] = lambda run: run.look
    """How the checks read: what they asked of the same tables before need not be read again."""
    answerable: Callable[[str, View], bool] = lambda question, view: False


@dataclass
class Draft:
    """What the planner has come to, and what was computed for it."""

    run: Run
    view: View
    end: AnswerStep | Clarification | Missing | None = None
    shown: str = ""
    """The run's table with the answer's rows in their asked shape."""
    checks: list[Check] = field(default_factory=list)
    refused: DipError | None = None
    planner: str = ""
    """Who answers."""


def answer(job: Job) -> Iterator[Event]:
    """The events of a question, from the first stage to its end, whatever happens."""
    started = time.monotonic()
    try:
        yield from _answer(job, started)
    except Cancelled:
        yield job.tell.cancelled(time.monotonic() - started)
    except DipError as error:
        yield job.tell.failed(error)
    except Exception:
        log.exception("A question ended in an unforeseen error")
        yield job.tell.failed(_unforeseen())


def _answer(job: Job, started: float) -> Iterator[Event]:
    yield job.tell.status("Loading session data...")
    view = job.view()
    draft = Draft(run=job.start(view), view=view, planner=job.planner.name)
    stop = draft.run.stop
    job.cancel.on_set(stop)
    try:
        yield job.tell.status("Understanding your request...")
        yield from _propose(job, draft)
        facts = yield from _conclude(job, draft)
        facts = facts.model_copy(update={"seconds": time.monotonic() - started})
        job.store(facts)
        yield job.tell.status("Complete!")
        yield job.tell.result(facts)
    finally:
        job.cancel.remove(stop)
        draft.run.drop()


def _propose(job: Job, draft: Draft) -> Iterator[Event]:
    """Let the planner speak; run what it proposes, and tell it what came of it."""
    planning = job.planner.plan(job.question, draft.view)
    try:
        proposal = next(planning)
        while draft.end is None:
            _stop_if(job.cancel)
            outcome = yield from _take(job, draft, proposal)
            if draft.end is None:
                proposal = planning.send(outcome)
    except StopIteration:
        raise draft.refused or QueryFailed(
            "The planner ended without an answer.",
            hint="Ask in other words, or ask another planner.",
            code="no_answer",
        ) from None
    finally:
        planning.close()


def _take(job: Job, draft: Draft, proposal: Proposal) -> Generator[Event, None, Outcome]:
    """Act on one proposal. What the guard or the engine refuses goes back to the planner."""
    try:
        match proposal:
            case SqlStep() | OperationStep():
                return (yield from _step(job, draft, proposal))
            case ChartStep():
                return draft.run.chart(proposal)
            case Probe():
                return draft.run.probe(proposal)
            case Claim():
                spans = grounding.unfound(proposal.text, _known(job, draft))
                return Done(unfound=tuple(span.text for span in spans))
            case Noted():
                draft.checks.append(proposal.check)
                yield job.tell.check(proposal.check)
            case Answering():
                draft.planner = proposal.planner
                draft.run.restart()
            case Say():
                yield job.tell.text(proposal.delta)
            case AnswerStep():
                draft.end = yield from _settle(job, draft, proposal)
            case Clarification() | Missing():
                draft.end = proposal
        return Done()
    except (Cancelled, WorkerLost):
        raise
    except DipError as error:
        draft.refused = error
        return Refused(error)


def _step(job: Job, draft: Draft, step: SqlStep | OperationStep) -> Generator[Event, None, Outcome]:
    if not draft.run.done:
        yield job.tell.status("Analyzing data...")
    done = draft.run.sql(step) if isinstance(step, SqlStep) else draft.run.operate(step)
    yield job.tell.step(len(draft.run.done) - 1, draft.run.done[-1])
    return done


def _settle(job: Job, draft: Draft, end: AnswerStep) -> Generator[Event, None, AnswerStep]:
    """Give the answer's rows their asked shape, and show the first of them."""
    reshape = shaped(end, draft.run.table(end.table))
    if reshape:
        draft.run.derive(reshape)
    draft.shown = reshape.name if reshape else end.table
    yield job.tell.rows(draft.run.table(draft.shown))
    return end


def _conclude(job: Job, draft: Draft) -> Generator[Event, None, ResultFacts]:
    """An answer, a question back, or a reasoned no: none of them is a failure."""
    match draft.end:
        case AnswerStep() as end:
            return (yield from _finish(job, draft, end))
        case Clarification() as asked:
            return (yield from _ask_back(job, draft, asked))
        case Missing() as missing:
            return (yield from _decline(job, draft, missing))
    raise QueryFailed("The planner ended without an answer.", code="no_answer")


def _finish(job: Job, draft: Draft, end: AnswerStep) -> Generator[Event, None, ResultFacts]:
    """Chart, checks, the sentence, what to ask next; then the table is kept."""
    draft.run.trim(end.table)
    shown = draft.run.table(draft.shown)
    yield job.tell.status("Generating insights...")
    plan = _plan(job, draft, end)
    yield job.tell.plan(plan)
    drawn = _draw(draft, plan.chart) if plan.chart else None
    if drawn:
        yield job.tell.chart(drawn)
    explanation, doubts = _explain(job, draft, end)
    for check in chain(_checks(job, draft, plan, end), doubts):
        draft.checks.append(check)
        yield job.tell.check(check)
    _stop_if(job.cancel)
    suggestions = _vetted(job, draft, end.suggestions) or suggest.suggest(
        draft.view, end, shown.columns, lambda text: job.answerable(text, draft.view)
    )
    yield job.tell.suggestions(suggestions)
    draft.run.keep(draft.shown, job.tell.query_id)
    return job.tell.facts(
        question=job.question.text,
        status="answered",
        planner=draft.planner,
        plan=plan,
        columns=shown.columns,
        row_count=shown.rows,
        preview=shown.preview,
        explanation=explanation,
        checks=tuple(draft.checks),
        suggestions=suggestions,
        chart=drawn,
        steps=tuple(draft.run.done),
        how=explain.how(plan, draft.run.done, draft.view.tables),
    )


def _ask_back(job: Job, draft: Draft, asked: Clarification) -> Generator[Event, None, ResultFacts]:
    yield job.tell.clarification(asked)
    return job.tell.facts(
        question=job.question.text,
        status="clarify",
        planner=draft.planner,
        clarification=asked,
        checks=tuple(draft.checks),
        explanation=asked.question,
    )


def _decline(job: Job, draft: Draft, missing: Missing) -> Generator[Event, None, ResultFacts]:
    suggestions = _vetted(job, draft, missing.suggestions) or suggest.first_questions(
        draft.view, lambda text: job.answerable(text, draft.view), limit=3
    )
    yield job.tell.suggestions(suggestions)
    return job.tell.facts(
        question=job.question.text,
        status="cannot_answer",
        planner=draft.planner,
        missing=missing,
        checks=tuple(draft.checks),
        suggestions=suggestions,
        explanation=missing.message,
    )


def _vetted(job: Job, draft: Draft, offered: tuple[str, ...]) -> tuple[str, ...]:
    """What the planner offers to ask next, as far as the data can bear it."""
    view = draft.view
    return vetted(offered, job.question.text, view, lambda text: job.answerable(text, view))


def _plan(job: Job, draft: Draft, end: AnswerStep) -> Plan:
    """The steps that ran, with what they rest on: enough to give the same answer again."""
    prints = {table.name: table.fingerprint for table in draft.view.tables}
    return Plan(
        question=job.question.text,
        planner=draft.planner,
        steps=(*draft.run.steps, *_chosen_chart(draft, end), end),
        tables={name: prints[name] for name in sorted(draft.run.read)},
        today=draft.view.today,
        versions=versions(),
    )


def _chosen_chart(draft: Draft, end: AnswerStep) -> tuple[ChartStep, ...]:
    """The chart that suits the answer, where the planner asked for none."""
    steps = draft.run.steps
    if any(isinstance(step, ChartStep) for step in steps):
        return ()
    made_by = (step for step in steps if isinstance(step, OperationStep) and step.name == end.table)
    if any(not step.operation.charted for step in made_by):
        return ()
    made = draft.run.table(end.table)
    step = chart.choose(made.columns, made.rows, made.preview, end.reading, end.table)
    return (step,) if step else ()


def _draw(draft: Draft, step: ChartStep) -> dict[str, object] | None:
    """The specification with its data; a chart that fails costs no answer."""
    shown = draft.run.table(step.table)
    try:
        sql = chart.query(step, shown.columns, shown.rows, draft.run.qualified(step.table))
        look = draft.run.look(sql, {}, CHART_POINTS)
        return chart_spec(step, shown.columns, look.rows)
    except (Cancelled, WorkerLost):
        raise
    except DipError as error:
        draft.checks.append(Check(code="chart_failed", message=f"No chart: {error.message}"))
        return None


def _checks(job: Job, draft: Draft, plan: Plan, end: AnswerStep) -> Iterator[Check]:
    """What the checks find; one that cannot be computed says so and stops no answer."""
    context = checks.Context(
        plan=plan,
        trees=draft.run.trees,
        view=draft.view,
        made=draft.run.made,
        run=draft.run.id,
        answer=end,
        look=job.looking(draft.run),
    )
    try:
        yield from checks.find(context)
    except (Cancelled, WorkerLost):
        raise
    except DipError as error:
        yield Check(
            code="checks_incomplete",
            level="info",
            message=f"Not every check could be computed: {error.message}",
        )


def _explain(job: Job, draft: Draft, end: AnswerStep) -> tuple[str, tuple[Check, ...]]:
    """The sentence; what a planner says in its own words is looked up, and marked if not found."""
    made = draft.run.table(end.table)
    said = explain.sentence(whole(end, made), made.columns, made.rows, made.preview, made.reading)
    spans = grounding.unfound(said, _known(job, draft)) if end.text else ()
    return grounding.marked(said, spans), (grounding.ungrounded(spans),) if spans else ()


def _known(job: Job, draft: Draft) -> grounding.Known:
    """What was computed and asked: the numbers that an explanation may give."""
    read = [table.rows for table in draft.view.tables if table.name in draft.run.read]
    return grounding.Known.of(
        draft.run.made.values(),
        said=(
            job.question.text,
            *(run.sql for run in draft.run.done),
            *(made.reading for made in draft.run.made.values()),
        ),
        counts=read,
        params=job.question.params,
    )


def _stop_if(cancel: Cancel) -> None:
    if cancel.is_set():
        raise Cancelled("Stopped on request.")


def _unforeseen() -> DipError:
    return DipError(
        "Something went wrong inside DIP while answering this question.",
        hint="The log (logger 'dip_sdk') has the details; your tables are unharmed.",
        code="internal",
    )
