"""The spool of this process: records go to disk with one write each; a lock says that the process lives.

A forked child gives the parent's files back at once (else it would hold the parent's lock beyond its death), and makes
a spool of its own when it logs.
"""

from __future__ import annotations

import atexit
import errno
import fcntl
import os
import secrets
import shutil
import threading
import time
from contextlib import suppress
from pathlib import Path

from labwright.experiments.spool import folder as layout
from labwright.experiments.spool import records
from labwright.experiments.spool.courier import Courier
from labwright.state import process_started

SEGMENT_BYTES = 8 * 1024**2
_here: dict[str, Writer] = {}
_making = threading.Lock()


class Writer:
    """One for each spool folder in a process. Safe to use from threads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._begin()

    def _begin(self) -> None:
        self.place: Path | None = None
        self.records = 0
        self._lock = threading.Lock()
        self._owner = self._file = -1
        self._segment = self._room = 0
        self._courier = Courier(self)

    def append(self, data: bytes, count: int = 1) -> None:
        """Write whole records. Errors: OSError when the disk does not take them; then none of them is there."""
        with self._lock:
            if self._room < len(data):
                self._next_segment()
            written = os.write(self._file, data)
            if written != len(data):  # the disk is full
                os.ftruncate(self._file, os.fstat(self._file).st_size - written)
                os.lseek(self._file, 0, os.SEEK_END)
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            self._room -= written
            self.records += count
        if not self._courier.awake:
            self._courier.wake()

    def begin_spool(self) -> str:
        """The spool's name; makes the spool where there is none yet. Errors: OSError."""
        with self._lock:
            if self.place is None:
                self._next_segment()
            assert self.place is not None
            return self.place.name

    def position(self) -> layout.Position:
        """Everything written so far is before this."""
        with self._lock:
            return (self._segment, os.lseek(self._file, 0, os.SEEK_CUR)) if self._file >= 0 else (0, 0)

    def cursor(self) -> layout.Cursor:
        """How far the service is with this spool."""
        return layout.Cursor() if self.place is None else layout.read_cursor(self.place)

    def is_drained(self) -> bool:
        """Whether all that was written so far is in MLflow."""
        position = self.position()
        return position[0] == 0 or self.cursor().position >= position

    def check(self) -> None:
        """See whether the spool is still there; where somebody deleted it, make another of what can still be read.

        The file that is written is open, so its records are saved; those of older segments are not. Errors: OSError.
        """
        with self._lock:
            if self._file < 0 or os.fstat(self._file).st_nlink:
                return
            kept = os.pread(self._file, os.fstat(self._file).st_size, 0)
            old = self.place, self._owner, self._file, self._segment, self._room
            try:
                self.place, self._owner, self._file, self._segment = None, -1, -1, 0
                self._next_segment()
                if os.write(self._file, kept) != len(kept):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            except OSError:
                self.place, self._owner, self._file, self._segment, self._room = old
                raise
            self.records = kept.count(b"\n")
            self._room -= len(kept)
            for handle in old[1:3]:
                os.close(handle)
        print(
            f"Labwright's spool in {self.folder} was deleted while this process logs to it: its newest "
            f"{self.records:,} values are written anew; older ones that waited there are lost."
        )

    def flush(self, timeout: float) -> bool:
        """Wait until all that was written so far is in MLflow; whether it is."""
        with suppress(OSError):
            self.check()
        target = self.position()
        if target[0] == 0 or self.cursor().position >= target:
            return True
        deadline = time.monotonic() + timeout
        self._courier.wake()
        pause = 0.002
        while time.monotonic() < deadline:
            time.sleep(pause)
            if self.cursor().position >= target:
                return True
            pause = min(pause * 1.3, 0.05)
        return False

    def part(self) -> None:
        """The process ends in good order: what it began and did not end stays as it is."""
        if self.place is not None:
            with suppress(OSError):
                self.append(records.line(records.BYE, ""))
                if not self.is_drained():
                    self._courier.announce(seconds=2)

    def move(self, folder: Path) -> None:
        """What is written from now on is for the server of this folder; what waits in the old one stays there."""
        with self._lock:
            if folder == self.folder:
                return
            for handle in (self._owner, self._file):
                if handle >= 0:
                    os.close(handle)
            self.folder, self.place = folder, None
            self.records = 0
            self._owner = self._file = -1
            self._segment = self._room = 0

    def abandon(self) -> None:
        """In a forked child: give the parent's spool back, and begin anew."""
        for handle in (self._owner, self._file):
            if handle >= 0:
                with suppress(OSError):
                    os.close(handle)
        self._begin()

    def _next_segment(self) -> None:
        if self.place is None:
            self._make()
        assert self.place is not None
        new = layout.open_private(layout.segment_file(self.place, self._segment + 1))
        # An interrupt may come between any two steps: a file that is closed must not be ours any longer.
        self._segment, self._room, old, self._file = self._segment + 1, SEGMENT_BYTES, self._file, new
        if old >= 0:
            os.close(old)

    def _make(self) -> None:
        """Make the spool under another name; it gets its own when it is locked and says whose it is."""
        layout.private_folder(self.folder)
        pid = os.getpid()
        name = f"{pid}-{secrets.token_hex(6)}"
        temporary = self.folder / f".{name}"
        temporary.mkdir(mode=0o700)
        owner = layout.open_private(temporary / layout.OWNER)
        try:
            fcntl.flock(owner, fcntl.LOCK_EX)
            text = layout.owner_text(pid, process_started(pid) or 0.0).encode()
            if os.write(owner, text) != len(text):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            temporary.rename(self.folder / name)
        except OSError:
            os.close(owner)
            shutil.rmtree(temporary, ignore_errors=True)
            raise
        self._owner, self.place = owner, self.folder / name


def writer(folder: str) -> Writer:
    """The writer of this process for a spool folder."""
    with _making:
        if folder not in _here:
            if not _here:
                atexit.register(_part)
            _here[folder] = Writer(Path(folder))
            _part_with_multiprocessing(_here[folder])
        return _here[folder]


def writers() -> list[Writer]:
    """All of this process."""
    return list(_here.values())


def _part() -> None:
    for found in writers():
        found.part()


def _part_with_multiprocessing(found: Writer) -> None:
    """Children of multiprocessing end without `atexit`, but with finalizers of their own (which a fork clears)."""
    from multiprocessing import util

    util.Finalize(None, _part, exitpriority=1)
    util.register_after_fork(found, lambda _: util.Finalize(None, _part, exitpriority=1))


def _after_fork() -> None:
    global _making
    _making = threading.Lock()
    for found in _here.values():
        found.abandon()
    if _here:
        from labwright.client import shared

        shared.cache_clear()  # its connection is the parent's


os.register_at_fork(after_in_child=_after_fork)
