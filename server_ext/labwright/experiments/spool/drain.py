"""The service's thread that brings spools to MLflow. It runs while there is something to bring, or a run to watch."""

from __future__ import annotations

import logging
import threading
import time
from pathlib import Path

from labwright.errors import LabwrightError
from labwright.experiments.spool import folder as layout
from labwright.experiments.spool.closing import close_runs
from labwright.experiments.spool.sending import Sender
from labwright.experiments.spool.tail import Tail
from labwright.experiments.waiting import spool_folder
from labwright.service.context import Context

log = logging.getLogger(__name__)

PAUSE, QUIET_PAUSE, QUIET_AFTER = 0.25, 1.0, 10.0
PARKED_AFTER = 5.0
SCAN_SECONDS, LOOK_SECONDS = 5.0, 1.0
FULL = 500  # records in a window after which there is no pause
LONGEST_BACKOFF = 5.0


class Drain:
    """One for each service."""

    def __init__(self, context: Context) -> None:
        self._context = context
        remote = context.settings.tracking
        self._folder = spool_folder(context.folders.home, remote.uri if remote is not None else None)
        self._sender = Sender(context)
        self._tails: dict[str, Tail] = {}
        self._lock = threading.Lock()
        self._wanted = threading.Event()
        self._thread: threading.Thread | None = None
        self._closing = False
        self._scanned = self._looked = 0.0
        self._told = 0.0

    def announce(self) -> None:
        """A process has something to bring: begin, or look again at once."""
        with self._lock:
            self._scanned = 0.0
            self._wanted.set()
            if self._thread is None and not self._closing:
                self._thread = threading.Thread(target=self._run, name="spool", daemon=True)
                self._thread.start()

    def recover(self) -> None:
        """At the service's start: bring what earlier ones left."""
        if self._places():
            self.announce()

    def busy(self) -> bool:
        """Whether the service should stay: values wait, or a run goes on that it watches."""
        return self._thread is not None

    def close(self) -> None:
        """The service ends; the next one goes on."""
        with self._lock:
            self._closing, thread = True, self._thread
            self._wanted.set()
        if thread is not None:
            thread.join(2)

    def _places(self) -> list[Path]:
        try:
            return [path for path in self._folder.iterdir() if layout.NAME.fullmatch(path.name)]
        except FileNotFoundError:
            return []

    def _run(self) -> None:
        while not self._closing:
            self._wanted.clear()
            try:
                pause = self._round()
            except Exception:
                log.exception("a round of the spool's drain failed")
                pause = LONGEST_BACKOFF
            with self._lock:
                if not self._tails and not self._wanted.is_set():
                    self._thread = None
                    return
            if pause:
                self._wanted.wait(pause)

    def _round(self) -> float:
        """Look at each spool once; give the seconds to wait until the next time."""
        now = time.monotonic()
        if now - self._scanned > SCAN_SECONDS:
            self._scanned = now
            for place in self._places():
                if place.name not in self._tails:
                    self._tails[place.name] = Tail(place)
        look = now - self._looked > LOOK_SECONDS
        if look:
            self._looked = now
        pauses = [self._one(tail, look) for tail in list(self._tails.values())]
        return min(pauses, default=0.0)

    def _one(self, tail: Tail, look: bool) -> float:
        if tail.retry_at > time.monotonic():
            return tail.retry_at - time.monotonic()
        try:
            pause = self._bring(tail)
            if pause and look:
                self._look(tail)
            tail.failures = 0
            return pause
        except LabwrightError as error:
            tail.failures += 1
            backoff: float = min(0.2 * 2**tail.failures, LONGEST_BACKOFF)
            tail.retry_at = time.monotonic() + backoff
            if tail.failures > 1:
                tail.say(_words(error))
            return backoff
        except Exception:  # one spool that cannot be read, or an answer that nobody expects, must not stop the others
            log.exception("the spool %s could not be brought to MLflow", tail.place.name)
            tail.failures += 1
            tail.retry_at = time.monotonic() + LONGEST_BACKOFF
            return LONGEST_BACKOFF

    def _bring(self, tail: Tail) -> float:
        """Bring the next window; give the seconds to wait. Errors: UnavailableError when it is to be tried again."""
        window = tail.read()
        if window is None:
            return PAUSE if time.monotonic() - tail.moved < QUIET_AFTER else QUIET_PAUSE
        ended = False
        while window.batches:
            batch = window.batches[0]
            self._sender.send(tail, batch)
            ended = ended or batch.is_end
            window.batches.pop(0)
        tail.acknowledge()
        self._tell(ended)
        return 0.0 if window.lines >= FULL else PAUSE

    def _look(self, tail: Tail) -> None:
        """See whether the process is gone, or has nothing more to watch."""
        if tail.is_gone():
            if self._bring(tail) and tail.read() is None:  # what it wrote before it died
                others = [other for other in self._tails.values() if other is not tail and not other.is_gone()]
                if close_runs(self._context, tail, others):
                    had_runs = bool(tail.cursor.claims or tail.cursor.beginning)
                    tail.remove()
                    del self._tails[tail.place.name]
                    self._tell(had_runs)
        elif not tail.cursor.claims and not tail.cursor.beginning and time.monotonic() - tail.moved > PARKED_AFTER:
            del self._tails[tail.place.name]  # until it announces itself again

    def _tell(self, at_once: bool) -> None:
        """Tell the page that runs changed: at once when one ended, now and then while values come."""
        if at_once or time.monotonic() - self._told > 2:
            self._told = time.monotonic()
            self._context.events.publish("experiments", "runs")


def _words(error: LabwrightError) -> str:
    if error.code.startswith("tracking_"):
        return error.message  # what to do about a remote server
    if error.code == "mlflow_error":
        return "MLflow answers with errors."
    return "MLflow does not answer."


_drains: dict[str, Drain] = {}
_making = threading.Lock()


def drain(context: Context) -> Drain:
    """The drain of this service."""
    key = str(context.folders.home)
    with _making:
        if key not in _drains:
            _drains[key] = Drain(context)
        return _drains[key]
