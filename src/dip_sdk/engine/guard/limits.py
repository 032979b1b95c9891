"""Bounds on what a statement's depth and arguments can make an engine build."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from sqlglot import exp

from .rules import reject

MAX_TREE = 800
"""Levels of the tree: long chains of AND, OR and + count here."""

MAX_TEXT = 10_000
"""Characters or items that one call of repeat(), lpad(), ... may make."""

MAX_LIST = 1_000_000
"""Items of a list made by range() or generate_series()."""

MAX_ROWS = 10_000_000
"""Rows of range() or generate_series() in FROM, and of a sample."""

SIZED = {
    "repeat": 1, "lpad": 1, "rpad": 1, "bar": 3, "to_base": 2, "list_resize": 1, "array_resize": 1,
    "equi_width_bins": 2,
}  # fmt: skip
"""Functions that build a value as large as one of their arguments says, and which."""

SERIES = {"range", "generate_series"}
LONG_STEPS = {"DAY", "WEEK", "MONTH", "QUARTER", "YEAR", "DECADE", "CENTURY"}

WIDE = re.compile(r"\d{4,}|\*|\{[^{}]*\{")
"""In a format: a width of four digits or more, or one that an argument gives."""


@dataclass(frozen=True)
class Bound:
    """An argument that is computed, and what may not be above the limit when it is."""

    name: str
    argument: exp.Expr
    size: exp.Expr
    limit: int


def check_depth(tree: exp.Expr) -> None:
    """Refuse a tree that is deeper than an engine walks. Raises `PlanRejected`."""
    level = [tree]
    for _ in range(MAX_TREE):
        level = [child for node in level for child in node.iter_expressions()]
        if not level:
            return
    message = f"The statement has a chain of more than {MAX_TREE} operators."
    raise reject("too_deep", message, "Write IN (...) for many alternatives, or split it.")


def check_arguments(tree: exp.Expr) -> list[Bound]:
    """Refuse arguments that would build huge values; those that are computed get a bound."""
    bounds: list[Bound] = []
    for node in tree.walk():
        if isinstance(node, exp.TableSample):
            _check_sample(node)
        elif isinstance(node, exp.Anonymous) and (check := _checks.get(node.name.lower())):
            if isinstance(node.parent, exp.Dot):
                raise _refused(node, "is not called with a dot", "Write it as name(x, ...).")
            check(node, bounds)
    return bounds


def bind(bounds: list[Bound]) -> None:
    """Make a computed argument an error when it turns out above its bound."""
    for bound in bounds:
        text = f"{bound.name}() would make more than {bound.limit:,} items"
        failing = exp.Anonymous(this="error", expressions=[exp.Literal.string(text)])
        over = exp.GT(this=exp.paren(bound.size.copy()), expression=exp.Literal.number(bound.limit))
        checked = exp.case().when(over, failing).else_(bound.argument.copy())
        bound.argument.replace(checked)


def _check_sized(node: exp.Anonymous, bounds: list[Bound]) -> None:
    position = SIZED[node.name.lower()]
    if position < len(node.expressions):
        size = node.expressions[position]
        number = _number(size)
        if number is None:
            bounds.append(_bound(node, size, size, MAX_TEXT))
        elif number > MAX_TEXT:
            raise _refused(node, f"would make more than {MAX_TEXT:,} items", "Make it smaller.")


def _check_format(node: exp.Anonymous, _: list[Bound]) -> None:
    pattern = node.expressions[0] if node.expressions else None
    if not isinstance(pattern, exp.Literal):
        raise _refused(node, "takes its format from elsewhere", "Write the format as a text.")
    if WIDE.search(pattern.name):
        raise _refused(node, "has a format that makes too wide a text", "Leave out the width.")


def _check_series(node: exp.Anonymous, bounds: list[Bound]) -> None:
    in_from = isinstance(node.parent, exp.Table)
    limit = MAX_ROWS if in_from else MAX_LIST
    numbers = [_number(argument) for argument in node.expressions]
    if None not in numbers:
        _check_count(node, [number for number in numbers if number is not None], limit)
    elif not in_from:  # rows come as they are read, and can be stopped; a list is made at once
        _check_computed_list(node, bounds)


def _check_count(node: exp.Anonymous, numbers: list[float], limit: int) -> None:
    start, stop, step = {1: [0, *numbers, 1], 2: [*numbers, 1]}.get(len(numbers), numbers[:3])
    if step and abs(stop - start) / abs(step) > limit:
        raise _refused(node, f"would make more than {limit:,} items", "Make it shorter.")


def _check_computed_list(node: exp.Anonymous, bounds: list[Bound]) -> None:
    arguments = node.expressions
    step = arguments[2] if len(arguments) == 3 else None
    if step is None or (_number(step) or 0) != 0:
        stop = arguments[min(1, len(arguments) - 1)]
        span = stop if len(arguments) == 1 else exp.paren(stop.copy()) - arguments[0].copy()
        bounds.append(_bound(node, stop, exp.func("abs", span.copy()), MAX_LIST))
    elif not (isinstance(step, exp.Interval) and _is_long(step)):
        hint = "Read it in FROM: FROM generate_series(...) AS s(moment)."
        raise _refused(node, "makes a list of unknown length", hint)


def _bound(node: exp.Anonymous, argument: exp.Expr, size: exp.Expr, limit: int) -> Bound:
    if any(_builds(part) for part in argument.walk()):
        raise _refused(node, "has a size that is not simple", "Give it a number.")
    return Bound(node.name.lower(), argument, size, limit)


def _builds(node: exp.Expr) -> bool:
    """Sizes within sizes are refused: bounding them would repeat their text again and again."""
    return isinstance(node, exp.Query) or (
        isinstance(node, exp.Anonymous) and node.name.lower() in _checks
    )


def _number(node: exp.Expr) -> float | None:
    if isinstance(node, exp.Neg):
        inner = _number(node.this)
        return None if inner is None else -inner
    return float(node.name) if isinstance(node, exp.Literal) and not node.is_string else None


def _is_long(step: exp.Interval) -> bool:
    unit = step.args.get("unit")
    number = step.this.name if isinstance(step.this, exp.Literal) else ""
    counts = number.removeprefix("-").isdigit() and int(number) != 0
    return unit is not None and unit.name.upper().removesuffix("S") in LONG_STEPS and counts


def _check_sample(node: exp.TableSample) -> None:
    size = node.args.get("size")
    if size is not None and (_number(size) is None or float(size.name) > MAX_ROWS):
        message = f"A sample has at most {MAX_ROWS:,} rows."
        raise reject("argument_too_large", message, "Make it smaller.")
    if node.args.get("seed") is None:
        message = "A sample without a seed is another one each time."
        raise reject("not_repeatable", message, "Add REPEATABLE (42) after it.")


def _refused(node: exp.Anonymous, why: str, hint: str) -> Exception:
    return reject("argument_too_large", f"{node.name.lower()}() {why}.", hint)


_checks: dict[str, Callable[[exp.Anonymous, list[Bound]], None]] = {
    **dict.fromkeys(SIZED, _check_sized),
    **dict.fromkeys(SERIES, _check_series),
    "format": _check_format,
    "printf": _check_format,
}
