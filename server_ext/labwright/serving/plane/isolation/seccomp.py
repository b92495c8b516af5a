"""A system call filter for what Landlock leaves open: sockets, and changes to files by their path.

A model's process was given its one socket; it needs no other. With `network` it may open those of the internet.
See https://docs.kernel.org/userspace-api/seccomp_filter.html; a filter is a program of classic BPF.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import sys

PR_SET_SECCOMP, MODE_FILTER, PR_SET_NO_NEW_PRIVS = 22, 2, 38
RETURN_ALLOW, RETURN_ERRNO = 0x7FFF0000, 0x00050000
LOAD_WORD, AND, JUMP_IF_EQUAL, JUMP_IF_AT_LEAST, RETURN = 0x20, 0x54, 0x15, 0x35, 0x06
NUMBER, ARCHITECTURE, FIRST_ARGUMENT, SECOND_ARGUMENT = 0, 4, 16, 24  # places in struct seccomp_data, little endian
X32 = 0x40000000
AF_UNIX, AF_INET, AF_INET6, SOCK_STREAM, TYPE = 1, 2, 10, 1, 0xF

# The architecture's mark (AUDIT_ARCH_…), and its numbers of the calls below.
MARKS = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
SOCKET = {"x86_64": 41, "aarch64": 198}
CONNECT = {"x86_64": 42, "aarch64": 203}
# Keys of the session, memory that others share, and ways around Landlock or this filter: refused.
REFUSED = {
    "x86_64": [248, 249, 250, 298, 321, 425, 30],
    "aarch64": [217, 218, 219, 241, 280, 425, 196],
}  # add_key, request_key, keyctl, perf_event_open, bpf, io_uring_setup, shmat
# Landlock does not look at them, so they would reach the user's files. In the work folder nobody misses their effect,
# but `shutil.copy` would fail for an error: chmod answers that it was done, the others that the file system cannot.
CHANGE_MODE = {"x86_64": [90, 268, 452], "aarch64": [53, 452]}  # chmod, fchmodat, fchmodat2
UNSUPPORTED = {
    "x86_64": [92, 94, 260, 188, 189, 197, 198, 463, 466],
    "aarch64": [54, 5, 6, 14, 15, 463, 466],
}  # chown, lchown, fchownat, setxattr, lsetxattr, removexattr, lremovexattr, setxattrat, removexattrat


def _step(code: int, value: int, then: int = 0, otherwise: int = 0) -> bytes:
    return struct.pack("HBBI", code, then, otherwise, value & 0xFFFFFFFF)


ALLOW, REFUSE = _step(RETURN, RETURN_ALLOW), _step(RETURN, RETURN_ERRNO | errno.EPERM)


def available() -> bool:
    """Whether a filter for this machine is known and its kernel takes filters."""
    if sys.platform != "linux" or platform.machine() not in MARKS:
        return False
    return os.path.exists("/proc/sys/kernel/seccomp/actions_avail")


def restrict(*, network: bool) -> None:
    """Put the filter on this thread and all that it starts. Errors: OSError."""
    machine = platform.machine()
    outcomes = dict.fromkeys(REFUSED[machine], errno.EPERM)
    outcomes |= dict.fromkeys(CHANGE_MODE[machine], 0) | dict.fromkeys(UNSUPPORTED[machine], errno.ENOTSUP)
    if not network:
        outcomes[CONNECT[machine]] = errno.EPERM
    install(program(machine, outcomes, _sockets(SOCKET[machine], network=network)))


def program(machine: str, outcomes: dict[int, int], then: list[bytes] | None = None) -> list[bytes]:
    """A filter: system call → error number (0: it only seems done); `then` comes after, with the call's number."""
    steps = [_step(LOAD_WORD, ARCHITECTURE), _step(JUMP_IF_EQUAL, MARKS[machine], 1, 0), REFUSE]
    steps += [_step(LOAD_WORD, NUMBER), _step(JUMP_IF_AT_LEAST, X32, 0, 1), REFUSE]
    for number, error in outcomes.items():
        steps += [_step(JUMP_IF_EQUAL, number, 0, 1), _step(RETURN, RETURN_ERRNO | error)]
    return [*steps, *(then or []), ALLOW]


def _sockets(call: int, *, network: bool) -> list[bytes]:
    """Of the sockets with a path those that are no streams (CUDA opens one for itself); services listen on streams."""
    local = [
        _step(LOAD_WORD, SECOND_ARGUMENT),
        _step(AND, TYPE),
        _step(JUMP_IF_EQUAL, SOCK_STREAM, 0, 1),
        REFUSE,
        ALLOW,
    ]
    steps = [_step(LOAD_WORD, FIRST_ARGUMENT), _step(JUMP_IF_EQUAL, AF_UNIX, 0, len(local)), *local]
    for family in (AF_INET, AF_INET6) if network else ():
        steps += [_step(JUMP_IF_EQUAL, family, 0, 1), ALLOW]
    return [_step(JUMP_IF_EQUAL, call, 0, len(steps) + 1), *steps, REFUSE]


def install(steps: list[bytes]) -> None:
    """Give a filter to the kernel. Errors: OSError."""
    libc = ctypes.CDLL(None, use_errno=True)
    code = ctypes.create_string_buffer(b"".join(steps))
    # struct sock_fprog: a count, padding to the pointer's place, the pointer
    whole = struct.pack("@HP", len(steps), ctypes.addressof(code))
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.prctl(PR_SET_SECCOMP, MODE_FILTER, whole, 0, 0):
        raise OSError(ctypes.get_errno(), "seccomp")
