"""Takes the values out of the answers in a notebook, before it is shared.

What stays is what the question's own cell tells anyway, who answered, which files and columns were
read, and the statements with `?` in place of every value. A hash of few values can be guessed, so
digests go too. What was computed by other means than dip is not touched.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from ..render.safe import in_html, in_markdown, plain
from ..types.saved import SAVED, Saved
from ..types.values import Wire
from .file import Kept, Notebook, answers, asks, cells, outputs

NOTICE = "The values of this answer were taken out before sharing. Run the cell to see them."
_HIDDEN = "value"


def strip(notebook: Notebook) -> tuple[Notebook, tuple[int, ...]]:
    """A copy without values, and the positions of the cells (from 1) that were changed.

    In a cell that asks, or that shows an answer, every output goes; so does the state of widgets.
    """
    shared = copy.deepcopy(notebook)
    metadata = shared.get("metadata")
    if isinstance(metadata, dict):
        metadata.pop("widgets", None)
    kept: dict[int, list[Kept]] = {}
    for answer in answers(notebook):
        kept.setdefault(answer.cell, []).append(answer)
    changed = []
    for number, cell in cells(shared):
        if outputs(cell) and (number in kept or asks(cell)):
            cell["outputs"] = [_emptied(answer) for answer in kept.get(number, [])]
            changed.append(number)
    return shared, tuple(changed)


def _emptied(kept: Kept) -> dict[str, Any]:
    """The output that takes the place of an answer's."""
    before = kept.saved
    lines = [NOTICE]
    codes: list[str] = []
    data: dict[str, Any] = {}
    if before:
        lines += _lines(before)
        codes = list(_statements(before))
        data[SAVED] = _shared(before).model_dump(mode="json")
    forms = {
        "text/plain": "\n".join([*map(plain, lines), *(plain(code, lines=True) for code in codes)]),
        "text/markdown": "\n\n".join([*map(in_markdown, lines), *map(in_markdown, codes)]),
        "text/html": "".join(
            [f"<p>{in_html(line)}</p>" for line in lines]
            + [f"<pre><code>{in_html(code, lines=True)}</code></pre>" for code in codes]
        ),
    }
    return {"output_type": "display_data", "metadata": {}, "data": {**forms, **data}}


def _lines(before: Saved) -> Iterator[str]:
    yield f"Answered by: {before.planner}."
    names = [origin.path or origin.name for origin in before.origins]
    if names:
        yield f"Read: {', '.join(names)}."


def _shared(before: Saved) -> Saved:
    """Who answered and from which files: no question, plan, column or digest that holds a value."""
    return Saved(
        question="",
        status=before.status,
        planner=before.planner,
        origins=before.origins,
        stripped=True,
    )


def _statements(before: Saved) -> Iterator[str]:
    """The plan's statements with `?` for values; one that cannot be parsed is left out."""
    from sqlglot import exp, parse_one
    from sqlglot.errors import SqlglotError

    known = _values(before)

    def hidden(node: exp.Expression) -> exp.Expression:
        if isinstance(node, (exp.Literal, exp.Parameter)):
            return exp.Placeholder()
        if isinstance(node, exp.Identifier) and node.name.casefold() in known:
            return exp.to_identifier(_HIDDEN)
        return node

    for step in before.plan.sql_steps if before.plan else ():
        try:
            tree = parse_one(step.sql, read="duckdb").transform(hidden)
            yield tree.sql("duckdb", pretty=True, comments=False)
        except SqlglotError:
            continue


def _values(before: Saved) -> set[str]:
    """Values that are known of the data: those shown, and those the plan names."""
    found: set[str] = set()
    bound = [value for step in before.plan.sql_steps for value in step.params.values()] if (
        before.plan
    ) else []  # fmt: skip
    for value in (*(cell for row in before.preview for cell in row), *bound):
        found |= _texts(value)
    return found


def _texts(value: Wire) -> set[str]:
    items = value if isinstance(value, list) else [value]
    return {str(item).casefold() for item in items if item is not None}
