"""Write the pages of the reference that the code itself can tell; `--check` says which are stale.

Commands, options of `%ask`, settings, error codes, checks, events, routes and operations: each
page is made of what the code declares, so none of them can be forgotten or renamed alone.
"""

from __future__ import annotations

import argparse
import ast
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, get_args

ROOT = Path(__file__).parent.parent
SOURCES = ROOT / "src/dip_sdk"
PAGES = ROOT / "docs/reference"
GENERATED = "<!-- Written by tools/reference.py from the code; `make format` writes it anew. -->"
CLIENT = {
    "DIP_URL": "url",
    "DIP_TOKEN": "token",
    "DIP_PLANNER": "planner",
    "DIP_MODEL": "model",
    "DIP_WORKDIR": "workdir",
    "DIP_INSECURE": "insecure",
    "DIP_STREAMS": "sockets",
}
"""Environment variable -> what `Config` calls it."""
ERRORS = ("Problem",)
"""Besides the tree: errors of the API itself."""
COMMON = ("session_id", "query_id", "at", "seq", "type")
LATER = "…"
"""What stands in a message for what is known only when it is raised."""


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(map(_cell, line)) + " |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


def page(title: str, *parts: str) -> str:
    return "\n\n".join((f"# {title}", GENERATED, *parts)) + "\n"


def cli() -> str:
    """Every command with its options, as the parser has them."""
    from dip_sdk.cli.parser import EXITS, _parser

    top = _parser()
    commands = next(a for a in top._actions if isinstance(a, argparse._SubParsersAction))
    told = {choice.dest: choice.help or "" for choice in commands._choices_actions}
    parts = [f"Every command takes `--help`. For `dip ask`, {EXITS}."]
    for name, parser in commands.choices.items():
        said = parser.description or f"{told[name][:1].upper()}{told[name][1:]}."
        rows = [
            (", ".join(f"`{flag}`" for flag in action.option_strings) or f"`{_value(action)}`",
             _value(action) if action.option_strings else "", action.help or "")
            for action in parser._actions if action.help != argparse.SUPPRESS
            and action.dest != "help"
        ]  # fmt: skip
        parts += [f"## dip {name}", said, table(("Option", "Value", "Meaning"), rows)]
    return page("Commands", *parts)


def _value(action: argparse.Action) -> str:
    if action.nargs == 0:
        return ""
    if action.choices:
        return ", ".join(map(str, action.choices))
    named = action.metavar or action.dest
    return str(named if isinstance(named, str) else " ".join(named))


def magic() -> str:
    from dip_sdk.jupyter.options import OPTIONS

    rows = [
        (
            ", ".join(f"`{flag}`" for flag in option.flags),
            f"`{option.value}`" if option.value else "",
            option.help + (f": {', '.join(option.choices())}" if option.choices else ""),
        )
        for option in OPTIONS
    ]
    return page(
        "Options of %ask",
        "`%ask` in a line and `%%ask` over a cell take the same options, before the question. "
        "[In a notebook](../how-to/notebooks.md) tells how they are used.",
        table(("Option", "Value", "Meaning"), rows),
    )


def settings() -> str:
    from dip_sdk.client.core.config import Config
    from dip_sdk.server.settings import VARIABLES, ServerSettings

    mine, theirs = _fields("client/core/config.py"), _fields("server/settings.py")
    client = [
        (f"`{name}`", f"`{getattr(Config(), field)}`", mine.get(field, "")) for name, field in
        CLIENT.items()
    ]  # fmt: skip
    server = []
    for name, field in VARIABLES.items():
        default = ServerSettings.model_fields[field].get_default()
        shown = f"`{default}`" if default not in (None, "", ()) and default == default else ""  # noqa: PLR0124
        server.append((f"`{name}`", shown if "Undefined" not in shown else "", theirs[field]))
    others = [
        ("`DIP_MCP_TOKEN`", "", "What assistants send to `dip mcp --http` on another machine"),
        ("`ANTHROPIC_API_KEY`", "", "Lets Claude be asked; also `ANTHROPIC_AUTH_TOKEN`"),
        ("`ANTHROPIC_BASE_URL`", "", "Another address that speaks the Messages API"),
        ("`NO_COLOR`", "", "Nothing in colour on a terminal"),
    ]
    head = ("Variable", "Default", "Meaning")
    return page(
        "Settings",
        "All settings are environment variables; arguments of `Client` win over them.",
        "## Of a client", table(head, client),
        "## Of whoever asks a model, and others", table(head, others),
        "## Of a server", table(head, server),
    )  # fmt: skip


def _fields(module: str) -> dict[str, str]:
    """Attribute -> the docstring below it, of the classes of a module."""
    told: dict[str, str] = {}
    for node in ast.walk(ast.parse((SOURCES / module).read_text(encoding="utf-8"))):
        body = node.body if isinstance(node, ast.ClassDef) else []
        for field, after in zip(body, [*body[1:], None], strict=False):
            if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
                told[field.target.id] = _string(after) or ""
    return told


def _string(node: ast.AST | None) -> str | None:
    if isinstance(node, ast.Expr):
        return _string(node.value)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def errors() -> str:
    """Every code, with what is said where it is raised."""
    from dip_sdk.types.errors import CLASSES

    found: dict[str, list[tuple[str, str, str]]] = {}
    for name, code, message, hint in _raised(set(CLASSES) | set(ERRORS)):
        known = CLASSES.get(name)
        for one in code or ((known.default_code,) if known else ()):
            found.setdefault(one, []).append((name, message, hint))
    for name, kind in CLASSES.items():
        found.setdefault(kind.default_code, []).append(
            (name, (kind.__doc__ or "").split("\n")[0], "")
        )
    rows = []
    for code in sorted(found):
        kinds = sorted({name for name, _, _ in found[code] if name in CLASSES or name == "Problem"})
        said = list(dict.fromkeys(message for _, message, _ in found[code] if message.strip(" .…")))
        hints = list(dict.fromkeys(hint for _, _, hint in found[code] if hint.strip(" .…")))
        names = ", ".join(f"`{kind.replace('Problem', 'ApiError')}`" for kind in kinds)
        rows.append((f"`{code}`", names, " / ".join(said[:3]), " / ".join(hints[:2])))
    return page(
        "Errors by code",
        "Every error is a `dip_sdk.errors.DipError` with a stable `code`, a `message` and a "
        "`hint`; a backend sends the same three, and the client raises the same class. "
        f"“{LATER}” stands for what only the moment knows.",
        table(("Code", "Class", "It says, for example", "What to do"), rows),
    )


def _raised(names: set[str]) -> Iterator[tuple[str, tuple[str, ...], str, str]]:
    """(class, codes, message, hint) of every error made anywhere in the code."""
    for path in sorted(SOURCES.rglob("*.py")):
        if "_sync" in path.parts:
            continue
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = getattr(getattr(call, "func", None), "id", "")
            noticed = name == "Problem" and "server" not in path.parts  # in a file: no error
            if not isinstance(call, ast.Call) or name not in names or noticed:
                continue
            given = {word.arg: word.value for word in call.keywords}
            words = [None, *call.args, None] if name != "Problem" else [*call.args[1:], None]
            codes = given.get("code") if name != "Problem" else words[0]
            yield name, tuple(_literals(codes)), _text(words[1]), _text(given.get("hint"))


def _literals(node: ast.AST | None) -> Iterator[str]:
    """The strings that an expression may be."""
    if isinstance(node, ast.IfExp):
        yield from (*_literals(node.body), *_literals(node.orelse))
    elif (text := _string(node)) is not None:
        yield text


def _text(node: ast.AST | None) -> str:
    """A message as its reader will see it, as far as it is known here."""
    if node is None:
        return ""
    if isinstance(node, ast.JoinedStr):
        return "".join(
            _text(part) if isinstance(part, ast.Constant) else LATER for part in node.values
        )
    if isinstance(node, ast.BinOp):
        return _text(node.left) + _text(node.right)
    if isinstance(node, ast.IfExp):
        return _text(node.body)
    return _string(node) or LATER


def checks() -> str:
    """Findings about an answer, notes of planners, and what readers report of a file."""
    from dip_sdk.engine.checks import CODES

    rows = [(f"`{code}`", said) for code, said in CODES.items()]
    notes = {code: said for code, said in _made("Check", "engine", "render") if code not in CODES}
    noticed: dict[str, list[str]] = {}
    for code, said in _made("Problem", "worker", "engine"):
        noticed.setdefault(code, []).append(said)
    found = [
        (f"`{code}`", " / ".join(filter(None, said))) for code, said in sorted(noticed.items())
    ]
    return page(
        "Checks by code",
        "What is looked at when an answer is there. Each finding is a `Check` of `result.checks`: "
        "its `code`, its `level` (`info` or `warning`), a sentence, and the `numbers` in it.",
        table(("Code", "What was found"), rows),
        "## Notes of whoever planned",
        table(("Code", "It says, for example"), [(f"`{c}`", s) for c, s in sorted(notes.items())]),
        "## What looked wrong in a file",
        "`table.problems`, each with a count and examples.",
        table(("Code", "It says, for example"), found),
    )


def _made(name: str, *rooms: str) -> Iterator[tuple[str, str]]:
    """(code, message) of each object of this name that the rooms make."""
    for path in sorted(path for room in rooms for path in (SOURCES / room).rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == name:
                given = {word.arg: word.value for word in call.keywords}
                code = given.get("code") or (call.args[0] if call.args else None)
                message = given.get("message") or (call.args[1] if len(call.args) > 1 else None)
                said = _text(message)
                yield from ((one, said if said.strip(" /.…") else "") for one in _literals(code))


def events() -> str:
    from dip_sdk.types.events import Event

    rows = [
        (
            f"`{kind.model_fields['type'].default}`",
            ", ".join(f"`{n}`" for n in kind.model_fields if n not in COMMON),
            (kind.__doc__ or "").split("\n\n")[0],
        )
        for kind in get_args(get_args(Event)[0])
    ]
    return page(
        "Events",
        "What `session.stream(...)` yields, and what a backend sends as JSON over WebSocket and as "
        "server-sent events. Every event has " + ", ".join(f"`{n}`" for n in COMMON) + ". "
        "`seq` counts without gaps within a session; it is empty on events that are not kept. "
        "Skip types you do not know.",
        table(("Type", "Further fields", "Meaning"), rows),
    )


def http() -> str:
    """The routes of the OpenAPI document."""
    document = _openapi()
    rows = []
    for path, verbs in document["paths"].items():
        for verb, route in verbs.items():
            says = ", ".join(sorted(code for code in route["responses"] if code < "4"))
            told = (route.get("description") or route.get("summary", "")).split("\n\n")[0]
            rows.append((f"`{verb.upper()} {path}`", told, says))
    return page(
        "HTTP",
        "A server describes itself at `/openapi.json`; this is the short of it. Send the access "
        "token as `Authorization: Bearer ...`. Refusals are `application/problem+json` with a "
        "[code](errors.md), a sentence and a hint.",
        table(("Route", "What it does", "Answers"), rows),
        '`/ws/query/{session_id}` is the WebSocket: send `{"type": "query", "query": ...}`, '
        "`run`, `choose` or `cancel`; receive [events](events.md).",
    )


def _openapi() -> dict[str, Any]:
    from tempfile import TemporaryDirectory

    from dip_sdk.server.app import application
    from dip_sdk.server.settings import settings as read

    with TemporaryDirectory() as folder:
        return dict(application(read({"DIP_SERVER_FOLDER": folder})).openapi())


def operations() -> str:
    """The named statistical operations with their arguments."""
    from dip_sdk.types.operations import FAMILIES, model

    example = 'session.statistic("welch_t", table="sales", column="amount", by="channel")'
    said = f"`{example}` runs one; plans of both planners use the same. "
    parts = [said + "An argument in *italics* may be left out."]
    for family, names in FAMILIES.items():
        rows = []
        for name in names:
            kind = model(name)
            given = [
                f"`{field}`" if info.is_required() else f"*{field}*"
                for field, info in kind.model_fields.items()
                if field != "op"
            ]
            rows.append((f"`{name}`", (kind.__doc__ or "").split("\n\n")[0], ", ".join(given)))
        parts += [f"## {family.capitalize()}", table(("Name", "Meaning", "Arguments"), rows)]
    return page("Statistics", *parts)


PAGE: dict[str, Callable[[], str]] = {
    "cli": cli, "magic": magic, "settings": settings, "errors": errors, "checks": checks,
    "events": events, "http": http, "operations": operations,
}  # fmt: skip


def main() -> None:
    stale = []
    for name, made in PAGE.items():
        path, text = PAGES / f"{name}.md", made()
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
            if "--check" not in sys.argv:
                path.write_text(text, encoding="utf-8")
    if stale and "--check" in sys.argv:
        sys.exit(f"docs/reference: {', '.join(stale)} not as the code has it; run `make format`")


if __name__ == "__main__":
    main()
