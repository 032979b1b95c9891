"""Which planner answers: the rules where they are sure, else a model where one can be asked."""

from __future__ import annotations

import os
from collections.abc import Generator

from ...types.errors import Cancelled, ConfigError, DipError, WorkerLost
from ...types.plan import AnswerStep
from ...types.result import Check, Clarification, Missing
from ..cache import Plans
from .base import Answering, Noted, Outcome, Planner, Planning, Proposal, Question, View
from .settings import ModelSettings, reachable

NAMES = ("auto", "rules", "claude")


def planner_named(
    given: str | Planner,
    settings: ModelSettings = ModelSettings(),
    plans: Plans = Plans(),
) -> Planner:
    """The planner of that name, or the object itself when it is one."""
    if not isinstance(given, str):
        return given
    match given:
        case "auto":
            return Auto(settings, plans)
        case "claude":
            return OrRules(_claude(settings, plans))
        case "rules":
            return _rules()
    raise ConfigError(
        f"There is no planner {given!r}.",
        hint=f"Choose one of {', '.join(NAMES)}, or give an object with name and plan(...).",
        code="unknown_planner",
    )


class Auto:
    """The rules answer what they can account for; a model is asked for the rest.

    A sure answer of the rules costs nothing and sends nothing. Without a key for a model, the
    rules ask back or decline.
    """

    name = "auto"

    def __init__(self, settings: ModelSettings, plans: Plans) -> None:
        self._settings = settings
        self._plans = plans

    def plan(self, question: Question, view: View) -> Planning:
        yield Answering("rules")
        unsure = yield from _where_sure(_rules().plan(question, view))
        if unsure is None:
            return
        if not reachable(os.environ):
            yield unsure
            return
        claude = _claude(self._settings, self._plans)
        yield Answering(claude.name)
        yield from claude.plan(question, view)


class OrRules:
    """Asks a planner; where that fails the rules answer what they are sure of, and it is told.

    What neither answers ends in the error of the first.
    """

    def __init__(self, first: Planner) -> None:
        self.name = first.name
        self._first = first

    def plan(self, question: Question, view: View) -> Planning:
        try:
            yield from self._first.plan(question, view)
            return
        except (Cancelled, WorkerLost):
            raise
        except DipError as error:
            failed = error
        yield Answering("rules")
        unsure = yield from _where_sure(_rules().plan(question, view), _told(failed))
        if unsure is not None:
            raise failed


Ending = Clarification | Missing


def _where_sure(
    planning: Planning, notice: Check | None = None
) -> Generator[Proposal, Outcome, Ending | None]:
    """Pass a planner's proposals on until it is not sure; `notice` is told before its answer."""
    try:
        proposal = next(planning)
        while not isinstance(proposal, Ending):
            if notice and isinstance(proposal, AnswerStep):
                yield Noted(notice)
            outcome = yield proposal
            proposal = planning.send(outcome)
    except StopIteration:
        return None
    finally:
        planning.close()
    return proposal


def _told(error: DipError) -> Check:
    return Check(
        code="planner_fallback",
        message=f"{error.message} The rules answered instead.",
    )


def _rules() -> Planner:
    from .rules import RulesPlanner

    return RulesPlanner()


def _claude(settings: ModelSettings, plans: Plans) -> Planner:
    from .claude import ClaudePlanner
    from .remembered import Remembered

    claude = ClaudePlanner(settings)
    return Remembered(claude, settings, plans) if settings.keep else claude
