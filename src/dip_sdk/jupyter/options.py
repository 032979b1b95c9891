"""The options of `%ask`, written once: read, explained in the help, and completed from here."""

from __future__ import annotations

import argparse
import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import NoReturn

from ..types.errors import ConfigError


def _charts() -> tuple[str, ...]:
    from typing import get_args

    from ..types.plan import Mark

    return ("auto", "none", *get_args(Mark))


def _planners() -> tuple[str, ...]:
    from ..client.core.config import PLANNERS

    return PLANNERS


def _privacy() -> tuple[str, ...]:
    from ..client.core.config import PRIVACY

    return PRIVACY


@dataclass(frozen=True)
class Option:
    """One option: how it is written, what its value is called ("" for a switch), what it does."""

    flags: tuple[str, ...]
    value: str
    help: str
    choices: Callable[[], tuple[str, ...]] | None = None
    """The values there are, found when they are wanted: they load the models."""

    @property
    def name(self) -> str:
        return self.flags[-1].removeprefix("--").replace("-", "_")


OPTIONS = (
    Option(("-o", "--out"), "NAME", "keep the answer as the variable NAME (`_ask` is the last)"),
    Option(("--on",), "A,B", "ask only these: DataFrames, files, tables, earlier answers"),
    Option(("-s", "--session"), "NAME", "a session that lasts, by name"),
    Option(("--chart",), "KIND", "auto, none, or a kind: bar, line, scatter, ...", _charts),
    Option(("--limit",), "N", "rows shown (20)"),
    Option(("--planner",), "NAME", "who understands: auto, rules, claude", _planners),
    Option(("--model",), "ID", "the model that is asked"),
    Option(("--privacy",), "MODE", "what a model may see: schema, profile, results", _privacy),
    Option(("--backend",), "URL", "ask a backend instead of this process"),
    Option(("--upload",), "", "let this session's DataFrames go to the backend"),
    Option(("--choose",), "N", "settle a question that came back, by its reading N (from 1)"),
    Option(("--dry-run",), "", "show the plan and what would be sent; keep no answer"),
    Option(("--rerun",), "", "compute the same question's last plan again, without a planner"),
    Option(("--plan",), "FILE", "run a plan (JSON) instead of asking"),
    Option(("--edit",), "", "put the statement into a new cell, to change and run it"),
    Option(("--statement",), "ANSWER", "run the SQL below in place of that of an earlier answer"),
    Option(("--sql",), "", "show the statement only"),
    Option(("--table",), "", "add a live table: sorts and searches while the kernel runs"),
    Option(("-q", "--quiet"), "", "show the sentence only"),
    Option(("--force",), "", "let -o replace a variable that is no answer"),
    Option(("--debug",), "", "show the traceback of an error"),
)

FLAGS = {flag: option for option in OPTIONS for flag in option.flags}


@dataclass(frozen=True)
class Asked:
    """A line and cell of `%ask`, read."""

    question: str = ""
    out: str | None = None
    on: str | None = None
    session: str | None = None
    chart: str = "auto"
    limit: int = 20
    planner: str | None = None
    model: str | None = None
    privacy: str | None = None
    backend: str | None = None
    choose: int | None = None
    plan: str | None = None
    statement: str | None = None
    upload: bool = False
    dry_run: bool = False
    rerun: bool = False
    edit: bool = False
    sql: bool = False
    table: bool = False
    quiet: bool = False
    force: bool = False
    debug: bool = False

    @property
    def named(self) -> tuple[str, ...]:
        """What `--on` names."""
        return tuple(part.strip() for part in (self.on or "").split(",") if part.strip())


def read(line: str, cell: str | None = None) -> Asked:
    """The options in front, then the question: the rest of the line and what stands below.

    Raises `ConfigError` for an option or a value that is none.
    """
    words, rest = split(line)
    question = "\n".join(part.strip() for part in (rest, cell or "") if part.strip())
    late = next((word for word in rest.split() if word in FLAGS), None)
    if late:
        raise wrong(f"{late} stands behind the question.", "Options come before it. ")
    given = vars(_parser().parse_args(words))
    asked = Asked(question=question, **{k: v for k, v in given.items() if v is not None})
    for number, flag in ((asked.limit, "--limit"), (asked.choose, "--choose")):
        if number is not None and number < 1:
            raise wrong(f"{flag} {number} is below 1.")
    return asked


_WORD = re.compile(r"""\s*("[^"]*"|'[^']*'|\S+)""")


def split(line: str) -> tuple[list[str], str]:
    """The leading options with their values, and the rest as it was written."""
    words: list[str] = []
    at = 0
    while (word := _WORD.match(line, at)) and re.match(r"--?[A-Za-z]", word[1]):
        words.append(word[1])
        at = word.end()
        option = FLAGS.get(word[1])
        if option and option.value and (value := _WORD.match(line, at)):
            words.append(_unquoted(value[1]))
            at = value.end()
    return words, line[at:].removeprefix(" -- ").strip()


def _unquoted(word: str) -> str:
    quoted = len(word) > 1 and word[0] == word[-1] and word[0] in "\"'"
    return word[1:-1] if quoted else word


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        unknown = re.match(r"unrecognized arguments: (\S+)", message)
        if unknown:
            near = get_close_matches(unknown[1], FLAGS, n=1, cutoff=0.5)
            raise wrong(
                f"%ask has no option {unknown[1]}.", f"Did you mean {near[0]}? " if near else ""
            )
        choice = re.match(r"argument (\S+): invalid choice: '(.*)' \(choose", message)
        if choice:
            raise _wrong_choice(choice[1].split("/")[-1], choice[2])
        said = message.removeprefix("argument ").rstrip(".")
        raise wrong(f"{said[:1].upper()}{said[1:]}.".replace("invalid int value", "no number"))


def wrong(message: str, near: str = "") -> ConfigError:
    """An option that cannot be used as it was."""
    return ConfigError(message, hint=f"{near}%ask? lists the options.", code="option")


def _wrong_choice(flag: str, given: str) -> ConfigError:
    choices = FLAGS[flag].choices
    known = choices() if choices else ()
    near = get_close_matches(given, known, n=1)
    hint = f"Did you mean {near[0]}? " if near else f"Choose one of: {', '.join(known)}. "
    return wrong(f"{flag} cannot be {given!r}.", hint)


def _parser() -> _Parser:
    parser = _Parser(prog="%ask", add_help=False, allow_abbrev=False)
    for option in OPTIONS:
        if not option.value:
            parser.add_argument(*option.flags, action="store_true", dest=option.name)
            continue
        choices = option.choices() if option.choices else None
        kind = int if option.value == "N" else str
        parser.add_argument(*option.flags, dest=option.name, choices=choices, type=kind)
    return parser


def usage() -> str:
    """The help that `%ask?` shows: every option on a line of its own."""
    width = max(len(_written(option)) for option in OPTIONS) + 2
    lines = [f"  {_written(option):<{width}}{option.help}" for option in OPTIONS]
    return f"{_HEAD}\n\n" + "\n".join(lines) + f"\n\n{_FOOT}"


def _written(option: Option) -> str:
    return f"{', '.join(option.flags)} {option.value}".strip()


_HEAD = textwrap.dedent("""\
    Ask a question of your data: a sentence, a table, a chart, and how it was computed.

        %ask total sales by region
        top = %ask top 5 products by revenue

        %%ask -o north --on sales,regions.csv
        total sales in {region} by month

    It sees the DataFrames that the question names (or --on, or the only one there is), files by
    name, and earlier answers by the name they were given. {region} binds a value of the kernel.
    Options stand before the question:""")

_FOOT = textwrap.dedent("""\
    An answer: .to_pandas(), .page(2), .export("x.xlsx"), .chart, .sql, .plan, .sent, .replay().""")
