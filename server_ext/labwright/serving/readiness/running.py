"""Makes a readiness card: quick checks one after the other, then the slow ones beside each other."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from labwright.errors import LabwrightError
from labwright.service.store import now
from labwright.serving.readiness.checks import KINDS
from labwright.serving.readiness.contributions import Found, Kind, contributed, warned
from labwright.serving.readiness.models import Check, ReadinessCard, Verdict
from labwright.serving.readiness.subject import Subject

log = logging.getLogger(__name__)
TELL_SECONDS = 0.2
WORST = (Verdict.failed, Verdict.warned, Verdict.passed)


class _Card:
    """The card while it is made; threads put what they found into it."""

    def __init__(self, subject: Subject, kinds: list[Kind], tell: Callable[[ReadinessCard], None]) -> None:
        self._subject, self._kinds, self._tell = subject, kinds, tell
        self._created, self._told = now(), 0.0
        self._left_out: set[str] = set()
        self._lock = threading.Lock()

    def put(self, kind: Kind, found: Found | None) -> None:
        with self._lock:
            if found is None:
                self._left_out.add(kind.id)
            else:
                self._subject.found[kind.id] = found

    def show(self, *, at_once: bool = False) -> None:
        """Tell how it stands, not more often than a person can read it."""
        if at_once or time.monotonic() - self._told >= TELL_SECONDS:
            self._told = time.monotonic()
            self._tell(self.card())

    def card(self) -> ReadinessCard:
        with self._lock:
            checks = [_line(kind, self._subject.found.get(kind.id)) for kind in self._kinds
                      if kind.id not in self._left_out]  # fmt: skip
        subject = self._subject
        return ReadinessCard(
            operation=subject.operation, endpoint=subject.endpoint, model=subject.version.model,
            version=subject.version.version, run_id=subject.version.run_id, run_name=subject.version.run_name,
            live=subject.live.version if subject.live else None, checks=checks, verdict=worst(checks), decided=None,
            reason=None, created=self._created,
        )  # fmt: skip


def run(subject: Subject, tell: Callable[[ReadinessCard], None], check: Callable[[], None]) -> ReadinessCard:
    """Make all checks that apply. What `check` raises ends it, and whatever a check started ends too."""
    kinds = [kind for kind in (*KINDS, *contributed()) if kind.applies(subject)]
    card = _Card(subject, kinds, tell)
    card.show(at_once=True)
    ended = threading.Event()

    def stop() -> None:
        check()
        if ended.is_set():
            raise _Ended

    try:
        for kind in kinds:
            if not kind.slow:
                check()
                card.put(kind, _made(kind, subject, stop))
                card.show()
        threads = [
            threading.Thread(target=_beside, args=[card, kind, subject, stop], name=f"check-{kind.id}", daemon=True)
            for kind in kinds
            if kind.slow
        ]
        for thread in threads:
            thread.start()
        waiting = len(threads)
        while any(thread.is_alive() for thread in threads):
            time.sleep(0.02)
            check()
            if (alive := sum(thread.is_alive() for thread in threads)) != waiting:
                waiting = alive
                card.show()
    finally:
        ended.set()
    card.show(at_once=True)
    return card.card()


def _beside(card: _Card, kind: Kind, subject: Subject, stop: Callable[[], None]) -> None:
    with suppress(Exception):  # a cancel, which the other thread sees as well
        card.put(kind, _made(kind, subject, stop))


class _Ended(Exception):
    """The card is not made any more."""


def _made(kind: Kind, subject: Subject, stop: Callable[[], None]) -> Found | None:
    """A check that breaks is a warning that says so: it is the card's to find fault, not the check's to make some."""
    try:
        return kind.make(subject, stop) if kind.applies(subject) else None
    except LabwrightError as error:
        return warned(f"Not checked: {error.message}")
    except _Ended:
        return None
    except Exception as error:
        stop()  # a cancel is raised on
        log.exception("check %s of %s", kind.id, subject.endpoint)
        return warned(f"Not checked: it went wrong inside Labwright ({type(error).__name__}); see labwright doctor.")


def _line(kind: Kind, found: Found | None) -> Check:
    if found is None:
        return Check(id=kind.id, title=kind.title, verdict=Verdict.waiting, words="")
    return Check(
        id=kind.id, title=kind.title, verdict=found.verdict, words=found.words, figures=found.shown(),
        details=found.details,
    )  # fmt: skip


def worst(checks: list[Check]) -> Verdict:
    """The verdict of the card: waiting while any is, else the worst."""
    verdicts = {check.verdict for check in checks}
    if Verdict.waiting in verdicts:
        return Verdict.waiting
    return next((verdict for verdict in WORST if verdict in verdicts), Verdict.passed)
