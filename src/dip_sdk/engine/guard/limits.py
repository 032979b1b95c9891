"""Bounds on what a statement's size and arguments can make an engine build."""

from __future__ import annotations

from sqlglot import exp

from .rules import reject

MAX_TREE = 800
"""Levels of the tree: long chains of AND, OR and + count here."""

MAX_ROWS = 1_000_000
"""Of range() and generate_series()."""

MAX_TEXT = 10_000
"""Characters that repeat(), lpad(), rpad(), bar() and a format's width can make."""


def check_depth(tree: exp.Expression) -> None:
    """Refuse a tree that is deeper than an engine walks. Raises `PlanRejected`."""
    level = [tree]
    for _ in range(MAX_TREE):
        level = [child for node in level for child in node.iter_expressions()]
        if not level:
            return
    message = f"The statement has a chain of more than {MAX_TREE} operators."
    raise reject("too_deep", message, "Write IN (...) for many alternatives, or split it.")


def check_arguments(tree: exp.Expression) -> None:
    """Refuse arguments that would build huge values. Raises `PlanRejected`."""
