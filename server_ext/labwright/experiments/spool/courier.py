"""The thread that tells the service of this process's spool, and revives a service that died while values wait."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING

import httpx

from labwright.errors import LabwrightError

if TYPE_CHECKING:
    from labwright.experiments.spool.writer import Writer

SECONDS = 3.0


class Courier:
    """Awake from the first record until all is in MLflow; asleep it costs nothing."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._wanted = threading.Event()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self.awake = False

    def wake(self) -> None:
        """Announce the spool, at once and until it is drained."""
        with self._starting:
            self.awake = True
            if self._thread is None:
                thread = threading.Thread(target=self._run, name="labwright-courier", daemon=True)
                with suppress(RuntimeError):  # no more threads just now: what is written is safe, the next one wakes it
                    thread.start()
                    self._thread = thread
                self.awake = self._thread is not None
        self._wanted.set()

    def announce(self, seconds: float = 30.0) -> None:
        """Tell the service, which is started where there is none."""
        from labwright.client import shared

        place = self._writer.place
        if place is not None:
            with suppress(LabwrightError, httpx.HTTPError, OSError):
                shared().post(f"/experiments/spools/{place.name}", timeout=seconds)

    def _run(self) -> None:
        while True:
            self._wanted.wait()
            self.awake = True
            while self.awake:
                self._wanted.clear()
                with suppress(Exception):  # without this thread nobody would tell the service
                    self._writer.check()
                    self.announce()
                if self._wanted.wait(SECONDS) or not self._writer.is_drained():
                    continue
                self.awake = False
                if not self._writer.is_drained():
                    self.awake = True  # who wrote before it was False did not wake us
