"""Notices that MLflow's process hangs, and does not take one that is merely busy for it.

Nothing is looked at while nothing is asked. When something was asked and nothing at all was answered for a while, the
process is asked for its health. One that gives no answer to that either, and has used no processor and moved no data
meanwhile (or is stopped), does not work on anything: it is ended, and the next need starts it. Its database takes a
write wholly or not at all, whenever the process ends.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import httpx
import psutil

log = logging.getLogger(__name__)

SILENT_SECONDS = 15.0
PROBE_SECONDS = 10.0
LOOK_SECONDS = 3.0
LEAST_CPU_SECONDS = 0.05


class Watch:
    """Of one server. `process` gives the PID of now, `end` ends that process."""

    def __init__(self, http: httpx.Client, process: Callable[[], int | None], end: Callable[[int], None]) -> None:
        self._http = http
        self._process = process
        self._end = end
        self._lock = threading.Lock()
        self._waiting = 0
        self._answered = 0.0
        self._thread: threading.Thread | None = None

    @contextmanager
    def asked(self) -> Iterator[None]:
        """Around a question; a block that ends well was answered."""
        with self._lock:
            if not self._waiting:
                self._answered = time.monotonic()
            self._waiting += 1
            if self._thread is None:
                self._thread = threading.Thread(target=self._look, name="mlflow-watch", daemon=True)
                self._thread.start()
        try:
            yield
            self._answered = time.monotonic()
        finally:
            with self._lock:
                self._waiting -= 1

    def _look(self) -> None:
        while True:
            time.sleep(LOOK_SECONDS)
            with self._lock:
                if not self._waiting:
                    self._thread = None
                    return
            if time.monotonic() - self._answered < SILENT_SECONDS:
                continue
            pid = self._process()
            if pid is not None and self._hangs(pid):
                log.warning("MLflow (process %s) hangs; it is ended, and the next need starts it", pid)
                self._end(pid)
            self._answered = time.monotonic()

    def _hangs(self, pid: int) -> bool:
        before = _work(pid)
        with suppress(httpx.HTTPError):
            self._http.get("/health", timeout=PROBE_SECONDS)
            return False
        after = _work(pid)
        if before is None or after is None:
            return False  # gone: nobody has to end it
        return after[0] - before[0] < LEAST_CPU_SECONDS and after[1] == before[1]


def _work(pid: int) -> tuple[float, int] | None:
    """Seconds of processor, and bytes read and written, of a process and its children so far."""
    try:
        family = [psutil.Process(pid)]
        family += family[0].children(recursive=True)
        times = [process.cpu_times() for process in family]
        moved = 0
        for process in family:
            with suppress(AttributeError):  # not on every system
                counters = process.io_counters()
                moved += counters.read_chars + counters.write_chars
        return sum(each.user + each.system for each in times), moved
    except psutil.Error:
        return None
