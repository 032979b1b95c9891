"""Who may import whom. A room that reaches where it may not is named with its line."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import dip_sdk

ROOT = Path(dip_sdk.__file__).parent

MAY_IMPORT = {
    "types": set(),
    "render": {"types"},
    "worker": {"types"},
    "engine": {"types", "worker", "render"},
    "client": {"types", "engine", "render"},
    "jupyter": {"types", "client", "render"},
    "notebooks": {"types", "client", "render"},
    "mcp": {"types", "client", "render"},
    "server": {"types", "worker", "engine", "render"},
}
"""Room -> rooms it may import beside itself. `_version` and the errors are everybody's."""

ONLY_IN = {
    "duckdb": "worker/",
    "python_calamine": "worker/readers/",
    "altair": "render/",
    "vl_convert": "render/",
    "obstore": ("engine/sources", "server/objects"),
    "scipy": "worker/stats/",
    "statsmodels": "worker/stats/",
    "sklearn": "worker/stats/",
    "anywidget": "jupyter/panel/",
    "fastapi": "server/",
    "sqlalchemy": "server/",
    "jwt": "server/auth/",
    "mcp": "mcp/",
    "anthropic": "engine/planner/claude/",
    "httpx2": ("engine/planner/claude/", "client/_async/http", "client/_sync/http"),
    "websockets": ("client/_async/http", "client/_sync/http"),
}
"""Library -> where it may be imported."""

FORBIDDEN = {"pickle", "cloudpickle", "joblib", "shelve", "marshal"}
ENGINE_DOOR = ("client/_async/local.py", "client/_sync/local.py", "client/given.py")
"""The engine in this process, and its readers of what users hand over."""


def imports() -> Iterator[tuple[str, int, str]]:
    """(file, line, absolute module) of every import of the package."""
    for path in sorted(ROOT.rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        package = ["dip_sdk", *path.relative_to(ROOT).parent.parts]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from ((name, node.lineno, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.level:
                base = package[: len(package) - node.level + 1]
                module = ".".join([*base, *([node.module] if node.module else [])])
                names = [f"{module}.{a.name}" for a in node.names] if not node.module else [module]
                yield from ((name, node.lineno, found) for found in names)
            elif isinstance(node, ast.ImportFrom):
                yield name, node.lineno, node.module or ""


def test_no_room_reaches_where_it_may_not() -> None:
    broken = []
    for file, line, module in imports():
        room = file.split("/")[0]
        parts = module.split(".")
        if room not in MAY_IMPORT or parts[0] != "dip_sdk" or len(parts) < 2:
            continue
        target = parts[1]
        if target not in {room, "_version"} | MAY_IMPORT[room]:
            broken.append(f"{file}:{line} imports {module}")
    assert not broken, "\n".join(broken)


def test_the_client_meets_the_engine_at_a_single_door() -> None:
    elsewhere = [
        f"{file}:{line} imports {module}"
        for file, line, module in imports()
        if file.startswith("client/") and module.startswith("dip_sdk.engine")
        and not module.startswith("dip_sdk.engine.bridge")
        and file not in ENGINE_DOOR
    ]  # fmt: skip
    assert not elsewhere, "\n".join(elsewhere)


@pytest.mark.parametrize(("library", "room"), ONLY_IN.items())
def test_a_library_is_known_in_one_place(library: str, room: str | tuple[str, ...]) -> None:
    elsewhere = [
        f"{file}:{line}"
        for file, line, module in imports()
        if module.split(".")[0] == library and not file.startswith(room)
    ]
    assert not elsewhere, f"{library} is imported in {elsewhere}"


def test_nothing_that_runs_what_it_reads_is_imported() -> None:
    found = [f"{f}:{line}" for f, line, module in imports() if module.split(".")[0] in FORBIDDEN]
    assert not found


def test_nothing_is_evaluated() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in ROOT.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"eval", "exec", "compile", "__import__"}
    ]
    assert not found


def test_no_wait_of_the_server_loses_a_cancellation() -> None:
    """`asyncio.wait_for` of Python 3.11 does, where both come at once; `asyncio.timeout` does not.

    A server whose listener lost its cancellation never ended.
    """
    found = [
        p.name for p in (ROOT / "server").rglob("*.py") if "asyncio.wait_for(" in p.read_text()
    ]
    assert not found
