"""What a spool looks like on disk: a folder per process, in `spool` of the state folder.

    owner           who writes it: host, boot, PID and its start time. It holds a lock on this file for its life
    00000001.jsonl  records, a line each (see `records`); the next segment begins when one is full
    cursor          what the service has brought to MLflow, written after MLflow took it
    refused.jsonl   records that MLflow refuses, each with MLflow's words

The writer only appends, the service only reads; it deletes segments that are done, and the folder when the process is
gone and all of it is done.
"""

from __future__ import annotations

import json
import os
import re
import socket
from dataclasses import asdict, dataclass, field
from pathlib import Path

from labwright.state import boot_id, is_locked, is_process, on_network_file_system, write_private

OWNER, CURSOR, REFUSED = "owner", "cursor", "refused.jsonl"
NAME = re.compile(r"\d{1,10}-[0-9a-f]{12}")
Position = tuple[int, int]  # segment, offset in it


@dataclass(frozen=True)
class Owner:
    """The process that writes a spool."""

    host: str
    boot_id: str
    pid: int
    started: float


@dataclass
class Cursor:
    """How far the service is, and what it knows of the runs that this process began and did not end."""

    segment: int = 1
    offset: int = 0
    records: int = 0
    claims: list[str] = field(default_factory=list)
    beginning: list[str] = field(default_factory=list)  # experiments in which a run was about to be made
    trouble: str = ""
    refused: int = 0

    @property
    def position(self) -> Position:
        """Everything before this is in MLflow."""
        return self.segment, self.offset


def segment_file(place: Path, number: int) -> Path:
    """The file of a segment."""
    return place / f"{number:08}.jsonl"


def read_owner_file(place: Path) -> Owner | None:
    """Who writes the spool, or None where that is not to be read."""
    try:
        return Owner(**json.loads((place / OWNER).read_text()))
    except (OSError, ValueError, TypeError):
        return None


def owner_text(pid: int, started: float) -> str:
    """The `owner` file of a process of this host."""
    return json.dumps(asdict(Owner(socket.gethostname(), boot_id(), pid, started)))


def read_cursor(place: Path) -> Cursor:
    """How far the service is; at the beginning where it has not begun."""
    try:
        return Cursor(**json.loads((place / CURSOR).read_text()))
    except (OSError, ValueError, TypeError):
        return Cursor()


def write_cursor(place: Path, cursor: Cursor) -> None:
    """Write the cursor, whole or not at all."""
    write_private(place / CURSOR, json.dumps(asdict(cursor)))


def is_gone(place: Path, owner: Owner | None) -> bool:
    """Whether the process that writes a spool has ended, for sure.

    Its lock is free (a process that is stopped, or silent for hours, holds it), and no process has its PID and start
    time. On another host only the lock tells, and on a network file system not even that.
    """
    if is_locked(place / OWNER):
        return False
    if owner is None or owner.boot_id != boot_id():
        return owner is None or owner.host == socket.gethostname() or not on_network_file_system(place)
    if owner.host != socket.gethostname():  # a container of this machine, with PIDs of its own
        return not on_network_file_system(place)
    return not is_process(owner.pid, owner.started)


def private_folder(path: Path) -> Path:
    """Make a folder that only this user can read."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def open_private(path: Path) -> int:
    """Open a file of the spool to append to it; not inherited by programs that the process starts."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
