"""The three ways to get an answer: a question, a plan, a choice among readings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, TypeAlias

from pydantic import ValidationError

from ...types.errors import Cancelled, ConfigError, StreamBroken, from_wire
from ...types.events import CancelledEvent, Event, Failed, QueryResult
from ...types.glossary import Verified
from ...types.operations import FAMILIES, Operation, model
from ...types.plan import AnswerStep, OperationStep, Plan, Reading
from ...types.result import ResultFacts
from ...types.session import Settings
from ...types.values import Wire, encode


@dataclass(frozen=True)
class Ask:
    """A question in plain words."""

    question: str
    params: Mapping[str, Wire] = field(default_factory=dict)
    planner: str | None = None
    on: tuple[str, ...] = ()


@dataclass(frozen=True)
class RunPlan:
    """A plan as it stands, without a planner."""

    plan: Plan
    remember: bool = True
    """It is a turn of the conversation."""


@dataclass(frozen=True)
class Choose:
    """One reading of a question that came back with several."""

    result_id: str
    option: int


Request: TypeAlias = Ask | RunPlan | Choose


def ask(
    question: str,
    params: Mapping[str, object] | None,
    planner: str | None,
    on: str | Sequence[str] | None,
) -> Ask:
    """The request of a question, its bound values as they travel."""
    names = (on,) if isinstance(on, str) else tuple(on or ())
    bound = {name: wire(value) for name, value in (params or {}).items()}
    return Ask(question, bound, planner, names)


def wire(value: Any) -> Wire:
    """A bound value as JSON; a NumPy or pandas scalar is the Python value it stands for."""
    return encode(value.item() if hasattr(value, "item") else value)


def outcome(event: Event | None) -> ResultFacts:
    """What the last event of a run says: the answer, or the error it stands for, raised."""
    match event:
        case QueryResult():
            return event.payload
        case Failed():
            told = {"message": event.message, "hint": event.hint, "code": event.code}
            raise from_wire({**told, **event.error})
        case CancelledEvent():
            raise Cancelled("The question was stopped.", hint="Ask it again to get the answer.")
        case _:
            raise StreamBroken("The answer ended before its last event.", hint="Ask again.")


def statistic(op: str, table: str, arguments: Mapping[str, object]) -> RunPlan:
    """The plan of one named operation; raises `ConfigError` for what it does not know."""
    found = model(op)
    if found is None:
        raise ConfigError(
            f"There is no operation {op!r}.",
            hint=_like(op, [name for ops in FAMILIES.values() for name in ops]),
            code="unknown_operation",
        )
    try:
        operation = found.model_validate({**arguments, "op": op})
    except ValidationError as error:
        raise _unfit(found, error) from None
    step = OperationStep(name=op, table=table, operation=operation)
    answer = AnswerStep(table=op, reading=Reading(sources=(table,)))
    question = f"{operation.told} in {table}"
    return RunPlan(Plan(question=question, planner="statistic", steps=(step, answer)))


def _unfit(found: type[Operation], error: ValidationError) -> ConfigError:
    """An argument that an operation cannot take, with those it can."""
    first = error.errors()[0]
    where, op = ".".join(map(str, first["loc"])), found.model_fields["op"].default
    said = first["msg"].removeprefix("Value error, ").rstrip(".")
    known = ", ".join(name for name in found.model_fields if name != "op")
    message = f"{op} cannot take {where!r}: {said}." if where else f"{op}: {said}."
    return ConfigError(message, hint=f"Its arguments: {known}.", code="operation_arguments")


def _like(op: str, names: Sequence[str]) -> str:
    near = get_close_matches(op.casefold().replace("-", "_").replace(" ", "_"), names, cutoff=0.5)
    return f"Did you mean {' or '.join(near)}?" if near else f"There are: {', '.join(names)}."


def verified(facts: ResultFacts, name: str) -> Verified:
    """An answer as a question that is settled."""
    if facts.plan is None:
        raise ConfigError(
            "There is nothing to verify.", hint="Only a result with status 'answered' has a plan."
        )
    return Verified(question=facts.question, name=name, plan=facts.plan)


def changed(settings: Settings, changes: Mapping[str, object]) -> Settings:
    """The settings with changes; raises `ConfigError` naming one that cannot be used."""
    try:
        return Settings.model_validate(settings.model_dump() | dict(changes))
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"]))
        known = ", ".join(Settings.model_fields)
        hint = f"{first['msg']}." if key in Settings.model_fields else f"Settings: {known}."
        raise ConfigError(f"{key}={changes.get(key)!r} is no setting.", hint=hint) from None
