"""The arguments of every `dip` command; what a command does is loaded when it is called."""

from __future__ import annotations

from argparse import (
    ArgumentParser,
    ArgumentTypeError,
    BooleanOptionalAction,
    Namespace,
)
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

from .._version import __version__

PLANNERS = ("auto", "rules", "claude")
EXITS = "exit codes: 0 answered, 3 clarify, 4 cannot answer, 2 usage, 1 failure"


def parse(arguments: Sequence[str] | None = None) -> Namespace:
    """What was asked for; its `run` is the command. Wrong usage ends the process with code 2."""
    top = _parser()
    options, rest = top.parse_known_args(arguments)
    if rest and ("words" not in options or any(word.startswith("-") for word in rest)):
        top.error(f"dip {options.command} does not know {' '.join(rest)}")
    if rest:  # argparse takes no words behind an option: `dip ask sales.csv --json "question"`
        options.words += rest
    return options


def _parser() -> ArgumentParser:
    top = ArgumentParser(
        prog="dip", description="Ask a question of data in plain words, and trust the answer."
    )
    top.add_argument("--version", action="version", version=f"dip {__version__}")
    top.set_defaults(run=lambda options: top.error("say what to do: dip ask, dip inspect, ..."))
    commands = top.add_subparsers(title="commands", metavar="COMMAND", dest="command")
    shared = ArgumentParser(add_help=False)
    shared.add_argument("--debug", action="store_true", help="show a traceback when it fails")
    for add in (
        _ask, _inspect, _demo, _doctor, _clean, _serve, _mcp, _backup, _restore, _check, _strip,
    ):  # fmt: skip
        add(commands, shared)
    top.set_defaults(debug=False)
    return top


def _ask(commands: Any, shared: ArgumentParser) -> None:
    ask = commands.add_parser(
        "ask",
        help="answer a question about files",
        parents=[shared],
        usage="dip ask [FILE ...] QUESTION [options]",
        description="Answer a question about files. The last argument is the question.",
        epilog=EXITS,
    )
    ask.add_argument("words", nargs="+", metavar="FILE ... QUESTION", help="files, then a question")
    ask.add_argument("--json", action="store_true", help="print the whole answer as JSON")
    ask.add_argument(
        "-o", "--output", metavar="FILE", help="write the rows to .csv, .xlsx, .json or .parquet"
    )
    ask.add_argument(
        "--chart", metavar="FILE", help="write the chart to .html, .svg, .png or .json"
    )
    ask.add_argument("--sql", action="store_true", help="print only the SQL that made the answer")
    ask.add_argument("--limit", type=_count, metavar="N", help="print at most N rows")
    ask.add_argument("--choose", type=_count, metavar="N", help="take the Nth reading, from 1")
    ask.add_argument("--session", metavar="NAME", help="ask in a session that lasts")
    _asking(ask)
    _reading(ask)
    ask.set_defaults(run=_command("ask"))


def _inspect(commands: Any, shared: ArgumentParser) -> None:
    inspect = commands.add_parser(
        "inspect", help="show the tables of files and how they were read", parents=[shared]
    )
    inspect.add_argument("words", nargs="+", metavar="FILE")
    inspect.add_argument("--json", action="store_true", help="print it as JSON")
    inspect.add_argument("--full", action="store_true", help="compute each column's full profile")
    _reading(inspect)
    inspect.set_defaults(run=_command("inspect"))


def _demo(commands: Any, shared: ArgumentParser) -> None:
    demo = commands.add_parser(
        "demo", help="six questions about data that comes with dip", parents=[shared]
    )
    demo.add_argument(
        "--report", metavar="FILE", default="dip-report.html", help="where the report goes"
    )
    demo.add_argument("--no-report", action="store_true", help="write no report")
    demo.add_argument("--data", metavar="FOLDER", help="other data of the same tables and columns")
    demo.set_defaults(run=_command("demo"))


def _doctor(commands: Any, shared: ArgumentParser) -> None:
    doctor = commands.add_parser("doctor", help="what works on this machine", parents=[shared])
    doctor.add_argument("--json", action="store_true", help="print it as JSON")
    doctor.set_defaults(run=_command("doctor"))


def _clean(commands: Any, shared: ArgumentParser) -> None:
    clean = commands.add_parser(
        "clean",
        help="delete what sessions left behind",
        parents=[shared],
        description="Show and delete the folders of sessions: leftovers of ended ones, and on "
        "request sessions with a name. One that is open somewhere is never touched.",
    )
    clean.add_argument(
        "--session", action="append", default=[], metavar="NAME", help="delete this one too"
    )
    clean.add_argument("--named", action="store_true", help="delete all sessions with a name too")
    clean.add_argument("--older-than", type=float, metavar="DAYS", help="only what is older")
    clean.add_argument("--dry-run", action="store_true", help="show, delete nothing")
    clean.add_argument("--yes", action="store_true", help="delete without asking")
    clean.set_defaults(run=_command("clean"))


def _check(commands: Any, shared: ArgumentParser) -> None:
    check = commands.add_parser(
        "check",
        help="whether the answers saved in a notebook, or written in a file, still hold",
        parents=[shared],
        description="Compute the answers of a notebook again, from their plans and files, without "
        "a model; or ask the questions of a .yml file and compare. The file is never changed.",
        epilog="exit codes: 0 all hold, 1 something changed or failed, 2 usage",
    )
    check.add_argument("file", metavar="FILE", help="a notebook, or questions in YAML")
    check.add_argument("--planner", choices=PLANNERS, help="who understands questions in YAML")
    check.add_argument("--execute", action="store_true", help="run a copy in a fresh kernel")
    check.add_argument("--json", action="store_true", help="print it as JSON")
    check.set_defaults(run=_command("check"))


def _strip(commands: Any, shared: ArgumentParser) -> None:
    strip = commands.add_parser(
        "strip",
        help="take the values out of a notebook's answers before sharing it",
        parents=[shared],
        description="Write the notebook without tables, charts and values of its answers; to "
        "stdout unless told.",
    )
    strip.add_argument("notebook", metavar="NOTEBOOK")
    strip.add_argument("-o", "--output", metavar="FILE", help="where it goes")
    strip.add_argument("--in-place", action="store_true", help="change the file itself")
    strip.set_defaults(run=_command("strip"))


def _asking(command: ArgumentParser) -> None:
    """Who understands the question, what a model may see, and what it may cost."""
    group = command.add_argument_group("asking a model")
    group.add_argument("--planner", choices=PLANNERS, help="who understands the question")
    group.add_argument("--model", metavar="ID", help="which model, where one is asked")
    group.add_argument(
        "--privacy",
        choices=("schema", "profile", "results"),
        default="results",
        help="what a model may see: names; statistics too; the first rows of its steps too",
    )
    group.add_argument("--budget", type=float, metavar="USD", help="what a question may cost")
    group.add_argument(
        "--no-cache",
        dest="cache",
        action="store_false",
        help="ask the model even where the same question was answered on the same data",
    )


def _serve(commands: Any, shared: ArgumentParser) -> None:
    serve = commands.add_parser(
        "serve",
        help="answer over HTTP and WebSocket, for a team or a page",
        parents=[shared],
        description="Without settings everything is in one folder of yours, for this machine "
        "alone. DIP_DATABASE_URL, DIP_REDIS_URL, DIP_OBJECTS and DIP_SECRET make it a server.",
    )
    serve.add_argument("--host", default="127.0.0.1", help="127.0.0.1 answers this machine alone")
    serve.add_argument("--port", type=_count, default=8765, metavar="N")
    serve.add_argument("--workers", type=_count, default=1, metavar="N", help="processes")
    serve.add_argument("--check", action="store_true", help="say what is missing, and end")
    serve.add_argument(
        "--migrate", action="store_true", help="bring the database to this version, and end"
    )
    serve.set_defaults(run=_command("serve"))


def _mcp(commands: Any, shared: ArgumentParser) -> None:
    mcp = commands.add_parser(
        "mcp",
        help="answer an assistant: Claude Code, jupyter-ai, VS Code",
        parents=[shared],
        description="Serve the files to an assistant by the Model Context Protocol: over stdin and "
        "stdout, or with --http over HTTP. It reads these files and no others.",
    )
    mcp.add_argument("words", nargs="+", metavar="FILE")
    mcp.add_argument(
        "--http",
        metavar="HOST:PORT",
        help="listen there; beyond this machine, callers need the token of DIP_MCP_TOKEN",
    )
    mcp.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME",
        help="another name that callers know this machine by",
    )
    mcp.add_argument(
        "--export-to", metavar="FOLDER", help="answers may be written to new files in this folder"
    )
    _asking(mcp)
    _reading(mcp)
    mcp.set_defaults(run=_command("mcp"))


def _backup(commands: Any, shared: ArgumentParser) -> None:
    backup = commands.add_parser(
        "backup",
        help="copy everything that a server keeps into a folder, while it runs",
        parents=[shared],
        description="Of the server that DIP_DATABASE_URL, DIP_SERVER_FOLDER and DIP_OBJECTS name. "
        "PostgreSQL needs pg_dump.",
    )
    backup.add_argument("folder", metavar="FOLDER", help="one that is not there yet")
    backup.set_defaults(run=_command("backup"))


def _restore(commands: Any, shared: ArgumentParser) -> None:
    restore = commands.add_parser(
        "restore",
        help="put a backup back where nothing is",
        parents=[shared],
        description="Into the server that DIP_DATABASE_URL, DIP_SERVER_FOLDER and DIP_OBJECTS "
        "name, before it is started. PostgreSQL needs pg_restore.",
    )
    restore.add_argument("folder", metavar="FOLDER", help="one that dip backup made")
    restore.set_defaults(run=_command("backup"))


def _reading(command: ArgumentParser) -> None:
    """How files shall be read, where dip's own decision is not wanted."""
    group = command.add_argument_group("reading files")
    group.add_argument("--format", choices=("csv", "excel", "json", "ndjson", "parquet"))
    group.add_argument("--sheet", metavar="NAME", help="of a workbook, only this sheet")
    group.add_argument("--delimiter", metavar="CHARACTER")
    group.add_argument("--quote", metavar="CHARACTER")
    group.add_argument("--encoding", metavar="NAME")
    group.add_argument("--header", action=BooleanOptionalAction, help="the first row names columns")
    group.add_argument("--skip", type=_count, metavar="N", help="lines before the table")
    group.add_argument("--decimal", choices=(".", ","), help="the decimal sign")
    group.add_argument("--day-first", action=BooleanOptionalAction, help="01/02 is 1 February")


def _count(text: str) -> int:
    if not text.isdecimal():
        raise ArgumentTypeError(f"{text!r} is not a whole number")
    return int(text)


def _command(name: str) -> Callable[[Namespace], int]:
    """The `run` of that command's module, loaded when it is called."""

    def run(options: Namespace) -> int:
        code: int = import_module(f".{name}", __package__).run(options)
        return code

    return run
