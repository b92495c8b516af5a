"""How long do its callers wait, and how long does it take to be there?"""

from __future__ import annotations

import statistics
import time
from typing import Any

from labwright.errors import LabwrightError
from labwright.serving import records
from labwright.serving.model_files import describe
from labwright.serving.readiness.checks.files import size_words
from labwright.serving.readiness.contributions import Found, Stop, passed, warned
from labwright.serving.readiness.subject import Subject

CALLS = 15
SECONDS = 2.0  # for all calls of a version together
# A warning takes both: so many times the live version's, and so much more that somebody notices.
RATIO, MORE_MS = 2.0, 5.0
LOAD_RATIO, MORE_LOAD_SECONDS = 3.0, 10.0


def latency(subject: Subject, stop: Stop) -> Found:
    """One-row calls in the real process, in turns with the live version; its size; how long it took to load."""
    version, live = subject.version.version, subject.live
    size = describe(subject.folder.version(version) / "model").size
    figures = [("size", size_words(size)), ("time to load", f"{subject.load_seconds:.2g} s")]
    details: dict[str, Any] = {"bytes": size, "load_seconds": subject.load_seconds}
    ours, theirs = _medians(subject, stop)
    if ours is not None:
        figures.append((f"one row, version {version}", f"{ours:.2g} ms"))
        details["median_ms"] = ours
    if live is not None and theirs is not None:
        figures.append((f"one row, version {live.version}", f"{theirs:.2g} ms"))
        details["live_median_ms"] = theirs
    if ours is not None and theirs is not None and ours > RATIO * theirs and ours - theirs > MORE_MS:
        words = f"One row takes {ours / theirs:.1f} times as long as with version {live.version if live else ''}"
        return warned(f"{words}; see whether callers can wait, or start with --canary.", *figures, **details)
    before = _load_seconds(subject)
    if before is not None and subject.load_seconds > max(LOAD_RATIO * before, before + MORE_LOAD_SECONDS):
        words = f"It loads in {subject.load_seconds:.0f} s, the live version in {before:.0f} s"
        return warned(f"{words}: an endpoint that starts again is away for longer.", *figures, **details)
    if ours is None:
        return passed("It was not timed: it has no example row.", *figures, **details)
    against = f", version {live.version} {theirs:.2g} ms" if live is not None and theirs is not None else ""
    return passed(f"One row takes {ours:.2g} ms{against}.", *figures, **details)


def _medians(subject: Subject, stop: Stop) -> tuple[float | None, float | None]:
    """In ms, of this and of the live version. The first call of each is not counted: it warms caches."""
    row, live = _first_row(subject.card), subject.live
    live_row = _first_row(subject.live_card)
    taken: tuple[list[float], list[float]] = ([], [])
    begin = time.monotonic()
    for call in range(CALLS + 1):
        for place, (version, one) in enumerate(((subject.version, row), (live, live_row))):
            if version is None or one is None or time.monotonic() - begin > 2 * SECONDS:
                continue
            stop()
            start = time.perf_counter()
            try:
                reply = subject.score(version.version, one)
            except LabwrightError:
                continue
            if call and "error" not in reply:
                taken[place].append(1000 * (time.perf_counter() - start))
    ours, theirs = (statistics.median(found) if found else None for found in taken)
    return ours, theirs


def _first_row(card: dict[str, Any] | None) -> dict[str, Any] | None:
    example = (card or {}).get("example")
    return example | {"data": example["data"][:1]} if example and example["data"] else None


def _load_seconds(subject: Subject) -> float | None:
    """Of the live version, as its data plane measured it."""
    if subject.live is None:
        return None
    try:
        status = records.room(subject.context).runner.order(subject.endpoint, "status", timeout=5)
        return float(status["versions"][subject.live.version]["load_seconds"])
    except (LabwrightError, KeyError, TypeError, ValueError):
        return None
