"""Each layer of the process sandbox, in real processes: what it stops, and what it leaves."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from dip_sdk.types.session import Limits
from dip_sdk.worker import landlock, sandbox
from dip_sdk.worker.messages import Layers

needs_landlock = pytest.mark.skipif(not landlock.version(), reason="this system has no Landlock")


def shut_in(folder: Path, code: str, before: str = "", memory_mb: int = 500) -> str:
    """What `code` prints in a process shut into `folder`, or the last line of its failure."""
    program = f"""
import sys
from pathlib import Path
from dip_sdk.types.session import Limits
from dip_sdk.worker import sandbox
{textwrap.dedent(before)}
layers = sandbox.apply(Path({str(folder)!r}), Limits(memory_mb={memory_mb}), file_mb=8)
{textwrap.dedent(code)}
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or done.stderr.strip().splitlines()[-1]


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret.csv"
    path.write_text("word\nhush\n", encoding="utf-8")
    return path


@pytest.fixture
def inside(tmp_path: Path) -> Path:
    (tmp_path / "inside").mkdir()
    return tmp_path / "inside"


@needs_landlock
def test_a_file_outside_cannot_be_read_or_written(inside: Path, secret: Path) -> None:
    assert "PermissionError" in shut_in(inside, f"open({str(secret)!r}).read()")
    assert "PermissionError" in shut_in(inside, f"open({str(secret)!r}, 'a')")
    assert "PermissionError" in shut_in(inside, f"import os; os.unlink({str(secret)!r})")
    assert "PermissionError" in shut_in(inside, f"import os; os.listdir({str(secret.parent)!r})")


@needs_landlock
def test_the_pool_threads_of_duckdb_cannot_read_outside_either(inside: Path, secret: Path) -> None:
    code = f"""
        import duckdb
        connection = duckdb.connect(config={{"threads": 4}})
        for path in ({str(secret)!r}, "/etc/passwd"):
            try:
                print(connection.execute(f"select * from read_csv('{{path}}')").fetchall())
            except duckdb.Error as error:
                print(type(error).__name__)
    """
    assert shut_in(inside, code).split() == ["IOException", "IOException"]


def test_it_refuses_to_be_applied_when_another_thread_lives(inside: Path) -> None:
    before = "import threading, time; threading.Thread(target=time.sleep, args=(3,)).start()"
    assert "before any other thread" in shut_in(inside, "print('in')", before)


def test_it_refuses_to_be_applied_after_duckdb_is_connected(inside: Path) -> None:
    before = "import duckdb; c = duckdb.connect(); c.execute('select 1')"
    assert "before any other thread" in shut_in(inside, "print('in')", before)


def test_its_folder_is_to_read_and_write(inside: Path) -> None:
    path = str(inside / "a.duckdb")
    code = f"""
        import duckdb
        with duckdb.connect({path!r}) as c: c.execute("create table t as select 1")
        with duckdb.connect({path!r}, read_only=True) as c: print(c.execute("from t").fetchall())
    """
    assert shut_in(inside, code) == "[(1,)]"


@needs_landlock
def test_a_named_file_is_to_read_only(inside: Path, secret: Path) -> None:
    program = f"""
from pathlib import Path
from dip_sdk.types.session import Limits
from dip_sdk.worker import sandbox
secret = Path({str(secret)!r})
sandbox.apply(Path({str(inside)!r}), Limits(), readable=[secret])
print(secret.read_text().split()[1])
secret.write_text("x")
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "hush"
    assert "PermissionError" in done.stderr


@pytest.mark.skipif(not landlock.has_network(landlock.version()), reason="no network rules here")
@pytest.mark.parametrize("verb", ["connect", "bind"])
def test_tcp_is_refused(inside: Path, verb: str) -> None:
    code = f"import socket; socket.socket().{verb}(('127.0.0.1', 9))"
    assert "PermissionError" in shut_in(inside, code)


@needs_landlock
def test_no_program_can_be_started(inside: Path) -> None:
    assert "PermissionError" in shut_in(inside, "import subprocess; subprocess.run(['/bin/true'])")


def test_the_libraries_still_load_and_the_time_zones_too(inside: Path) -> None:
    code = """
        import duckdb, numpy, pandas, pyarrow, zoneinfo
        zone = zoneinfo.ZoneInfo("Europe/Paris")
        print(zone, duckdb.sql("select timezone('Europe/Paris', now()) is not null").fetchall())
    """
    assert shut_in(inside, code) == "Europe/Paris [(True,)]"


@pytest.mark.skipif(sys.platform != "linux", reason="the limit of address space is Linux's")
def test_memory_has_a_limit(inside: Path) -> None:
    assert shut_in(inside, "bytearray(2 << 30)") == "MemoryError"
    assert shut_in(inside, "print(len(bytearray(200 << 20)))") == str(200 << 20)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit of a file's size")
def test_a_file_it_writes_has_a_limit(inside: Path) -> None:
    code = f"open({str(inside / 'big')!r}, 'wb').write(bytes(20 << 20))"
    assert "File too large" in shut_in(inside, code)


def test_it_tells_which_layers_are_active(inside: Path) -> None:
    told = Layers.model_validate_json(shut_in(inside, "print(layers.model_dump_json())"))
    assert told.landlock == landlock.version()
    assert bool(told.missing) is not bool(told.landlock and told.network and told.memory_mb)


def test_without_landlock_it_works_and_says_so(inside: Path, secret: Path) -> None:
    before = "from dip_sdk.worker import landlock; landlock.version = lambda: 0"
    code = f"print(open({str(secret)!r}).read().split()[1], layers.landlock, layers.missing[0])"
    told = shut_in(inside, code, before)
    assert told == "hush 0 Files are not confined: this system has no Landlock."


def test_memory_that_is_not_named_is_half_of_the_machine_and_at_most_8_gib() -> None:
    assert sandbox.memory_mb(Limits(memory_mb=321)) == 321
    assert sandbox.memory_mb(Limits()) == min(8192, sandbox.machine_mb() // 2)
    assert sandbox.machine_mb() <= os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20
