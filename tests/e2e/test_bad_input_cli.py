"""Bad input at the command line: one line and a hint, the right exit code, nothing left behind."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes in /proc")

DIP = [sys.executable, "-P", "-c", "import sys; from dip_sdk.cli import main; sys.exit(main())"]
ENDLESS = 60_000


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DIP_")}
    kept.pop("ANTHROPIC_API_KEY", None)
    return kept | {"DIP_WORKDIR": str(tmp_path / "work")}


@pytest.fixture
def dip(environment: dict[str, str], tmp_path: Path) -> Callable[..., subprocess.CompletedProcess]:
    def run(*arguments: str, **options: object) -> subprocess.CompletedProcess:
        told = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "cwd": tmp_path} | options
        return subprocess.run(
            [*DIP, *arguments], check=False, text=True, timeout=60, env=environment, **told
        )

    return run


@pytest.fixture(scope="module")
def heavy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that takes more than two seconds to read, also where nothing else runs."""
    path = tmp_path_factory.mktemp("heavy") / "heavy.csv"
    with path.open("wb") as file:
        for _ in range(150):
            file.write(b"2024-01-05,North,12.5,some words\n" * ENDLESS)
    return path


def complained(done: subprocess.CompletedProcess, code: int) -> str:
    """What stderr says: one line, and a hint below it; nothing else was told."""
    assert (done.returncode, done.stdout) == (code, "")
    lines = done.stderr.splitlines()
    assert 1 <= len(lines) <= 2, done.stderr
    assert lines[0].startswith("dip: ")
    assert "Traceback" not in done.stderr
    return done.stderr


def test_a_missing_file_is_one_line_and_the_nearest_name(dip, sales: Path) -> None:
    done = dip("ask", str(sales.with_name("sale.csv")), "total amount")
    assert "Did you mean" in complained(done, 1)


def test_a_folder_is_one_line_and_a_pattern(dip, tmp_path: Path) -> None:
    assert "*.csv" in complained(dip("ask", str(tmp_path), "total amount"), 1)


def test_an_empty_file_is_named(dip, tmp_path: Path) -> None:
    (tmp_path / "empty.csv").touch()
    assert "empty.csv" in complained(dip("ask", "empty.csv", "total amount"), 1)


def test_garbage_is_one_line(dip, tmp_path: Path) -> None:
    (tmp_path / "noise.bin").write_bytes(bytes(range(256)) * 200)
    assert "Give CSV" in complained(dip("ask", "noise.bin", "total amount"), 1)


def test_an_empty_question_is_one_line(dip, sales: Path) -> None:
    assert "The question is empty" in complained(dip("ask", str(sales), ""), 1)


def test_a_place_that_cannot_be_written_is_one_line(dip, sales: Path) -> None:
    done = dip("ask", str(sales), "total amount by region", "-o", "missing/out.csv")
    assert "There is no folder" in complained(done, 1)


def test_what_the_data_cannot_answer_is_exit_code_4(dip, sales: Path) -> None:
    done = dip("ask", str(sales), "'; DROP TABLE sales; --")
    assert done.returncode == 4
    assert "Nothing in the data explains" in done.stdout


def test_a_name_with_escapes_cannot_colour_the_terminal(dip, tmp_path: Path) -> None:
    done = dip("ask", "\x1b[31m\u202enope.csv", "total amount")
    assert "\x1b" not in complained(done, 1)
    assert "\u202e" not in done.stderr


def test_a_reader_that_leaves_early_is_no_error(dip, tmp_path: Path, environment) -> None:
    (tmp_path / "long.csv").write_text(
        "name,n\n" + "".join(f"{'word' * 50}{i},{i}\n" for i in range(3000)), encoding="utf-8"
    )
    ends, mouth = os.pipe()
    os.close(ends)
    with os.fdopen(mouth, "w") as closed:
        done = dip("ask", "long.csv", "show all rows", "--limit", "3000", stdout=closed)
    assert (done.returncode, done.stderr) == (141, "")


def test_head_gets_its_line(dip, sales: Path, environment: dict[str, str], tmp_path: Path) -> None:
    command = " ".join(
        [f"'{part}'" for part in [*DIP, "ask", str(sales), "total amount by region"]]
    )
    done = subprocess.run(
        f"{command} | head -1",
        shell=True,
        check=False,
        capture_output=True,
        text=True,
        env=environment,
    )
    assert done.stdout.startswith("Total amount by region")
    assert done.stderr == ""


@pytest.mark.parametrize("after", [0.05, 0.4, 1.2])
def test_ctrl_c_ends_at_once_and_leaves_no_process(
    after: float,
    heavy: Path,
    environment: dict[str, str],
    workers: Callable[[int], list[int]],
    gone: Callable[[list[int]], None],
) -> None:
    command = [*DIP, "ask", str(heavy), "total amount"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as asked:
        _until(lambda: bool(workers(asked.pid)))
        time.sleep(after)
        left = workers(asked.pid)
        sent = time.monotonic()
        asked.send_signal(signal.SIGINT)
        out, err = asked.communicate(timeout=10)
    assert time.monotonic() - sent < 2.5
    assert (asked.returncode, out) == (130, "")
    assert err.startswith("dip: cancelled after")
    assert len(err.splitlines()) == 1
    gone(left)
    assert list(Path(environment["DIP_WORKDIR"], "sessions").iterdir()) == []


def test_a_terminal_that_is_closed_leaves_no_process(
    heavy: Path,
    environment: dict[str, str],
    workers: Callable[[int], list[int]],
    gone: Callable[[list[int]], None],
) -> None:
    controller, terminal = pty.openpty()
    with subprocess.Popen(
        [*DIP, "ask", str(heavy), "total amount"],
        stdin=terminal, stdout=terminal, stderr=terminal, env=environment, start_new_session=True,
    ) as asked:  # fmt: skip
        os.close(terminal)
        _until(lambda: bool(workers(asked.pid)))
        left = workers(asked.pid)
        asked.send_signal(signal.SIGHUP)
        os.close(controller)
        asked.wait(10)
    gone(left)


def test_a_file_named_like_an_option_is_read_after_two_dashes(dip, tmp_path: Path) -> None:
    (tmp_path / "-rf.csv").write_text("amount\n1\n2\n", encoding="utf-8")
    done = dip("ask", "./-rf.csv", "total amount")
    assert (done.returncode, done.stderr) == (0, "")
    assert "3" in done.stdout


def test_modules_in_the_users_folder_are_not_imported(dip, sales: Path, tmp_path: Path) -> None:
    for name in ("statistics", "duckdb", "dip_sdk", "json"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('trapped')", encoding="utf-8")
    done = dip("ask", str(sales), "total amount")
    assert (done.returncode, done.stderr) == (0, "")
    assert "35" in done.stdout


def _until(true: Callable[[], bool], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)
