"""Ask question sets through the public client: `python benchmarks/accuracy.py --data DIR --out F`.

A set is a file of JSON lines: `id`, `source`, `question`, `table_files` (paths below DIR), and
perhaps `constraints` and `format`, which are typed after the question. F gets a prediction a line,
`{"id", "answer", "abstained"}`; `F.details` beside it what was done: status, plan, SQL, checks,
seconds, tokens. A `score.py` in DIR, where there is one, is asked for the figures.

Questions are asked as a user asks them: nothing here knows of a set or of a question. Those over
the same tables share a session, in the order of the file.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

import dip_sdk
from dip_sdk.client import Result
from dip_sdk.types.errors import DipError

ROWS = 10_000
"""Rows of an answer that are kept."""
CHARTS = {
    "stacked": "stacked bar",
    "grouped": "grouped bar",
}
"""What people call a mark, where it is another word."""


@dataclass(frozen=True)
class Item:
    """One question with the files it is about."""

    id: str
    source: str
    text: str
    files: tuple[str, ...]
    kind: str
    """What the gold holds: rows, values, labels, chart, stat, unanswerable."""


@dataclass
class Asked:
    """What became of a question."""

    id: str
    source: str
    answer: Any = None
    status: str = "failed"
    seconds: float = 0.0
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def prediction(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "answer": self.answer,
            "abstained": self.status in ("clarify", "cannot_answer"),
        }

    @property
    def record(self) -> dict[str, Any]:
        told = {"status": self.status, "seconds": round(self.seconds, 4), **self.details}
        return {"id": self.id, "source": self.source, **told}


def items(folder: Path, sets: Sequence[str], half: str | None) -> list[Item]:
    """The questions of a folder, or of its named sets: all, those read or those kept unread."""
    lines = chain.from_iterable(
        path.read_text(encoding="utf8").splitlines()
        for path in sorted(folder.glob("*.jsonl"))
        if not sets or path.stem in sets
    )
    records = [json.loads(line) for line in lines if line.strip()]
    return [_item(r) for r in records if half is None or half_of(r["id"]) == half]


def half_of(question_id: str) -> str:
    """`tune` or `kept`: whether a question may be read while rules are written; always the same.

    At first a half of each set was kept; of that a half was read since, and of the rest again a
    half: sets are rotated.
    """
    unread = all(byte % 2 for byte in hashlib.sha1(question_id.encode()).digest()[-3:])
    return "kept" if unread else "tune"


def _item(record: dict[str, Any]) -> Item:
    typed = (record.get(key) for key in ("question", "constraints", "format"))
    text = "\n\n".join(part.strip() for part in typed if part)
    kind = record.get("gold", {}).get("type", "rows")
    return Item(record["id"], record["source"], text, tuple(record["table_files"]), kind)


def ask_group(folder: Path, group: Sequence[Item], planner: str, *, fresh: bool) -> list[Asked]:
    """Ask the questions over one set of tables, in one session or in one each."""
    with tempfile.TemporaryDirectory(prefix="dip-accuracy-") as work:
        client = dip_sdk.Client(planner=planner, workdir=work)
        with client, contextlib.ExitStack() as sessions:
            session, asked = None, []
            for item in group:
                if session is None or fresh:
                    session = sessions.enter_context(client.session())
                    session.upload(*(folder / file for file in item.files))
                asked.append(_ask(session, item))
            return asked


def _ask(session: dip_sdk.Session, item: Item) -> Asked:
    asked = Asked(item.id, item.source)
    started = time.perf_counter()
    try:
        result = session.query(item.text)
        asked.seconds = time.perf_counter() - started
        asked.status = result.status
        asked.details = _details(result)
        if result.status == "answered":
            asked.answer = answer_of(result, item.kind)
    except DipError as error:
        asked.seconds = asked.seconds or time.perf_counter() - started
        asked.details = {"error": error.code, "message": error.message}
    return asked


def _details(result: Result) -> dict[str, Any]:
    facts = result.facts
    missing = facts.missing.model_dump(exclude_defaults=True) if facts.missing else None
    options = facts.clarification.options if facts.clarification else ()
    return {
        "planner": facts.planner,
        "explanation": facts.explanation,
        "missing": missing,
        "options": [option.label for option in options],
        "sql": facts.sql,
        "checks": [check.code for check in facts.checks],
        "usage": facts.usage.model_dump(),
        "plan": facts.plan.model_dump(mode="json") if facts.plan else None,
    }


def answer_of(result: Result, kind: str) -> Any:
    """An answer in the form that its kind of gold is compared in."""
    rows = list(_rows(result))
    match kind:
        case "chart":
            return _chart(result, rows)
        case "stat":
            return _statistic(result, rows)
        case "labels":
            return _labels(result, rows)
    return rows


def _rows(result: Result) -> Iterator[list[Any]]:
    kept = 0
    for page in result.pages():
        for row in page.rows:
            yield [_shown(value) for value in row]
            kept += 1
            if kept == ROWS:
                return


def _shown(value: Any) -> Any:
    """Yes, no and times as a table shows them: `true`, `2024-03-01 09:30:00`."""
    if isinstance(value, bool):
        return str(value).lower()
    return _TIME.sub(r"\1 \2", value) if isinstance(value, str) else value


_TIME = re.compile(r"^(\d{4}-\d\d-\d\d)T(\d\d:\d\d.*)$")


def _chart(result: Result, rows: list[list[Any]]) -> dict[str, Any]:
    """The chart by name, with the points that its table holds for it."""
    step = result.plan.chart
    if step is None:
        return {"chart": "", "points": rows}
    told = result.plan.answer.columns if result.plan.answer else ()
    renamed = {column.label: column.column for column in told if column.label}
    names = [renamed.get(column.name, column.name) for column in result.columns]
    shown = [names.index(name) for name in (step.x, step.y, step.series) if name in names]
    called = CHARTS.get(step.mark, step.mark)
    split = step.series is not None and step.mark in ("line", "scatter")
    points = [[row[at] for at in shown] for row in rows]
    return {"chart": f"grouped {called}" if split else called, "points": points}


def _statistic(result: Result, rows: list[list[Any]]) -> dict[str, Any]:
    """The method by name, where it is a test, and every number of the answer's rows."""
    names = [column.name for column in result.columns]
    done = [step for step in result.plan.operations if step.operation.op != "describe"]
    numbers = {f"{n}_{i}" if i else n: v for i, r in enumerate(rows) for n, v in _named(names, r)}
    method = {"method": done[-1].operation.called or done[-1].operation.op} if done else {}
    return {**numbers, **method}


def _named(names: list[str], row: list[Any]) -> Iterable[tuple[str, Any]]:
    return zip(names, row, strict=True)


def _labels(result: Result, rows: list[list[Any]]) -> Any:
    """One row by its columns' names; one value alone; else the rows."""
    if len(rows) != 1:
        return rows
    names = [column.name for column in result.columns]
    return rows[0][0] if len(names) == 1 else dict(_named(names, rows[0]))


def groups(found: Sequence[Item]) -> list[list[Item]]:
    """The questions over the same tables together."""
    together: dict[tuple[str, ...], list[Item]] = defaultdict(list)
    for item in found:
        together[item.files].append(item)
    return list(together.values())


def ask_all(folder: Path, found: Sequence[Item], given: argparse.Namespace) -> Iterator[Asked]:
    """Ask every question, several groups at a time."""
    with ProcessPoolExecutor(max_workers=given.jobs) as pool:
        running = [
            pool.submit(ask_group, folder, group, given.planner, fresh=given.fresh)
            for group in groups(found)
        ]
        for future in running:
            yield from future.result()


def report(asked: Sequence[Asked]) -> None:
    """Seconds a question and what was spent, by set."""
    by_set: dict[str, list[Asked]] = defaultdict(list)
    for one in asked:
        by_set[one.source].append(one)
    for source, ones in by_set.items():
        took = sorted(one.seconds for one in ones)
        slow = took[min(len(took) - 1, int(0.95 * len(took)))]
        failed = sum(one.status == "failed" for one in ones)
        spent = [one.details.get("usage") or {} for one in ones]
        tokens = sum(u.get("tokens_in", 0) + u.get("tokens_out", 0) for u in spent)
        print(
            f"{source:14} {len(ones):4} asked  median {statistics.median(took):6.3f} s  "
            f"p95 {slow:6.3f} s  failed {failed}  tokens {tokens}"
        )


def score(folder: Path, found: Sequence[Item], out: Path) -> None:
    """The figures of the data's own script, over the questions that were asked."""
    script = folder / "score.py"
    if not script.is_file():
        return
    asked = {item.id for item in found}
    lines = chain.from_iterable(
        path.read_text(encoding="utf8").splitlines() for path in sorted(folder.glob("*.jsonl"))
    )
    with tempfile.TemporaryDirectory() as work:
        gold = Path(work) / "asked.jsonl"
        kept = (line for line in lines if line.strip() and json.loads(line)["id"] in asked)
        gold.write_text("\n".join(kept), encoding="utf8")
        wrong = ["--errors", f"{out}.wrong"]
        subprocess.run([sys.executable, script, out, "--gold", gold, *wrong], check=True)


def write(path: Path, records: Iterable[dict[str, Any]]) -> None:
    """Records as JSON lines."""
    told = (json.dumps(record, ensure_ascii=False, default=str) for record in records)
    path.write_text("".join(f"{line}\n" for line in told), encoding="utf8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the question sets")
    parser.add_argument("--out", type=Path, required=True, help="predictions, one a line")
    parser.add_argument("--planner", choices=("rules", "claude", "auto"), default="rules")
    parser.add_argument("--sets", default="", help="names of sets, separated by commas")
    parser.add_argument("--half", choices=("tune", "kept"))
    parser.add_argument("--sample", type=int, help="so many questions, drawn by --seed")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--fresh", action="store_true", help="a session for each question")
    given = parser.parse_args()
    found = items(given.data, [name for name in given.sets.split(",") if name], given.half)
    if given.sample and given.sample < len(found):
        found = random.Random(given.seed).sample(found, given.sample)
    asked = list(ask_all(given.data, found, given))
    write(given.out, (one.prediction for one in asked))
    write(Path(f"{given.out}.details"), (one.record for one in asked))
    report(asked)
    score(given.data, found, given.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
