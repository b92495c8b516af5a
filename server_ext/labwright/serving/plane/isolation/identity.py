"""Who a model's process is for the system: without the powers of root, and where Landlock is missing, nobody else."""

from __future__ import annotations

import ctypes
import hashlib
import os
import pwd
import resource
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from labwright.errors import UnavailableError

PR_CAPBSET_DROP, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, PR_SET_DUMPABLE = 24, 47, 4, 4
CAPABILITY_VERSION_3 = 0x20080522
CHOWN, SETGID, SETUID = 0, 6, 7
FIRST, COUNT = 0x70000000, 0x01000000


def uid_missing() -> str:
    """Why a process cannot be given a user of its own here, as the end of a sentence; empty where it can."""
    if not all(_effective() >> capability & 1 for capability in (CHOWN, SETGID, SETUID)):
        return "and the service is not root"
    for path in _needed():
        if (closed := _closed(path)) is not None:
            return f"and no other user could run Python: {closed} is closed to others"
    return ""


def uid_for(work: Path) -> int:
    """A user ID that nobody has, by the work folder's name."""
    first, count = _unused()
    found = first + int.from_bytes(hashlib.sha256(os.fsencode(work)).digest()[:4]) % count
    while _exists(found):
        found += 1
    return found


def _unused() -> tuple[int, int]:
    """A range of high user IDs, the first and how many; in a container that maps few, what it has last."""
    with suppress(OSError, ValueError, IndexError):
        lines = Path("/proc/self/uid_map").read_text().splitlines()
        ranges = [(int(line.split()[0]), int(line.split()[2])) for line in lines]
        if not any(first <= FIRST and first + count >= FIRST + COUNT for first, count in ranges):
            first, count = ranges[-1]
            return first + count - count // 8 - 2, max(count // 8, 1)
    return FIRST, COUNT


def work_parent(default: Path) -> Path:
    """A folder whose parents are open to others, for work folders of other users. Errors: UnavailableError."""
    name = f"labwright-models-{hashlib.sha256(os.fsencode(default)).hexdigest()[:10]}"
    path = Path(tempfile.gettempdir()) / name
    path.mkdir(mode=0o711, exist_ok=True)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise UnavailableError(f"{path} belongs to somebody else; remove it, or set TMPDIR to another folder.")
    path.chmod(0o711)
    return path


def become(uid: int) -> None:
    """Be another user for good, in no group but its own, and with nothing of root's. Errors: OSError."""
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)  # else it could not look at its own /proc/self
    resource.setrlimit(resource.RLIMIT_NPROC, (4096, 4096))  # counted for this user alone


def drop_capabilities() -> None:
    """Give up root's powers: raw sockets, modules of the kernel, files of others. Errors: OSError."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    capability = 0
    while libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0:
        capability += 1
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    if libc.capset(header, (ctypes.c_uint32 * 6)()):
        raise OSError(ctypes.get_errno(), "capset")


def _effective() -> int:
    with suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("CapEff:"):
                return int(line.split()[1], 16)
    return 0


def _exists(uid: int) -> bool:
    try:
        return bool(pwd.getpwuid(uid))
    except KeyError:
        return False


def _needed() -> Iterator[Path]:
    yield Path(sys.executable).resolve()
    yield from (Path(each).resolve() for each in (sys.prefix, sys.base_prefix, *sys.path) if each)


def _closed(path: Path) -> Path | None:
    """The first on the way to `path` that others may not read or pass; None when the way is open or leads nowhere."""
    for each in [*reversed(path.parents), path]:
        try:
            mode = each.stat().st_mode
        except OSError:
            return None
        wanted = 0o5 if each == path else 0o1
        if stat.S_ISREG(mode):
            wanted = 0o4
        if mode & wanted != wanted:
            return each
    return None
