"""What a statistical operation rests on and the data do not bear out: `assumption`."""

from __future__ import annotations

from collections.abc import Iterator

from ...types.result import Check
from .context import Context, finding


def assumptions(context: Context) -> Iterator[Check]:
    """The assumptions of the answer's operations that do not hold."""
    rests = set(context.rests_on())
    for step in context.plan.operations:
        made = context.made.get(step.name)
        if made is None or step.name not in rests:
            continue
        for assumption in made.assumptions:
            if assumption.holds is False:
                name = assumption.name.replace("_", " ")
                message = f"Not borne out by the data: {name}. {assumption.message}"
                yield finding("assumption", message, operation=step.operation.op)
