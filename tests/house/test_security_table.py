"""SECURITY.md promises nothing without a test: each one that it names exists."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def named_in(file: str) -> set[str]:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in ast.walk(tree) if isinstance(node, kinds)}


def rows(sign: str) -> list[list[str]]:
    found = [line for line in TEXT.splitlines() if re.match(rf"\| {sign}\d+ \|", line)]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in found]


def test_every_test_that_is_named_exists() -> None:
    named = set(NAMED.findall(TEXT))
    assert len(named) > 60
    assert [f"{file}::{test}" for file, test in named if test not in named_in(file)] == []


def test_every_module_that_is_named_exists() -> None:
    named = set(re.findall(r"`((?:server|engine|worker|render|client|jupyter|mcp)/[\w/.]+)`", TEXT))
    assert named
    assert [name for name in named if not (ROOT / "src" / "dip_sdk" / name).exists()] == []


def test_every_threat_and_fault_has_a_row_with_a_test_or_a_reason() -> None:
    for sign, count in (("T", 54), ("F", 27)):
        found = rows(sign)
        assert [row[0] for row in found] == [f"{sign}{n}" for n in range(1, count + 1)]
        for row in found:
            assert len(row) == 4, row[0]
            assert NAMED.search(row[3]) or re.match(r"(Not yet|Not ours)\b", row[3]), row[0]
