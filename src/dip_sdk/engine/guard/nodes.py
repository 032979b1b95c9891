"""The walk over a statement's tree: every node, function and type must be of the allowed ones."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from ...types.values import Wire
from .allowed import (
    CHANGING,
    FUNCTIONS,
    NODES,
    TABLE_FUNCTIONS,
    TYPES,
    WRITING,
)
from .names import nearest
from .rules import reject

TODAY = "today"


def check_nodes(tree: exp.Expr, params: Mapping[str, Wire]) -> tuple[str, ...]:
    """Check all nodes; the names of the bound values used. Raises `PlanRejected`."""
    used: dict[str, None] = {}
    for node in list(tree.walk()):
        _check_kind(node)
        if isinstance(node, exp.Anonymous):
            _check_function(node, params)
        elif isinstance(node, exp.DataType):
            _check_type(node)
        elif isinstance(node, exp.CurrentDate):
            used[_today(params)] = None
        elif isinstance(node, exp.Placeholder):
            used[_parameter(node, params)] = None
        else:
            _check_meaning(node)
    return tuple(used)


def _check_kind(node: exp.Expr) -> None:
    if type(node) in NODES:
        return
    if isinstance(node, WRITING):
        message = f"{node.key.upper()} is not a read."
        raise reject("read_only", message, "Only SELECT statements run.")
    if isinstance(node, exp.Func):
        raise _unknown_function(node.sql_name().lower())
    message = f"{type(node).__name__} is not part of the SQL that runs here."
    raise reject("syntax_not_allowed", message, "Write it with plain SELECT, JOIN and WITH.")


def _check_meaning(node: exp.Expr) -> None:
    """Refuse what is read otherwise than it looks, or by nobody."""
    if isinstance(node, exp.Join) and node.method == "NATURAL":
        message = "NATURAL JOIN joins on whatever columns have the same name."
        raise reject("syntax_not_allowed", message, "Name the columns with USING (...).")
    if isinstance(node, (exp.Any, exp.All)) and isinstance(node.parent, (exp.Like, exp.ILike)):
        message = "LIKE does not compare with several patterns at once."
        raise reject("syntax_not_allowed", message, "Join several LIKE with OR.")
    if isinstance(node, exp.WithinGroup) and node.find_ancestor(exp.WithinGroup):
        message = "A WITHIN GROUP stands in another."
        raise reject("syntax_not_allowed", message, "Compute the inner one in a step before.")
    if isinstance(node, exp.Limit) and not isinstance(node.parent, exp.Query):
        raise reject("syntax_not_allowed", "LIMIT is of a query.", "Put it after ORDER BY.")
    if isinstance(node, exp.Select) and not node.expressions:
        raise reject("parse_error", "SELECT names no columns.", "Write SELECT *, or the columns.")
    select = node.parent_select if isinstance(node, exp.Star) else None
    if select is not None and not select.args.get("from_"):
        raise reject("parse_error", "There is nothing that * could stand for.", "Add FROM.")


def _check_function(node: exp.Anonymous, params: Mapping[str, Wire]) -> None:
    name = node.name.lower()
    if isinstance(node.parent, exp.Table):
        if name not in TABLE_FUNCTIONS:
            message = f"{name}() cannot be read from."
            raise reject("table_function_not_allowed", message, "Read from the session's tables.")
    elif name == TODAY and TODAY in params and not node.expressions:
        node.replace(exp.CurrentDate())
    elif name in CHANGING or (name == "age" and len(node.expressions) == 1):
        raise _changing(name)
    elif name not in FUNCTIONS:
        raise _unknown_function(name)


def _changing(name: str) -> Exception:
    hint = "Write $today for the day of asking." if name not in ("random", "uuid") else ""
    return reject("not_repeatable", f"{name}() gives something else each time.", hint)


def _unknown_function(name: str) -> Exception:
    return reject(
        "function_not_allowed", f"The function {name}() is not allowed.", nearest(name, FUNCTIONS)
    )


def _check_type(node: exp.DataType) -> None:
    if node.this not in TYPES:
        message = f"The type {node.sql('duckdb')} is not supported."
        raise reject("syntax_not_allowed", message)


def _today(params: Mapping[str, Wire]) -> str:
    """CURRENT_DATE is the bound day, where there is one."""
    if TODAY not in params:
        raise _changing("current_date")
    return TODAY


def _parameter(node: exp.Placeholder, params: Mapping[str, Wire]) -> str:
    name = node.name
    if name not in params:
        hint = "Give it a value in params." if name else "Write $name, and give it a value."
        raise reject("parameter_missing", f"The parameter ${name} has no value.", hint)
    return name
