"""Linux's Landlock by ctypes: from here on this thread opens only what is named.

It binds the calling thread and its children, not threads that already run, and is never undone.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterable
from pathlib import Path

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_PATH_BENEATH = 1
_PR_SET_NO_NEW_PRIVS = 38

_WRITE_FILE, _READ_FILE, _READ_DIR, _TRUNCATE = 1 << 1, 1 << 2, 1 << 3, 1 << 14
_ON_FILES = (1 << 0) | _WRITE_FILE | _READ_FILE | _TRUNCATE | 1 << 15
_READ = _READ_FILE | _READ_DIR
_EXECUTE = 1 << 0
_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 5: 16}
"""How many rights on files each version of the kernel's interface added up to."""
_NETWORK_SINCE, _SCOPE_SINCE = 4, 6
_BIND_AND_CONNECT = 0b11
_SOCKETS_AND_SIGNALS = 0b11


class _Ruleset(ctypes.Structure):
    _fields_ = (
        ("files", ctypes.c_uint64),
        ("network", ctypes.c_uint64),
        ("scoped", ctypes.c_uint64),
    )


class _PathRule(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = (("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32))


def version() -> int:
    """The kernel's Landlock version; 0 where there is none."""
    if not sys.platform.startswith("linux"):
        return 0
    return max(0, _syscall(_CREATE_RULESET, None, 0, 1))


def has_network(abi: int) -> bool:
    """That version refuses TCP too."""
    return abi >= _NETWORK_SINCE


def no_new_privileges() -> bool:
    """Whatever this process starts gains no rights it has not; False where that is unknown."""
    if not sys.platform.startswith("linux"):
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    return bool(libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)


def restrict(read: Iterable[Path], write: Iterable[Path]) -> int:
    """Allow reading below `read`, everything but execution below `write`, and nothing else.

    TCP, abstract sockets and signals to others go as well where the kernel knows them. Returns the
    version in force, 0 when there is none. Paths that do not exist are left out.
    """
    abi = version()
    if abi == 0:
        return 0
    known = max(bits for since, bits in _FILE_RIGHTS.items() if since <= abi)
    files = (1 << known) - 1
    ruleset = _create(abi, files)
    try:
        for path in read:
            _allow(ruleset, path, _READ & files)
        for path in write:
            _allow(ruleset, path, files & ~_EXECUTE)
        _check(_syscall(_RESTRICT_SELF, ruleset, 0))
    finally:
        os.close(ruleset)
    return abi


def _create(abi: int, files: int) -> int:
    rules = _Ruleset(
        files,
        _BIND_AND_CONNECT if has_network(abi) else 0,
        _SOCKETS_AND_SIGNALS if abi >= _SCOPE_SINCE else 0,
    )
    size = 24 if abi >= _SCOPE_SINCE else 16 if has_network(abi) else 8
    return _check(_syscall(_CREATE_RULESET, ctypes.byref(rules), size, 0))


def _allow(ruleset: int, path: Path, rights: int) -> None:
    try:
        folder = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        rule = _PathRule(rights if path.is_dir() else rights & _ON_FILES, folder)
        _check(_syscall(_ADD_RULE, ruleset, _PATH_BENEATH, ctypes.byref(rule), 0))
    finally:
        os.close(folder)


def _syscall(number: int, *args: object) -> int:
    syscall = ctypes.CDLL(None, use_errno=True).syscall
    syscall.restype = ctypes.c_long
    return int(syscall(ctypes.c_long(number), *args))


def _check(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
