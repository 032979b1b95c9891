"""`dip inspect`: the tables of files, their columns, and how they were read."""

from __future__ import annotations

import json
from argparse import Namespace

from ..types.dataset import Table
from .console import Progress, say, width
from .exits import ANSWERED
from .reading import read_options


def run(options: Namespace) -> int:
    from ..client import Client

    with Client() as client:
        session = client.session()
        with Progress() as progress:
            session.upload(*options.words, on_progress=progress.tell_share, **read_options(options))
            tables = session.tables()
            if options.full:
                tables = tuple(session.profile(table.name) for table in tables)
    if options.json:
        say(json.dumps([as_json(table) for table in tables], ensure_ascii=False))
    else:
        from ..render.text import tables as text

        say(text(tables, width=width()).rstrip("\n"))
    return ANSWERED


def as_json(table: Table) -> dict[str, object]:
    """What is known of a table, without where it is stored."""
    told = table.model_dump(
        mode="json", include={"name", "source", "rows", "parsed", "problems", "fingerprint"}
    )
    profiles = {column.name: column for column in table.profile or ()}
    columns = [
        column.model_dump(mode="json", include={"name", "type", "label"}, exclude_defaults=True)
        | (
            {"profile": profiles[column.name].model_dump(mode="json", exclude={"name", "type"})}
            if column.name in profiles
            else {}
        )
        for column in table.visible
    ]
    return told | {"columns": columns}
