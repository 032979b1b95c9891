"""The first thing a worker does: shut itself in, while exactly one thread lives.

Importing numpy or pyarrow and connecting DuckDB start threads that Landlock would not bind, so
none of them may be loaded yet. What cannot be had on this system is said, never pretended.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path

from ..types.session import Limits
from . import landlock
from .messages import Layers

HEADROOM_MB = 1024
"""Address space beyond the data: interpreter, libraries (scipy and statsmodels map 300 MB more than
the engine), stacks of threads."""
HEADROOM_PER_CPU_MB = 24
OPEN_FILES = 4096
MOST_MB = 8192

SYSTEM = (
    "/usr/lib", "/usr/lib64", "/usr/share/zoneinfo", "/lib", "/lib64", "/etc/ld.so.cache",
    "/etc/localtime", "/dev/urandom", "/proc/self", "/proc/meminfo", "/proc/cpuinfo",
    "/sys/fs/cgroup", "/sys/devices/system/cpu",
)  # fmt: skip
"""What the interpreter, its libraries and DuckDB's look at memory and processors read."""
CGROUP_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def apply(
    folder: Path, limits: Limits, *, readable: Sequence[Path] = (), file_mb: int = 0
) -> Layers:
    """Shut this process in for good: `folder` to read and write, `readable` to read, no network.

    `file_mb` bounds every file it writes, 0 leaves that open. Raises `RuntimeError` when a second
    thread already lives, for it would stay outside.
    """
    if threads_alive() != 1:
        raise RuntimeError("The sandbox must be applied before any other thread is started.")
    memory = memory_mb(limits) + HEADROOM_MB + HEADROOM_PER_CPU_MB * (os.cpu_count() or 1)
    limited = _limit_resources(memory, file_mb)
    privileges = landlock.no_new_privileges()
    abi = _confine(folder, readable) if privileges else 0
    return Layers(
        landlock=abi,
        network=landlock.has_network(abi),
        no_new_privileges=privileges,
        memory_mb=memory if limited else 0,
        missing=tuple(_missing(abi, limited)),
    )


def memory_mb(limits: Limits) -> int:
    """What the data of a worker may take: as asked, else half of the machine, at most 8 GiB."""
    return limits.memory_mb or max(256, min(machine_mb() // 2, MOST_MB))


def machine_mb() -> int:
    """The memory of this machine, or of the container it runs in."""
    try:
        own = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # Windows has no sysconf
        own = 4 << 30
    return min(own, *(_cgroup_limit(path) for path in CGROUP_LIMITS)) >> 20


def threads_alive() -> int:
    """Threads of this process, those of libraries included where the system tells."""
    try:
        return len(list(Path("/proc/self/task").iterdir()))
    except OSError:
        return threading.active_count()


def _cgroup_limit(path: str) -> int:
    try:
        return int(Path(path).read_text(encoding="ascii"))
    except (OSError, ValueError):  # no such control group, or "max"
        return 1 << 62


def _limit_resources(memory: int, file_mb: int) -> bool:
    try:
        import resource
    except ImportError:  # Windows
        return False
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_NOFILE, OPEN_FILES)
    if file_mb:
        _lower(resource.RLIMIT_FSIZE, file_mb << 20)
    return sys.platform != "darwin" and _lower(resource.RLIMIT_AS, memory << 20)


def _lower(which: int, value: int) -> bool:
    """Set a limit, hard and soft, unless a lower one already holds."""
    import resource

    _, hard = resource.getrlimit(which)
    bound = value if hard == resource.RLIM_INFINITY else min(value, hard)
    try:
        resource.setrlimit(which, (bound, bound))
    except (ValueError, OSError):
        return False
    return True


def _confine(folder: Path, readable: Sequence[Path]) -> int:
    try:
        return landlock.restrict(
            read=[*libraries(), *(Path(path) for path in SYSTEM), *readable],
            write=[folder, Path(os.devnull)],
        )
    except OSError:
        return 0


def libraries() -> Iterable[Path]:
    """Where this interpreter and everything it may import lie."""
    places = (sys.prefix, sys.base_prefix, sys.exec_prefix, *sys.path)
    return (path for path in {Path(place) for place in places if place} if path.exists())


def _missing(abi: int, limited: bool) -> Iterable[str]:
    if not abi:
        yield "Files are not confined: this system has no Landlock."
    elif not landlock.has_network(abi):
        yield f"TCP is not refused: this kernel's Landlock is version {abi}, it came with 4."
    if not limited:
        yield "Memory is limited by the engine alone: this system has no limit of address space."
