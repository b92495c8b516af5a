"""What a model's process says on its standard output and error: marked lines in the endpoint's log, and not too many.

The process gets a pipe and not the log itself: that it could cut short, overwrite, or fill with lines that look like
the endpoint's own.
"""

from __future__ import annotations

import asyncio
import os
import time
from contextlib import suppress

LOG = 2  # our own standard error
BURST, A_SECOND = 1 << 20, 4 << 10  # bytes that are kept
LONGEST_LINE = 16 << 10
LAST_READS = 16


class Said:
    """Give `theirs` to a process as its output, then `begin`."""

    def __init__(self) -> None:
        self._ours, self.theirs = os.pipe()
        os.set_blocking(self._ours, False)
        self._mark, self._rest = b"", b""
        self._left, self._at, self._lost = float(BURST), time.monotonic(), 0

    def begin(self, pid: int) -> None:
        """Pass on what the process says from now on."""
        self._mark = f"model process {pid}: ".encode()
        self._close_theirs()
        asyncio.get_running_loop().add_reader(self._ours, self._read)

    def close(self) -> None:
        """The process is gone: pass on what it said last. What it started may have the pipe still."""
        self._close_theirs()
        for _ in range(LAST_READS):
            if self._ours < 0 or not self._read():
                break
        self._end()

    def _close_theirs(self) -> None:
        if self.theirs >= 0:
            os.close(self.theirs)
            self.theirs = -1

    def _end(self) -> None:
        if self._ours >= 0:
            asyncio.get_running_loop().remove_reader(self._ours)
            os.close(self._ours)
            self._ours = -1
            if self._rest:
                self._take(b"\n")

    def _read(self) -> bool:
        """Whether there may be more."""
        try:
            found = os.read(self._ours, 1 << 16)
        except BlockingIOError:
            return False
        except OSError:
            found = b""
        if not found:
            self._end()
            return False
        self._take(found)
        return True

    def _take(self, found: bytes) -> None:
        *lines, self._rest = (self._rest + found).split(b"\n")
        if len(self._rest) > LONGEST_LINE:
            lines, self._rest = [*lines, self._rest], b""
        now = time.monotonic()
        self._left, self._at = min(BURST, self._left + (now - self._at) * A_SECOND), now
        # Without escapes: who looks at the log does so in a terminal.
        text = b"".join([self._mark + line.replace(b"\x1b", b"?") + b"\n" for line in lines])
        if len(text) > self._left:
            self._lost += len(text)
            return
        if self._lost and text:
            text = self._mark + f"({self._lost} bytes left out: it says too much)\n".encode() + text
            self._lost = 0
        self._left -= len(text)
        with suppress(OSError):
            os.write(LOG, text)
