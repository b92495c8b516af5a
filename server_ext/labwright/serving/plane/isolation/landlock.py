"""Landlock (Linux 5.13 and newer): a process gives up the right to files, sockets and signals, for itself and for all
that it starts, without being root. See https://docs.kernel.org/userspace-api/landlock.html for the structures.

Each version of the kernel's interface (ABI) can forbid more; what this kernel does not know is left out. Landlock says
nothing of `stat`, `chmod` and the like, of UDP, and of sockets that have a path: `seccomp` beside this does.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path

# These three have the same numbers on every architecture.
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
CREATE_RULESET_VERSION = 1
RULE_PATH_BENEATH = 1
PR_SET_NO_NEW_PRIVS = 38

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
TRUNCATE, IOCTL_DEV = 1 << 14, 1 << 15
READ = EXECUTE | READ_FILE | READ_DIR
DEVICE = READ_FILE | WRITE_FILE | IOCTL_DEV
OF_A_FILE = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV
# Which rights to files an ABI knows: the bits below this one.
FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
BIND_AND_CONNECT_TCP = 0b11
ABSTRACT_SOCKETS_AND_SIGNALS = 0b11


@cache
def abi() -> int:
    """The version of Landlock that this kernel has; 0 for none."""
    if sys.platform != "linux":
        return 0
    return max(_syscall(CREATE_RULESET, None, 0, CREATE_RULESET_VERSION), 0)


def restrict(
    read: Iterable[Path], listed: Iterable[Path], devices: Iterable[Path], write: Path, *, network: bool
) -> None:
    """Forbid this thread all files but these, TCP unless `network`, and others' abstract sockets and signals.

    Paths that are not there are passed over. Threads that run already are not held: call it before there are any.
    Errors: OSError.
    """
    known = abi()
    files = (1 << FILE_RIGHTS.get(known, 16)) - 1
    tcp = BIND_AND_CONNECT_TCP if known >= 4 and not network else 0
    scoped = ABSTRACT_SOCKETS_AND_SIGNALS if known >= 6 else 0
    attributes = struct.pack("QQQ", files, tcp, scoped)[: 8 if known < 4 else 16 if known < 6 else 24]
    ruleset = _checked(CREATE_RULESET, attributes, len(attributes), 0)
    try:
        for path in read:
            _allow(ruleset, path, READ)
        for path in listed:
            _allow(ruleset, path, READ_DIR)
        for path in devices:
            _allow(ruleset, path, DEVICE & files)
        _allow(ruleset, write, files & ~EXECUTE)
        if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
            raise OSError(ctypes.get_errno(), "prctl")
        _checked(RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: Path, rights: int) -> None:
    with suppress(FileNotFoundError, PermissionError, NotADirectoryError):
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            if not path.is_dir():
                rights &= OF_A_FILE
            _checked(ADD_RULE, ruleset, RULE_PATH_BENEATH, struct.pack("=Qi", rights, handle), 0)
        finally:
            # A rule holds an inode, and /proc makes new ones when the kernel is short of memory: it keeps what is open.
            if not path.is_relative_to("/proc"):
                os.close(handle)


def _checked(number: int, *arguments: int | bytes | None) -> int:
    found = _syscall(number, *arguments)
    if found < 0:
        raise OSError(ctypes.get_errno(), "Landlock")
    return found


def _syscall(number: int, *arguments: int | bytes | None) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    given = [ctypes.c_long(each) if isinstance(each, int) else each for each in arguments]
    found: int = libc.syscall(ctypes.c_long(number), *given)
    return found
