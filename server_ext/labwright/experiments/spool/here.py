"""What the kernel can ask of its own spool: the newest values, what waits, and what is wrong."""

from __future__ import annotations

import time
from dataclasses import dataclass

from labwright.experiments.spool.newest import newest
from labwright.experiments.spool.writer import Writer, writers

SLOW_SECONDS = 5.0
_moved: dict[str, tuple[int, float]] = {}  # spool → records that had arrived when we last looked and it moved, and when


@dataclass(frozen=True)
class SpoolState:
    """How it stands with what this process logged."""

    pending: int
    trouble: str | None


def recent(run_id: str) -> dict[str, list[tuple[int, float]]]:
    """Metric → (step, value), thinned to at most 200 points; the last value is always there."""
    return newest.of(run_id)


def flush(timeout: float = 60.0) -> bool:
    """Wait until all that this process logged is in MLflow; whether it is."""
    deadline = time.monotonic() + timeout
    return all(found.flush(max(0.0, deadline - time.monotonic())) for found in writers())


def state(run_id: str) -> SpoolState:
    """Records that are not in MLflow yet, and a sentence for the person where something is wrong."""
    pending, words = 0, ""
    for found in writers():
        waiting, trouble = _state(found)
        pending += waiting
        words = words or trouble
    return SpoolState(pending, words or None)


def _state(found: Writer) -> tuple[int, str]:
    cursor = found.cursor()
    position = found.position()
    if position[0] == 0 or cursor.position >= position:
        _moved.pop(str(found.place), None)
        return 0, _refused(cursor.refused)
    waiting = max(1, found.records - cursor.records)
    records, since = _moved.get(str(found.place), (-1, 0.0))
    if records != cursor.records:
        since = time.monotonic()
        _moved[str(found.place)] = (cursor.records, since)
    words = cursor.trouble
    if not words and time.monotonic() - since > SLOW_SECONDS:
        words = "MLflow is slow or does not answer."
    if words:
        return waiting, f"{words} {waiting:,} values wait on disk and arrive later; training goes on."
    return waiting, _refused(cursor.refused)


def _refused(count: int) -> str:
    return f"MLflow refused {count:,} values; the run's tag labwright.refused says why." if count else ""
