"""Where Labwright keeps things on this machine, and how a running service is found: never guessed, never doubled.

Data and locks live in the state folder (`LABWRIGHT_HOME`, else the user's data folder), which is the same for all who
mean the same Labwright; sockets in the runtime folder, which is on a local disk and has a short path (a unix socket's
path is at most 107 bytes), but differs with the environment (`XDG_RUNTIME_DIR`) and may be swept while a service runs:
so its path is read from what the service wrote. A service is alive when it holds its lock; it is ours when host, boot
and process match what it wrote.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import secrets
import socket
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import platformdirs
import psutil

from labwright.errors import UnavailableError

# In the environment of the service and of all that it starts: the state folder that the process belongs to.
MARK = "LABWRIGHT_PART_OF"
NETWORK_FILE_SYSTEMS = {"nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "lustre", "ceph", "glusterfs", "9p"}


@dataclass(frozen=True)
class Folders:
    """The folders and files of one state folder."""

    home: Path
    runtime: Path

    @property
    def service_state(self) -> Path:
        """What the running service wrote: its address and its identity."""
        return self.home / "service.json"

    @property
    def token(self) -> Path:
        """The service's token; the same across restarts."""
        return self.home / "token"

    @property
    def service_lock(self) -> Path:
        """Held by the service for its life."""
        return self.home / "service.lock"

    @property
    def start_lock(self) -> Path:
        """Held while somebody starts the service, so that two starters start one."""
        return self.home / "start.lock"

    @property
    def stopped(self) -> Path:
        """There after somebody stopped the service on purpose: a page that only looks does not start it again."""
        return self.home / "stopped"

    @property
    def service_socket(self) -> Path:
        """The service's unix socket."""
        return self.runtime / "service.sock"

    @property
    def logs(self) -> Path:
        """Logs of the service and of its children."""
        return self.home / "logs"


def folders(*, make: bool = True) -> Folders:
    """Find (and make, private to the user) the state folder and the runtime folder; `make=False` only looks."""
    named = os.environ.get("LABWRIGHT_HOME")
    home = Path(named).expanduser() if named else platformdirs.user_data_path("labwright", appauthor=False)
    home = home.resolve()
    digest = hashlib.sha256(str(home).encode()).hexdigest()[:10]
    base = os.environ.get("XDG_RUNTIME_DIR")
    if base and os.path.isdir(base) and os.access(base, os.W_OK) and len(base) < 50:
        runtime = Path(base) / f"labwright-{digest}"
    else:
        temporary = tempfile.gettempdir()
        short = temporary if len(temporary) < 50 else "/tmp"  # noqa: S108 # made 0700, and its owner is checked below
        runtime = Path(short) / f"labwright-{os.getuid()}-{digest}"
    if not make:
        return Folders(home, runtime)
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    runtime.mkdir(exist_ok=True, mode=0o700)
    found = runtime.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise UnavailableError(f"{runtime} belongs to somebody else; set XDG_RUNTIME_DIR to a folder of your own.")
    runtime.chmod(0o700)
    (home / "logs").mkdir(exist_ok=True, mode=0o700)
    return Folders(home, runtime)


@dataclass(frozen=True)
class ServiceState:
    """What the service writes after it listens. `url` is its loopback address, `socket` its unix socket."""

    host: str
    boot_id: str
    pid: int
    started: float
    socket: str
    url: str
    python: str
    version: str


def boot_id() -> str:
    """An id of this boot of the machine, so that a state file from before a reboot is not believed."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:  # macOS
        found = subprocess.run(["sysctl", "-n", "kern.bootsessionuuid"], capture_output=True, text=True, check=False)
        return found.stdout.strip()


def process_started(pid: int) -> float | None:
    """When a process started, in seconds, or None where it is gone; to be compared within one boot only.

    On Linux it counts from the boot, so that a step of the clock changes nothing (psutil's time follows the clock).
    """
    try:
        if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return None
        with suppress(FileNotFoundError):
            # Field 22 of proc(5); the name in field 2 may hold spaces and parentheses.
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            return int(fields[19]) / os.sysconf("SC_CLK_TCK")
        return psutil.Process(pid).create_time()
    except (psutil.Error, OSError):
        return None


def is_process(pid: int | None, started: float | None) -> bool:
    """Whether `pid` is still the process that started at `started`; a reused PID is not."""
    if pid is None or started is None:
        return False
    found = process_started(pid)
    return found is not None and abs(found - started) < 0.05


def read_token(where: Folders) -> str:
    """The service's token, made at first use, readable by the user only."""
    if not where.token.exists():
        write_private(where.token, secrets.token_urlsafe(32), only_if_new=True)
    return where.token.read_text().strip()


def read_owner(where: Folders, name: str) -> str:
    """Whose state folder this is: `name` at first use, and that ever after, whatever the environment says."""
    path = where.home / "owner"
    if not path.exists():
        write_private(path, name, only_if_new=True)
    return path.read_text().strip()


def write_private(path: Path, text: str, *, only_if_new: bool = False) -> None:
    """Write `text` to `path` with mode 0600, whole or not at all (by rename, or by link where it must be new)."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w") as file:
            file.write(text)
        if only_if_new:
            try:
                os.link(temporary, path)
            except FileExistsError:
                return
        else:
            os.replace(temporary, path)
    finally:
        if os.path.exists(temporary):
            os.unlink(temporary)


def write_service_state(where: Folders, state: ServiceState) -> None:
    """Write the service's state file, by rename."""
    write_private(where.service_state, json.dumps(asdict(state)))


def read_service_state(where: Folders) -> ServiceState | None:
    """The state file, if it is there and whole."""
    try:
        return ServiceState(**json.loads(where.service_state.read_text()))
    except (OSError, ValueError, TypeError):
        return None


def running_service(where: Folders) -> ServiceState | None:
    """The service that lives and is ours: its lock is held and host, boot and process match."""
    state = read_service_state(where)
    if state is None or not is_locked(where.service_lock):
        return None
    if state.host != socket.gethostname() or state.boot_id != boot_id():
        return None
    return state if is_process(state.pid, state.started) else None


def is_locked(path: Path) -> bool:
    """Whether some process holds the lock on `path`."""
    if not path.exists():
        return False
    with lock_file(path) as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
        return False


def take_lock(handle: int) -> bool:
    """Take a lock for life. Who only looks whether it is held holds it for a moment, so try for two seconds."""
    deadline = time.monotonic() + 2
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except OSError:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)


@contextmanager
def lock_file(path: Path) -> Iterator[int]:
    """Open (and make) a lock file; closing it gives the lock back. Not inherited by children."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        yield handle
    finally:
        os.close(handle)


def processes(where: Folders) -> list[psutil.Process]:
    """All processes of this user that are part of this state folder's service, by their mark."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.uids().real == os.getuid() and process.environ().get(MARK) == str(where.home):
                found.append(process)
        except psutil.Error:  # gone, or not ours to look at
            continue
    return [process for process in found if process.pid != os.getpid()]


def on_network_file_system(folder: Path) -> bool:
    """Whether `folder` is on a network file system, where SQLite's WAL (shared memory) cannot be trusted."""
    try:
        kind = subprocess.run(
            ["stat", "-f", "-c", "%T", str(folder)], capture_output=True, text=True, timeout=5, check=True
        ).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return False
    return kind in NETWORK_FILE_SYSTEMS


def listen_on(path: Path) -> socket.socket:
    """A unix socket that only this user can connect to; one that was left there is replaced."""
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    path.chmod(0o600)
    listener.listen(512)
    listener.setblocking(False)
    return listener
