"""How a model's process is kept from what is not its own. A model is code of others: loading it runs it.

Before anything of the model's is read, its process gives up for good (`confine`), for itself and all that it starts:

- files: it reads Python's environment and its own work folder, and writes there only (`landlock`); where the system
  has no Landlock and the service is root, it becomes a user of its own instead (`identity`)
- the network, unless the endpoint's settings allow it, and every socket but the one that it was given (`seccomp`)
- the powers of root, core dumps, the terminal, and the user's home as the place of its caches.

`describe` says in words what holds on this machine; only the standard library is used, so that it runs in any
environment.
"""

from __future__ import annotations

import os
import resource
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, Protocol

from labwright.serving.plane.isolation import identity, landlock, seccomp
from labwright.serving.plane.isolation.readable import devices, readable

__all__ = ["Isolation", "confine", "describe", "hand_over", "prepare", "work_parent"]

Kind = Literal["landlock", "uid", "none"]
LARGEST_FILE = 4 << 30


class Settings(Protocol):
    """What `describe` reads of an endpoint's settings."""

    @property
    def network(self) -> bool:
        """Whether the model's process may open connections."""


@dataclass(frozen=True)
class Isolation:
    """What keeps a model's process apart. `network`: whether it can open connections."""

    kind: Kind
    words: str
    network: bool


def describe(settings: Settings) -> Isolation:
    """What holds on this machine, with these settings."""
    return _describe(settings.network)


def prepare(work: Path) -> None:
    """Give a new work folder to the user that its process will be."""
    if kind()[0] == "uid":
        uid = identity.uid_for(work)
        os.chown(work, uid, uid)


def work_parent(default: Path) -> Path:
    """Where work folders are made: `default`, or where another user can reach them. Errors: UnavailableError."""
    return identity.work_parent(default) if kind()[0] == "uid" else default


def hand_over(files: Path) -> None:
    """Give copied files to whom the folder that they are in belongs."""
    owner = files.parent.stat()
    if owner.st_uid != os.geteuid():
        for path in [files, *files.rglob("*")]:
            os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)


def confine(keep: int, *, network: bool) -> Isolation:
    """Give up what a model does not need. The work folder is the current one; of descriptors 0 to 2 and `keep` stay.

    Call it before there are threads, and before anything of the model's is read. Errors: OSError; then no model may
    be loaded.
    """
    work = Path.cwd()
    os.umask(0o077)
    os.closerange(3, keep)
    os.closerange(keep + 1, os.sysconf("SC_OPEN_MAX"))
    with suppress(OSError):  # it leads a session already
        os.setsid()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _at_most(resource.RLIMIT_FSIZE, LARGEST_FILE)
    chosen, _ = kind()
    if chosen == "landlock":
        allowed = readable(work, network=network)
        landlock.restrict(allowed.whole, allowed.listed, devices(), work, network=network)
        # Semaphores would be made in /dev/shm, where all programs' shared memory is; joblib then uses one thread.
        os.environ["JOBLIB_MULTIPROCESSING"] = "0"
    elif chosen == "uid":
        identity.become(work.stat().st_uid)
    if os.geteuid() == 0:
        identity.drop_capabilities()
    if seccomp.available():
        seccomp.restrict(network=network)
    os.environ["HOME"] = str(work)  # of the user's own, nothing could be read or written
    return _describe(network)


@cache
def kind() -> tuple[Kind, str]:
    """What isolates here; for none, why not."""
    if landlock.abi():
        return "landlock", ""
    missing = identity.uid_missing()
    return ("none", missing) if missing else ("uid", "")


@cache
def _describe(network: bool) -> Isolation:
    chosen, missing = kind()
    closed = not network and seccomp.available()  # Landlock by itself leaves UDP
    words = {
        "landlock": "The model runs in a process of its own. It can read its own copy of the model's files and the "
        "Python environment, nothing else of yours, and write in its work folder only (Landlock). ",
        "uid": "The model runs in a process of its own, as a user of its own: it can read its own copy of the model's "
        "files and what every user of this machine can read, and write in its work folder only. ",
        "none": "Nothing keeps the model's process from your files: this system has no Landlock (Linux 5.13 and newer) "
        f"{missing}. Its environment holds no token, but it runs as your user and can read what you can read: promote "
        "only models that you trust. ",
    }[chosen]
    words += "It cannot open network connections." if closed else "It can open network connections."
    return Isolation(chosen, words, not closed)


def _at_most(limit: int, wanted: int) -> None:
    _, hard = resource.getrlimit(limit)
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    resource.setrlimit(limit, (wanted, wanted))
