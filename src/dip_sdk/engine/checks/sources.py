"""What looked wrong when the tables were read: `bad_lines`."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from ...types.result import Check
from .context import Context, finding

MOST = 5


def bad_lines(context: Context) -> Iterator[Check]:
    """The problems of the tables that the answer rests on, those of unused columns left out."""
    trees = [context.trees[step] for step in context.lineage()]
    read = {node.name.casefold() for tree in trees for node in tree.find_all(exp.Table)}
    used = {node.name.casefold() for tree in trees for node in tree.find_all(exp.Column)}
    starred = any(select.is_star for tree in trees for select in tree.find_all(exp.Select))
    for table in context.view.tables:
        if table.name.casefold() not in read:
            continue
        for problem in table.problems[:MOST]:
            if problem.column is None or starred or problem.column.casefold() in used:
                yield finding(
                    "bad_lines",
                    f"{table.name}: {problem.message}",
                    warns=False,
                    table=table.name,
                    problem=problem.code,
                    count=problem.count,
                )
